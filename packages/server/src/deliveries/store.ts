import { parkAll } from '../accounts/park-queries.ts'
import type { Pauses } from '../accounts/pauses.ts'
import { isLinkedSince } from '../accounts/queries.ts'
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
import { giveUp, mayExist, type Next, relinked } from './machine.ts'
import { noteOperator, noteSeen } from './notes.ts'
import * as queries from './queries.ts'
import { type Claimed, clocks, type Deadline, deadlineAfter, type Stepped, sealState, toRow } from './rows.ts'

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
  const current = (record: Stepped): Row => toRow(app.seal, record, deadline)

  return {
    async begin(row, next) {
      const record = await (budget ? beginCounted(db, budget, row, next) : queries.begin(db, row, next))
      if (record) return current(record)
      if (await queries.read(db, row)) return null
      throw new LeaseLost()
    },
    async save(row, wished) {
      const sentAt = clocks()
      const write = async (on: Db, next: Next) => {
        const entries = journal.take(row.delivery.failure, next)
        const isOver = next.delivery.status !== 'running'
        const saved = await queries.save(on, row, next, sealState(app.seal, row.id, next.delivery.state), {
          attempts: attemptsOf(entries, unanswered),
          unit: isOver && claimed.parentId === null ? unitOf(next) : null
        })
        if (!saved) throw new LeaseLost()
        await trimAttempts(on, row.id, saved.lines)
        return { saved, next, entries }
      }
      const writeAll = async (trx: Db) => {
        // The account before its delivery, as unlinking does: the other way round two of them could wait for each other.
        const isOld = isEndedByGrant(wished) && (await isLinkedSince(trx, claimed, row.now))
        const next = isOld ? { delivery: relinked(wished.delivery), wait: LINKED_AGAIN } : wished
        const { status, post } = next.delivery
        const makes = status === 'uploaded' ? plan.wanted(post) : []
        await park(trx, claimed, next)
        if (isProbe && parksNobody(next)) await settleProbe(trx, claimed, isAnswered(row, next))
        if (makes.length > 0) await holdAccount(trx, claimed)
        const written = await write(trx, next)
        await budget?.settle(trx, next)
        if (status !== 'running' && claimed.parentId !== null) await settleFollowUp(trx, claimed, plan, next.delivery)
        if (makes.length > 0) await createFollowUps(trx, claimed, makes)
        return written
      }
      const isMidway = wished.delivery.status === 'running'
      const makesNothing = wished.delivery.status !== 'uploaded' || plan.wanted(wished.delivery.post).length === 0
      // Most steps are one statement, and a transaction around it is two more.
      const isAlone =
        parksNobody(wished) &&
        !isProbe &&
        makesNothing &&
        !budget &&
        (isMidway || !claimed.parentId) &&
        !isEndedByGrant(wished)
      const { saved, next, entries } = await (isAlone ? write(db, wished) : db.transaction().execute(writeAll))
      unanswered = null
      if (isAnswered(row, next)) isProbe = false
      noteSeen(app, claimed, row, next, entries)
      noteOperator(app, claimed, next)
      stepCount.inc({ platform: claimed.platform, verdict: verdictOf(next) })
      extend(sentAt)
      return saved.row && current(saved.row)
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

/** Seconds until a delivery goes on whose account was linked again while its old grant was refused. */
const LINKED_AGAIN = 1

const isEndedByGrant = ({ delivery: { status, failure } }: Next): boolean =>
  status === 'failed' && failure?.kind === 'relink'

/** In few words, for the metrics. */
function verdictOf({ delivery: { status, failure }, wait }: Next): string {
  if (status === 'running') return wait > 0 ? 'waits' : 'goes on'
  return failure?.code === 'outcome_unknown' ? 'outcome_unknown' : status
}

/** The pauses that a step asks for: of everything, and of new posts alone. */
function parksOf({ park, wait, pauses, delivery: { failure } }: Next): { all: Pauses; starts: Pauses } {
  const own: Pauses = park ? { [park]: wait } : {}
  return failure?.stops === 'starts' ? { all: { ...pauses }, starts: own } : { all: { ...pauses, ...own }, starts: {} }
}

const isEmpty = (pauses: Pauses): boolean => Object.keys(pauses).length === 0

function parksNobody(next: Next): boolean {
  const { all, starts } = parksOf(next)
  return isEmpty(all) && isEmpty(starts)
}

/** Others wait too, and theirs is no failure of their own: it costs them nothing of their time. */
async function park(trx: Db, claimed: Claimed, next: Next): Promise<void> {
  const { all, starts } = parksOf(next)
  const why = next.park && next.delivery.failure
  if (!isEmpty(all)) await parkAll(trx, claimed, all, { why })
  if (!isEmpty(starts)) await parkAll(trx, claimed, starts, { why, stops: 'starts' })
  await queries.extendDeadlines(trx, claimed, all, false)
  await queries.extendDeadlines(trx, claimed, starts, true)
}

/** Did the platform say something other than "later"? An end of our own says nothing of it. */
const isAnswered = (row: Row, next: Next): boolean =>
  (next.delivery.status !== 'running' || next.delivery.tries === 0) &&
  parksNobody(next) &&
  row.stop === null &&
  giveUp(row.delivery, row.times) === null

/** An outcome that is not known keeps its unit: the post may be there. */
const unitOf = ({ delivery }: Next): 'spent' | 'released' =>
  delivery.status === 'uploaded' || (delivery.status === 'failed' && mayExist(delivery)) ? 'spent' : 'released'
