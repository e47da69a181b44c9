import { type Connector, type Failure, secondsToMidnight } from '@upload24/connectors'
import type { Db } from '../db/open.ts'
import type { Next } from './machine.ts'
import { giveBack, spendBudget } from './queries.ts'
import type { Claimed } from './rows.ts'

/** The app's day has no start left: nothing was begun. */
export class BudgetUsed extends Error {}

/** The starts of a day that all tenants of a platform's app share, as one claimed delivery uses them. */
export interface Budget {
  /** In the transaction of a `begin`, after its row was written. Throws BudgetUsed. */
  spend(trx: Db, next: Next): Promise<void>
  /** In the transaction of the step that the begin led to: what was refused has not started. */
  settle(trx: Db, next: Next): Promise<void>
  /** Why it waits, and for how long. `now`: the database's clock. */
  failure(now: Date): Failure
}

/**
 * `granted`: starts a day, where the platform allowed this installation another number than it usually does. Null: nothing is counted. The sandbox has one app per workspace, and counts for itself; follow-ups start nothing.
 * A start whose answer was lost stays counted, and so does its repeat: the platform may have seen both.
 */
export function openBudget(
  { budget, name }: Connector,
  { app, platform, parentId }: Claimed,
  granted?: number
): Budget | null {
  if (!budget || app !== platform || parentId !== null) return null
  const { perDay: usual, zone } = budget
  const perDay = granted ?? usual
  let day: string | null = null
  return {
    async spend(trx, { delivery: { doubt, state } }) {
      if (doubt?.call !== 'prepare' || state !== null) return
      day = await spendBudget(trx, app, perDay, zone)
      if (day === null) throw new BudgetUsed()
    },
    async settle(trx, { delivery: { stage, state, doubt, status, failure } }) {
      if (day === null) return
      const isRefused = stage === 'prepare' && state === null && doubt === null && status !== 'uploaded'
      // A platform that stumbles (5xx) may have counted it.
      if (isRefused && failure?.code !== 'platform_error') await giveBack(trx, app, day)
      day = null
    },
    failure: now => ({
      kind: 'retry',
      scope: 'app',
      stops: 'starts',
      code: 'daily_budget_used',
      message: `${name} allows this installation ${perDay} uploads a day, and today's are used. It goes on after midnight there.`,
      after: secondsToMidnight(zone, now)
    })
  }
}
