import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { App } from '../app.ts'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { createAlarm } from '../lib/alarm.ts'
import type { Hub } from './hub.ts'
import { isSettled, type Position, writePosition } from './position.ts'
import { presentEvent } from './present.ts'
import { type EventRow, readBatch } from './queries.ts'

/** Seconds after which the position is told without an event: no proxy takes the line for dead. */
const HEARTBEAT = 15
/** Seconds between two looks for what began before we said that we listen. */
const LOOK = 0.5
const PATIENCE = 30
const LIMIT = 500

export interface Reading {
  readonly app: App
  readonly hub: Hub
  readonly caller: Caller
  readonly from: Position
  readonly types: readonly string[] | undefined
  /** False: it ends when everything that is there was sent. */
  readonly follow: boolean
  /** Throws when the credential is not good any more. */
  readonly authenticate: () => Promise<unknown>
  /** Seconds that it may leave what was sent untouched. */
  readonly patience?: number
  /** Seconds without an event after which the position is told. */
  readonly heartbeat?: number
}

export interface Stream {
  /** Resolves when the reader has gone, was cut, or had everything. */
  run(response: ServerResponse): Promise<void>
  /** Ends at once: the reader comes again, elsewhere or later. */
  stop(): void
}

/**
 * A reader of events at its own pace: nothing is read for it that it has not taken the last of, so that slow readers cost
 * no memory. One that takes nothing for 30 s is cut, and goes on from where it was. 429 when there are too many.
 */
export async function openStream(reading: Reading): Promise<Stream> {
  const { app, hub, caller, heartbeat = HEARTBEAT } = reading
  const closing = new AbortController()
  const alarm = createAlarm()
  // Before the first read: nothing falls in between.
  const leave = await hub.subscribe(caller.tenantId, alarm.ring)
  if (!leave) {
    throw problem('too_many_streams', 'This workspace has too many streams of events open; close some.', {
      headers: { 'retry-after': '10' }
    })
  }
  const stop = () => {
    closing.abort()
    alarm.ring()
  }
  async function follow(response: ServerResponse): Promise<void> {
    let at = reading.from
    let tellAt = performance.now()
    // A transaction that began before the subscription announces nothing: until the last of them has ended we look.
    let joined: string | undefined
    while (!closing.signal.aborted) {
      const { snapshot, now, events } = await readBatch(app.database.db, caller.tenantId, at, filterOf(reading))
      // After the read: what happened since the credential ended is not told.
      await reading.authenticate()
      const isWhole = events.length < LIMIT
      const until = at.until ?? snapshot
      const lines = events.map((event, index) => {
        const isLast = isWhole && index === events.length - 1
        return write(event, isLast ? whole(until) : { seen: at.seen, until, after: event.seq })
      })
      // A reader has a position before its first event, and it does not grow old where nothing happens.
      const isDue = performance.now() >= tellAt
      if (events.length === 0 && isDue) lines.push(`id: ${writePosition(whole(until), now)}\n\n`)
      if (!(await send(response, lines.join('')))) return
      if (lines.length > 0) tellAt = performance.now() + heartbeat * 1000
      const isCaughtUp = isWhole && at.until === null
      at = isWhole ? whole(until) : { seen: at.seen, until, after: (events.at(-1) as EventRow).seq }
      joined ??= snapshot
      if (!isCaughtUp) continue
      if (!reading.follow) return
      const left = Math.max(0, tellAt - performance.now()) / 1000
      await alarm.wait(isSettled(joined, snapshot) ? left : Math.min(LOOK, left))
    }
  }

  async function send(response: ServerResponse, text: string): Promise<boolean> {
    if (closing.signal.aborted) return false
    if (text === '' || response.write(text)) return true
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout((reading.patience ?? PATIENCE) * 1000)])
    const hasTaken = await once(response, 'drain', { signal }).then(
      () => true,
      () => false
    )
    if (!hasTaken) response.destroy()
    return hasTaken
  }

  return {
    stop,
    async run(response) {
      response.on('close', stop)
      // A client that has no say waits a second before it comes again. The first position ends the block.
      response.write('retry: 1000\n')
      try {
        await follow(response)
      } catch (error) {
        // Its credential has ended, or the database is away: it comes again, and is told.
        app.log.info({ err: error, tenantId: caller.tenantId }, 'a stream of events was ended')
      } finally {
        leave()
        response.end()
      }
    }
  }
}

const whole = (seen: string): Position => ({ seen, until: null, after: 0 })

const filterOf = ({ types, caller }: Reading) => ({
  types,
  accountIds: caller.kind === 'key' ? caller.accountIds : null,
  limit: LIMIT
})

const write = (row: EventRow, at: Position) =>
  `id: ${writePosition(at, row.at)}\nevent: ${row.type}\ndata: ${JSON.stringify(presentEvent(row))}\n\n`
