import { channel } from 'node:diagnostics_channel'
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { sep } from 'node:path'
import pg from 'pg'
import { labelExchange, labelStatement } from './labels.ts'

/*
 * The points of a worker's step: before and after each write, and of each exchange before it, in the middle of a long
 * body, when all is sent, and when the answer is there. A dry run reports them; a later run ends at one of them.
 */

export interface Orders {
  /** `record`: tell the points. `kill`, `stop`: do that at the point. `none`: just work. */
  readonly do: 'record' | 'kill' | 'stop' | 'none'
  readonly at?: string
}

declare global {
  var torture: { wakeUp(before: number): number; readClock(): number }
}

let orders: Orders = JSON.parse(process.env.TORTURE ?? '{}').orders ?? { do: 'none' }
const counts = new Map<string, number>()
/** A file's bytes begin here; all else is small. */
const LONG = 2 ** 20

process.on('message', (told: Orders) => {
  orders = told
  counts.clear()
  process.send?.({ armed: true })
})
process.channel?.unref()

const isBytes = (path: string): boolean => path.includes(`${sep}objects${sep}`)

function pass(label: string): void {
  if (orders.do === 'none') return
  const count = (counts.get(label) ?? 0) + 1
  counts.set(label, count)
  const point = `${label} ${count}`
  if (orders.do === 'record') process.send?.({ point })
  else if (orders.at === point) end(orders.do)
}

function end(how: 'kill' | 'stop'): void {
  orders = { do: 'none' }
  const before = torture.readClock()
  if (how === 'stop') process.send?.({ stops: true })
  process.kill(process.pid, how === 'kill' ? 'SIGKILL' : 'SIGSTOP')
  // The signal is on its way to some thread of this process: this one does nothing more before it came.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  torture.wakeUp(before)
}

type Query = (...args: unknown[]) => unknown
const query = pg.Client.prototype.query as Query
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const label = labelStatement(args)
  if (label === undefined) return query.apply(this, args)
  if (label.isKnownBefore) pass(`before ${label.name}`)
  const result = query.apply(this, args)
  if (!label.isSeenAfter || !(result instanceof Promise)) return result
  return result.then(answer => {
    if (label.isKnownBefore || answer.rowCount > 0) pass(`after ${label.name}`)
    return answer
  })
} as typeof pg.Client.prototype.query

interface Request {
  readonly method: string
  readonly path: string
  readonly contentLength: number | null
}
const sent = new WeakMap<Request, number>()
const on = (name: string, heard: (told: { request: Request; chunk: Uint8Array }) => void) =>
  channel(`undici:${name}`).subscribe(told => {
    const one = told as { request: Request; chunk: Uint8Array }
    if (one.request.path.startsWith('/sandbox/')) heard(one)
  })

// The steps in which the store moves and drops bytes. Their paths are what `isBytes` knows.
for (const step of ['rename', 'link', 'rm', 'unlink', 'mkdir', 'writeFile'] as const) {
  const real = files[step] as (...args: unknown[]) => Promise<unknown>
  Object.assign(files, {
    [step]: async (...args: unknown[]) => {
      const isOurs = isBytes(String(args[0]))
      if (isOurs) pass(`before ${step}`)
      const done = await real(...args)
      if (isOurs) pass(`after ${step}`)
      return done
    }
  })
}
syncBuiltinESMExports()

on('request:create', ({ request }) => pass(`before ${labelExchange(request)}`))
on('request:bodyChunkSent', ({ request, chunk }) => {
  const before = sent.get(request) ?? 0
  const now = before + chunk.length
  sent.set(request, now)
  const half = (request.contentLength ?? 0) / 2
  if (half > LONG && before < half && now >= half) pass(`in the body of ${labelExchange(request)}`)
})
on('request:bodySent', ({ request }) => pass(`sent ${labelExchange(request)}`))
on('request:trailers', ({ request }) => pass(`answered ${labelExchange(request)}`))
