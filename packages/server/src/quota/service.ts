import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import { problem } from '../http/problem.ts'
import * as queries from './queries.ts'

/** Reserves one unit per target in the caller's transaction; returns the month to give them back to. 429 when there are not enough. */
export async function reserveQuota(app: App, trx: Db, tenantId: string, requested: number): Promise<string> {
  const fallback = app.config.quotaDefault ?? null
  const month = await queries.reserve(trx, tenantId, requested, fallback)
  if (month !== null) return month
  const { limit, used, reserved, resetsAt } = await queries.readQuota(trx, tenantId, fallback)
  const taken = used + reserved
  throw problem(
    'quota_exceeded',
    `This upload needs ${requested} of the month's ${limit}; ${taken} are used or reserved. Nothing was done.`,
    {
      more: { limit, used: taken, requested, resetsAt: resetsAt.toISOString() },
      headers: { 'retry-after': String(Math.max(1, Math.ceil((resetsAt.getTime() - Date.now()) / 1000))) }
    }
  )
}

export async function showQuota(app: App, tenantId: string) {
  const { limit, used, reserved, resetsAt } = await queries.readQuota(
    app.database.db,
    tenantId,
    app.config.quotaDefault ?? null
  )
  const remaining = limit === null ? null : Math.max(0, limit - used - reserved)
  return { limit, used, reserved, remaining, resetsAt: resetsAt.toISOString() }
}
