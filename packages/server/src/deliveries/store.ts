import type { Pauses } from '../accounts/pauses.ts'
import { parkAll } from '../accounts/queries.ts'
import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import { stepCount } from '../lib/metrics.ts'
import type { Budget } from './budget.ts'
import { settleProbe } from './claim-queries.ts'
import { LeaseLost, type Row, type Store } from './engine.ts'
import { type Plan, settleFollowUp } from './follow-ups/follow-ups.ts'
import { createFollowUps, holdAccount } from './follow-ups/queries.ts'
import type { Journal } from './journal.ts'
import { attemptsOf, trimAttempts } from './journal-queries.ts'
import { noteSeen } from './lateness.ts'
import { giveUp, mayExist, type Next } from './machine.ts'
import * as queries from './queries.ts'
import { type Claimed, clocks, type Deadline, deadlineAfter, sealState, toRow } from './rows.ts'

type StorePlan = Plan<{ readonly settleSeconds: number }>

/** The engine's writes on PostgreSQL. Each is guarded by the lease; `deadline` is the fence, which saves and beats move. */
export function createStore(
  app: App,
  claimed: Claimed & { readonly isProbe?: boolean },
  deadline: Deadline,
  plan: StorePlan,
  journal: Journal,
  budget: Budget | null = null
): Store {
  const { db } = app.database
  // Told with the first step that is written: whoever began it may have died, or may still have written what came of it.
  let unanswered = claimed.doubt === null ? null : claimed

  /** What the others of the account or the app wait for. */
  let isProbe = claimed.isProbe === true

  const extend = (sentAt: Deadline) => Object.assign(deadline, deadlineAfter(sentAt))
  const current = (record: Claimed): Row => toRow(app.seal, record, deadline)

  return {
    async begin(row, next) {
      const record = await (budget ? beginCounted(db, budget, row, next) : queries.begin(db, row, next))
      if (record) return current(record)
      if (await queries.read(db, row)) return null
      throw new LeaseLost()
    },
    async save(row, next) {
      const sentAt = clocks()
      const state = sealState(app.seal, row.id, next.delivery.state)
      const entries = journal.take(row.delivery.failure, next)
      const isOver = next.delivery.status !== 'running'
      const makes = next.delivery.status === 'uploaded' ? plan.wanted(next.delivery.post) : []
      const endsProbe = isProbe && parksNobody(next)
      const attempts = attemptsOf(entries, unanswered)
      const beside = { attempts, unit: isOver && claimed.parentId === null ? unitOf(next) : null }
      const write = async (on: Db) => {
        const saved = await queries.save(on, row, next, state, beside)
        if (!saved) throw new LeaseLost()
        await trimAttempts(on, row.id, saved.lines)
        return saved
      }
      const writeAll = async (trx: Db) => {
        // The account before its delivery, as unlinking does: the other way round two of them could wait for each other.
        await parkAll(trx, claimed, parksOf(next), next.park && next.delivery.failure)
        if (endsProbe) await settleProbe(trx, claimed, isAnswered(row, next))
        if (makes.length > 0) await holdAccount(trx, claimed)
        const saved = await write(trx)
        await budget?.settle(trx, next)
        if (isOver && claimed.parentId !== null) await settleFollowUp(trx, claimed, plan, next.delivery)
        if (makes.length > 0) await createFollowUps(trx, claimed, makes)
        return saved
      }
      // Most steps are one statement, and a transaction around it is two more.
      const isAlone = parksNobody(next) && !endsProbe && makes.length === 0 && !budget && !(isOver && claimed.parentId)
      const record = await (isAlone ? write(db) : db.transaction().execute(writeAll))
      unanswered = null
      if (isAnswered(row, next)) isProbe = false
      noteSeen(app, claimed, row, next, entries)
      stepCount.inc({ platform: claimed.platform, verdict: verdictOf(next) })
      extend(sentAt)
      return current({ ...record, lease: row.lease })
    },
    async reload(row) {
      const record = await queries.read(db, row)
      if (!record) throw new LeaseLost()
      return current(record)
    },
    async beat(row) {
      const sentAt = clocks()
      if (!(await queries.beat(db, row, plan.publisher.settleSeconds))) throw new LeaseLost()
      extend(sentAt)
    }
  }
}

/** The start and its unit, or neither. */
const beginCounted = (db: App['database']['db'], budget: Budget, row: Row, next: Next) =>
  db.transaction().execute(async trx => {
    const begun = await queries.begin(trx, row, next)
    if (begun) await budget.spend(trx, next)
    return begun
  })

/** In few words, for the metrics. */
function verdictOf({ delivery: { status, failure }, wait }: Next): string {
  if (status === 'running') return wait > 0 ? 'waits' : 'goes on'
  return failure?.code === 'outcome_unknown' ? 'outcome_unknown' : status
}

const parksNobody = (next: Next): boolean => Object.keys(parksOf(next)).length === 0

/** Did the platform say something other than "later"? An end of our own says nothing of it. */
const isAnswered = (row: Row, next: Next): boolean =>
  (next.delivery.status !== 'running' || next.delivery.tries === 0) &&
  parksNobody(next) &&
  row.stop === null &&
  giveUp(row.delivery, row.times) === null

const parksOf = ({ park, wait, pauses }: Next): Pauses => ({ ...pauses, ...(park && { [park]: wait }) })

/** An outcome that is not known keeps its unit: the post may be there. */
const unitOf = ({ delivery }: Next): 'spent' | 'released' =>
  delivery.status === 'uploaded' || (delivery.status === 'failed' && mayExist(delivery)) ? 'spent' : 'released'
