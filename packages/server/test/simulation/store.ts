import { SILENT } from '../../src/db/presence.ts'
import { CEILING, type Delivery, LEASE, mayExist, type Next } from '../../src/deliveries/delivery.ts'
import type { Row, Store } from '../../src/deliveries/engine.ts'
import type { Worker } from './worker.ts'
import type { World } from './world.ts'

/** The table of deliveries. Names and conditions are those of `deliveries/queries.ts`: read them side by side. */
export interface Columns {
  readonly id: string
  status: 'scheduled' | Delivery['status']
  delivery: Delivery
  doubtSince: number | null
  settledAt: number | null
  readonly dueAt: number
  askAt: number
  giveUpAt: number
  lease: string | null
  leaseBy: string
  leaseUntil: number
  crashes: number
  stop: 'cancel' | 'unlink' | null
  readonly aloneKey: string | null
  aloneSince: number | null
  remoteId: string | null
  /** Not in the real table: what a person was told. */
  isCancelGranted: boolean
}

export interface Tables {
  readonly rows: readonly Columns[]
  readonly parked: { account: number; app: number }
  /** A delivery ended: people may want to do something about it. */
  ended(row: Columns): void
}

/** The database did not answer: the statement took effect, or it did not. */
export class StatementFailed extends Error {}

const HOUR = 3600

export interface SimulatedStore extends Store {
  claim(): Promise<Row | null>
}

export const isOpen = (d: Columns): boolean => d.status === 'scheduled' || d.status === 'running'

/** May another worker take the lease? It ran out, or its worker gives no sign of life. */
export function isFree(world: World, d: Columns, claimant: string): boolean {
  const { now } = world.clock
  if (d.lease === null || d.leaseUntil < now) return true
  const { takeOver } = world.rules
  if (takeOver === 'never' || (takeOver === 'calm' && d.delivery.doubt?.commits)) return false
  if (world.rules.isSteady && world.signs.steadySince(claimant) > now - SILENT) return false
  return world.signs.seenAt(d.leaseBy) < now - SILENT
}

export function isClaimable(world: World, d: Columns, claimant: string): boolean {
  const { now } = world.clock
  const { parked } = world.tables
  if (!isOpen(d) || d.askAt > now || !isFree(world, d, claimant)) return false
  if (d.stop === null && (parked.account > now || parked.app > now)) return false
  return !world.rules.alone || isAlone(world, d)
}

function isAlone(world: World, d: Columns): boolean {
  const { now } = world.clock
  if (d.aloneKey === null || d.aloneSince !== null || d.giveUpAt <= now) return true
  const isAtStake = d.delivery.doubt?.commits === true || d.delivery.stage === 'committed'
  return !world.tables.rows.some(
    o =>
      o.aloneKey === d.aloneKey &&
      o.id !== d.id &&
      (o.aloneSince !== null ||
        (o.remoteId === null && o.settledAt !== null && o.settledAt > now) ||
        (o.remoteId === null &&
          o.doubtSince !== null &&
          d.doubtSince !== null &&
          o.doubtSince > d.doubtSince &&
          isAtStake &&
          (o.status === 'uploaded' || o.delivery.doubt?.commits === true || o.delivery.stage === 'committed')))
  )
}

export function createStore(world: World, worker: Worker): SimulatedStore {
  const { clock, dice, rules, stats, tables, subject } = world
  /** The clock that makes dates and ages: the database's. Without that rule, each worker's own. */
  const dated = () => (rules.oneClock ? clock.now : clock.now + worker.skew)
  const find = (id: string) => tables.rows.find(d => d.id === id) as Columns
  const fence = (sentAt: number) => ({ deadline: sentAt + LEASE - subject.MARGIN })

  const toRow = (d: Columns, lease: string, held: Row['fence']): Row => ({
    id: d.id,
    lease,
    delivery: d.delivery,
    times: {
      doubtAge: d.doubtSince === null ? 0 : dated() - d.doubtSince,
      settlesIn: d.settledAt === null ? 0 : d.settledAt - dated(),
      left: d.giveUpAt - clock.now,
      crashes: d.crashes
    },
    now: new Date(dated() * 1000),
    doubtSince: new Date((d.doubtSince ?? dated()) * 1000),
    taken: rules.taken ? tables.rows.flatMap(o => (o.id !== d.id && o.remoteId !== null ? [o.remoteId] : [])) : [],
    stop: d.stop,
    fence: held
  })

  /** Sent, executed, answered: the process may vanish before and after, the connection in between. */
  async function statement<T>(execute: (sentAt: number) => T): Promise<T> {
    await worker.pause(0.002)
    const enter = worker.door()
    const sentAt = clock.now
    const trip = dice.chance(0.02) ? dice.between(0.1, 12) : 0.002
    const answer = await new Promise<() => T>(resolve => {
      const reply = (value: () => T) => clock.at(clock.now + trip, () => enter(() => resolve(value)))
      const fail = () => {
        throw new StatementFailed()
      }
      const effect = () => {
        if (dice.chance(world.faults.statement)) return reply(fail)
        if (clock.now < world.outageUntil) {
          // Refused, or held until the database is back.
          if (dice.chance(0.5)) return reply(fail)
          clock.at(world.outageUntil + dice.between(0, 2), effect)
          return
        }
        let result: () => T
        try {
          const value = execute(sentAt)
          result = () => value
        } catch (error) {
          result = () => {
            throw error
          }
        }
        reply(dice.chance(world.faults.statement) ? fail : result)
      }
      clock.at(clock.now + trip, effect)
    })
    await worker.pause(0.002)
    return answer()
  }

  /** `where id = $id and lease = $lease` */
  function held(row: Row): Columns {
    const d = find(row.id)
    if (d.lease !== row.lease) {
      stats.lateSaves++
      if (rules.guard) throw new subject.LeaseLost()
    }
    return d
  }

  function claim(by: string, sentAt: number): Row | null {
    const due = tables.rows
      .filter(d => isClaimable(world, d, by) && !worker.busy.has(d.id))
      .sort((a, b) => a.askAt - b.askAt)[0]
    if (!due) return null
    stats.claims++
    if (due.lease !== null) {
      stats.takenOver++
      if (due.leaseUntil >= clock.now) stats.takenEarly++
      const silence = clock.now - world.signs.seenAt(due.leaseBy)
      stats.silence += silence
      if (silence <= 10) stats.takenWithinTen++
      due.crashes++
    }
    due.lease = `${by}:${stats.claims}`
    due.leaseBy = by
    due.leaseUntil = clock.now + LEASE
    due.status = 'running'
    due.aloneSince = due.giveUpAt > clock.now && due.stop === null ? (due.aloneSince ?? clock.now) : null
    return toRow(due, due.lease, fence(sentAt))
  }

  function begin(row: Row, next: Next, sentAt: number): Row | null {
    const d = held(row)
    if (rules.beginSeesCancel && d.stop !== null) return null
    if (d.delivery.doubt === null) d.doubtSince = dated()
    d.delivery = next.delivery
    if (next.settle !== undefined) d.settledAt = dated() + next.settle
    // The fence stays where the claim or the last save put it.
    if (!rules.beginHolds) return toRow(d, row.lease, row.fence)
    d.leaseUntil = clock.now + LEASE
    return toRow(d, row.lease, fence(sentAt))
  }

  function save(row: Row, next: Next, sentAt: number): Row | null {
    const d = held(row)
    const isOver = next.delivery.status !== 'running'
    d.delivery = next.delivery
    // A step that failed by itself after a cancel was granted: the answer to the cancel stands.
    const isPlain = next.delivery.status === 'failed' && !mayExist(next.delivery)
    d.status = d.stop === 'cancel' && isPlain ? 'canceled' : next.delivery.status
    d.askAt = d.stop === null ? clock.now + next.wait * dice.between(0.9, 1.1) : clock.now
    if (next.settle !== undefined) d.settledAt = dated() + next.settle
    if (next.park) tables.parked[next.park] = Math.max(tables.parked[next.park], clock.now + next.wait)
    if (next.patient) {
      d.giveUpAt = Math.max(d.giveUpAt, Math.min(clock.now + next.wait + 6 * HOUR, d.dueAt + 72 * HOUR))
    }
    if (next.delivery.tries === 0) d.crashes = 0
    d.remoteId = next.delivery.post?.id ?? null
    if (next.delivery.doubt === null && next.delivery.stage !== 'committed') d.doubtSince = null
    if (isOver) d.aloneSince = null
    d.lease = isOver || next.wait > 0 ? null : d.lease
    d.leaseUntil = clock.now + LEASE
    if (isOver) tables.ended(d)
    world.poke()
    return d.lease === null ? null : toRow(d, row.lease, fence(sentAt))
  }

  function beat(row: Row, sentAt: number): number {
    const d = held(row)
    d.leaseUntil = clock.now + LEASE
    if (d.delivery.doubt?.commits) d.settledAt = dated() + LEASE + CEILING + world.settleSeconds
    return fence(sentAt).deadline
  }

  return {
    claim() {
      // Who sent it: the statement may take effect after its process is gone.
      const by = worker.id()
      return statement(sentAt => claim(by, sentAt))
    },
    begin: (row, next) => statement(sentAt => begin(row, next, sentAt)),
    save: (row, next) => statement(sentAt => save(row, next, sentAt)),
    reload: row => statement(() => toRow(held(row), row.lease, row.fence)),
    beat: async row => {
      row.fence.deadline = await statement(sentAt => beat(row, sentAt))
    }
  }
}
