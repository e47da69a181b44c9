import type { Chunk, Context, Doubt, Post, Progress, Publisher } from '@upload24/connectors'
import { Refused } from '@upload24/connectors'
import type { Pauses } from '../accounts/pauses.ts'
import {
  apply,
  begin,
  type Call,
  CEILING,
  type Delivery,
  type Event,
  giveUp,
  inWindow,
  MAX_CRASHES,
  mayExist,
  type Next,
  nextCall,
  type Shape,
  shapeOf,
  stop,
  type Times
} from './machine.ts'

/*
 * The engine's loop: what a worker does with a row that it claimed. It asks the machine for the next call, writes down that a
 * change is about to be made, makes one exchange through the connector, and writes down what came of it. Every write is
 * guarded by the lease; an error of the store ends the loop with nothing written, and the row's lease runs out.
 */

/** Seconds between the lease's end and the last moment at which we still talk. */
export const MARGIN = 10

/** The platform's refusal, classified. Thrown by a connector's http. */
export { Refused }

/** Someone else holds the row, or the process is to stop: leave, write nothing. */
export class LeaseLost extends Error {}

/** A claimed row as its last statement returned it. */
export interface Row {
  readonly id: string
  /** A random id per claim. Every write asks for it. */
  readonly lease: string
  readonly delivery: Delivery
  readonly times: Times
  /** The database's clock. */
  readonly now: Date
  readonly doubtSince: Date
  /** Post ids of this account that other deliveries hold. */
  readonly taken: readonly string[]
  readonly stop: 'cancel' | 'unlink' | null
  /**
   * Monotonic: when the statement that got this row was SENT, + LEASE − MARGIN. A beat moves it. Read
   * by the simulation alone, for its wire: a worker's fence (`fence.ts`) holds the same value itself.
   */
  readonly fence: { deadline: number }
}

/** Three guarded writes and a read. Each throws LeaseLost when the row is not ours any more, and anything else when it cannot tell. */
export interface Store {
  /** Writes the doubt, and `settled_at` when it commits. Null: a stop was asked for meanwhile, and nothing was written. */
  begin(row: Row, next: Next): Promise<Row | null>
  /** Writes what came of the step. Null: the delivery waits or is over, and the lease was given back. */
  save(row: Row, next: Next): Promise<Row | null>
  reload(row: Row): Promise<Row>
  /** Holds the row for another LEASE, and moves `settled_at` along when the doubt commits. */
  beat(row: Row): Promise<void>
}

/** All that the loop needs for one delivery. */
export interface Work {
  readonly store: Store
  readonly publisher: Publisher<any, any>
  readonly post: Post<any>
  /** The token, the hosts and the fence are in its http. */
  context(row: Row, call: Call): Context
  open(start: number, end: number, total: number): Promise<Chunk>
  /** Beats the row every 20 s until stopped. A beat that fails closes the fence and cuts the exchange. */
  beating(row: Row): { stop(): void }
  /** Told what ended an exchange without an answer: the network's failure, or a bug. */
  onLost?(error: unknown, call: Call): void
  /** What the answers of the step asked everyone to wait. Forgotten once it is read. */
  takePauses?(): Pauses
  /** Asked between two steps. True: the lease was given back, since others wait for their turn. */
  makesRoom?(row: Row): Promise<boolean>
}

/** Steps until the delivery must wait, makes room or is over. */
export async function run(work: Work, first: Row): Promise<void> {
  const shape = shapeOf(work.publisher)
  let row = first
  for (;;) {
    const d = row.delivery
    const final = row.stop ? stop(d, row.stop) : giveUp(d, row.times)
    const isLast = final !== null && asksLast(row)
    if (final && !isLast) {
      await work.store.save(row, final)
      return
    }
    const call = isLast ? 'check' : nextCall(d, row.times, shape)
    // Before `begin`: a file that is missing is no doubt.
    const chunk = call === 'send' ? await work.open(d.sent, d.end, d.bytes) : undefined
    const doubt = doubtOf(row, shape)
    if (call !== 'check') {
      const begun = await work.store.begin(row, begin(d, call, shape))
      if (!begun) {
        row = await work.store.reload(row)
        continue
      }
      row = begun
      // The begin may have come a stall after the claim that chose to repeat.
      if (call === 'commit' && doubt?.commits && !inWindow(row.times, shape)) continue
    }
    const event = await exchange(work, row, call, doubt, chunk)
    const came = apply(row.delivery, call, event, row.times, shape)
    const last = isLast && came.delivery.status === 'running' ? giveUp(came.delivery, row.times) : null
    const next = heedPauses(last ?? came, work.takePauses?.() ?? {})
    const held = await work.store.save(row, next)
    if (!held || (await work.makesRoom?.(held))) return
    row = held
  }
}

/** The deadline may pass while everybody is told to wait: what may be posted is asked about once more before we say that we do not know. */
const asksLast = ({ delivery, times, stop: stopped }: Row): boolean =>
  stopped === null &&
  times.left <= 0 &&
  times.crashes <= MAX_CRASHES &&
  delivery.status === 'running' &&
  mayExist(delivery)

/** What came of the step stands. What comes after it waits as long as the platform asked; no rule depends on when that is. */
function heedPauses(came: Next, asked: Pauses): Next {
  const longest = Math.max(0, ...Object.values(asked))
  if (longest === 0) return came
  const { park, ...next } = came
  // A cap on new posts is another pause than one of everything.
  const isOfAll = park && came.delivery.failure?.stops === undefined
  const pauses = isOfAll ? { ...asked, [park]: Math.max(next.wait, asked[park] ?? 0) } : asked
  const isLonger = next.delivery.status === 'running' && longest > next.wait
  return { ...(isOfAll ? next : came), pauses, ...(isLonger ? { wait: longest, patient: true } : {}) }
}

/** What the connector is told of the tries before: read before `begin` writes the doubt of this one. */
function doubtOf({ delivery: d, doubtSince, taken, times, now }: Row, shape: Shape): Doubt | undefined {
  if (!d.doubt && !mayExist(d)) return undefined
  const doubt = { call: d.doubt?.call ?? 'commit', commits: mayExist(d), since: doubtSince, taken }
  if (!doubt.commits) return doubt
  // Where `settled_at` counts from: see `begin` and `lost` of the machine.
  const overFor = CEILING + shape.settleSeconds - times.settlesIn
  return { ...doubt, until: new Date(now.getTime() - overFor * 1000) }
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
    // No answer, or one that may hide a success. A connector's own bug counts as that too.
    work.onLost?.(error, call)
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
  const ctx = work.context(row, call)
  switch (call) {
    case 'prepare':
      return p.prepare(state, post, ctx, doubt)
    case 'send':
      return p.send ? p.send(state, chunk as Chunk, ctx) : impossible('send')
    case 'commit':
      return p.commit ? p.commit(state, ctx, doubt) : impossible('commit')
    case 'check':
      return p.check(state, ctx, doubt)
  }
}

/** A connector named a verb that it does not have: the step is lost, and the deadline ends the delivery. */
function impossible(verb: string): never {
  throw new TypeError(`The connector has no ${verb}.`)
}
