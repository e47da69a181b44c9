import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { make, type Whole } from '../pass.ts'
import type { Lie } from './lies.ts'
import { clockOf, type Seen, type Story } from './story.ts'

export interface Moment {
  readonly target: string
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly body: Buffer
  readonly story: Story
  readonly one: Seen
  endToken(): Promise<void>
}

/** Milliseconds after which a caller that still waits has no time-out. */
const PATIENCE = 20_000
/** Seconds after our side is over at which a late request takes effect. A machine's ceiling is 120. */
const LATE = 90

/** Tells a lie instead of what the platform says, or does. */
export async function tellLie(lie: Lie, moment: Moment): Promise<void> {
  const { target, req, res, body, one } = moment
  const done = async (): Promise<Whole> => {
    const whole = (await make(target, req, body)) as Whole
    one.status = whole.status
    return whole
  }
  switch (lie) {
    case 'request lost':
      res.destroy()
      return
    case 'request cut':
      await make(target, req, body, Math.ceil(body.length / 2))
      res.destroy()
      return
    case 'answer lost':
      await done()
      res.destroy()
      return
    case 'answer cut in its head':
      return cut(res, await done(), head => Math.floor(head / 2))
    case 'answer cut in its body':
      return cut(res, await done(), (head, all) => (all > head ? Math.floor((head + all) / 2) : head - 2))
    case '500 after the effect':
      await done()
      res.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal Server Error</h1>')
      return
    case '429 with Retry-After':
      res.writeHead(429, { 'content-type': 'text/plain', 'retry-after': '7' }).end('Too Many Requests')
      return
    case 'token just died':
      await moment.endToken()
      return send(res, await done())
    case 'answer later than the time-out': {
      const whole = await done()
      await gone(res)
      return send(res, whole)
    }
    case 'answer that trickles':
      return trickle(res, await done())
    case 'request later than the time-out':
      await gone(res)
      moment.story.held.push({ at: clockOf(moment.story) + LATE, release: async () => void (await done()) })
      return
  }
}

/** The caller gave up. Throws when it never does. */
async function gone(res: ServerResponse): Promise<void> {
  if (res.destroyed || res.closed) return
  const tooLong = new AbortController()
  const closed = once(res, 'close', { signal: tooLong.signal })
  await Promise.race([closed, sleep(PATIENCE, undefined, { signal: tooLong.signal })]).finally(() => tooLong.abort())
  if (!res.destroyed && !res.closed) throw new Error('the caller has no time-out')
}

function send(res: ServerResponse, { status, headers, body }: Whole): void {
  if (res.destroyed) return
  res.writeHead(status, headers as string[])
  res.end(body)
}

/** A byte a second, until the caller has gone. */
async function trickle(res: ServerResponse, { status, headers, body }: Whole): Promise<void> {
  res.writeHead(status, headers as string[])
  for (const byte of body) {
    if (res.destroyed) return
    res.write(Buffer.of(byte))
    await sleep(1000)
  }
  res.end()
}

/** So many bytes of the answer as it would be on the wire, and then the end of the connection. */
function cut(res: ServerResponse, whole: Whole, at: (head: number, all: number) => number): void {
  const { status, headers, body } = whole
  const lines = headers.map((text, n) => (n % 2 === 0 ? `${text}: ` : `${text}\r\n`))
  const head = Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${lines.join('')}\r\n`)
  const raw = Buffer.concat([head, body])
  const { socket } = res
  socket?.write(raw.subarray(0, at(head.length, raw.length)), () => socket.destroy())
}
