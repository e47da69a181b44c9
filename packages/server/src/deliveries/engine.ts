import type { Chunk, Context, Doubt, Failure, Post, Progress, Publisher } from '@upload24/connectors'
import {
  apply,
  begin,
  type Call,
  type Delivery,
  type Event,
  giveUp,
  inWindow,
  mayExist,
  type Next,
  nextCall,
  shapeOf,
  stop,
  type Times
} from './machine.ts'

/** Seconds between the lease's end and the last moment at which we still talk. */
export const MARGIN = 10

export class Refused extends Error {
  readonly failure: Failure
  constructor(f: Failure) {
    super(f.code)
    this.failure = f
  }
}
/** Someone else holds the row, or the process is to stop: leave, write nothing. */
export class LeaseLost extends Error {}

export interface Row {
  readonly id: string
  readonly lease: string
  readonly delivery: Delivery
  readonly times: Times
  readonly now: Date
  readonly doubtSince: Date
  readonly taken: readonly string[]
  readonly stop: 'cancel' | 'unlink' | null
  /** Monotonic: when the statement that got this row was SENT, + LEASE − MARGIN. A beat moves it. */
  fence: { deadline: number }
}

export interface Store {
  /** Null: a stop was asked for meanwhile. Throws LeaseLost when the lease is not ours. */
  begin(row: Row, next: Next): Promise<Row | null>
  save(row: Row, next: Next): Promise<Row>
  reload(row: Row): Promise<Row>
  beat(row: Row): Promise<void>
}

export interface Work {
  readonly store: Store
  readonly publisher: Publisher<any, any>
  readonly post: Post<any>
  /** The token, the hosts and the fence are in its http. */
  context(row: Row): Context
  open(start: number, end: number, total: number): Promise<Chunk>
  beating(row: Row): { stop(): void }
}

/** Steps until the delivery must wait or is over. */
export async function run(work: Work, first: Row): Promise<void> {
  const shape = shapeOf(work.publisher)
  let row = first
  for (;;) {
    const d = row.delivery
    const final = row.stop ? stop(d, row.stop) : giveUp(d, row.times)
    if (final) {
      await work.store.save(row, final)
      return
    }
    const call = nextCall(d, row.times, shape)
    const chunk = call === 'send' ? await work.open(d.sent, d.end, d.bytes) : undefined
    const doubt: Doubt | undefined =
      d.doubt || mayExist(d)
        ? { call: d.doubt?.call ?? 'commit', commits: mayExist(d), since: row.doubtSince, taken: row.taken }
        : undefined
    if (call !== 'check') {
      const begun = await work.store.begin(row, begin(d, call, shape))
      if (!begun) {
        row = await work.store.reload(row)
        continue
      }
      row = begun
      if (call === 'commit' && doubt?.commits && !inWindow(row.times, shape)) continue
    }
    const event = await exchange(work, row, call, doubt, chunk)
    const next = apply(row.delivery, call, event, row.times, shape)
    row = await work.store.save(row, next)
    if (next.delivery.status !== 'running' || next.wait > 0) return
  }
}

async function exchange(
  work: Work,
  row: Row,
  call: Call,
  doubt: Doubt | undefined,
  chunk: Chunk | undefined
): Promise<Event> {
  const beats = call === 'send' ? work.beating(row) : null
  try {
    return { type: 'answered', progress: await make(work, row, call, doubt, chunk) }
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    if (error instanceof Refused && error.failure.kind !== 'unknown') return { type: 'refused', failure: error.failure }
    return { type: 'lost' }
  } finally {
    beats?.stop()
  }
}

function make(
  work: Work,
  row: Row,
  call: Call,
  doubt: Doubt | undefined,
  chunk: Chunk | undefined
): Promise<Progress<unknown>> {
  const { publisher: p, post } = work
  const { state } = row.delivery
  const ctx = work.context(row)
  switch (call) {
    case 'prepare':
      return p.prepare(state, post, ctx, doubt)
    case 'send':
      return p.send!(state, chunk!, ctx)
    case 'commit':
      return p.commit!(state, ctx, doubt)
    case 'check':
      return p.check(state, ctx, doubt)
  }
}
