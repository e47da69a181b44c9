import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

/** The first day of this month in UTC, by the database's clock: `2026-11-01`. The same throughout a transaction. */
export const month = sql`date_trunc('month', now() at time zone 'UTC')::date`

export interface QuotaRow {
  readonly month: string
  readonly reserved: number
  readonly used: number
  readonly limit: number | null
  readonly resetsAt: Date
}

/** `fallback`: the limit of workspaces that have none of their own. */
export async function readQuota(db: Db, tenantId: string, fallback: number | null): Promise<QuotaRow> {
  const { rows } = await sql<QuotaRow>`
    select ${month}::text as month, coalesce(q.reserved, 0) as reserved, coalesce(q.used, 0) as used,
      coalesce(t.quota_limit, ${fallback}::int) as limit,
      ((${month} + interval '1 month') at time zone 'UTC') as "resetsAt"
    from tenants t left join quotas q on q.tenant_id = t.id and q.month = ${month}
    where t.id = ${tenantId}`.execute(db)
  return rows[0] as QuotaRow
}

/** Reserves `count`, or nothing: null when the limit does not allow it. Of two that race for the last unit one waits for the other. */
export async function reserve(
  db: Db,
  tenantId: string,
  count: number,
  fallback: number | null
): Promise<string | null> {
  const { rows } = await sql<{ month: string }>`
    insert into quotas as q (tenant_id, month, reserved)
    select t.id, ${month}, ${count} from tenants t
    where t.id = ${tenantId}
      and (coalesce(t.quota_limit, ${fallback}::int) is null or ${count} <= coalesce(t.quota_limit, ${fallback}::int))
    on conflict (tenant_id, month) do update set reserved = q.reserved + excluded.reserved
    where (
      select coalesce(t.quota_limit, ${fallback}::int) is null
        or q.reserved + q.used + excluded.reserved <= coalesce(t.quota_limit, ${fallback}::int)
      from tenants t where t.id = q.tenant_id)
    returning q.month::text as month`.execute(db)
  return rows[0]?.month ?? null
}

/** Gives reserved units back to the month they were taken from. */
export async function release(db: Db, tenantId: string, ofMonth: string, count: number): Promise<void> {
  await sql`update quotas set reserved = reserved - ${count}
    where tenant_id = ${tenantId} and month = ${ofMonth}::date`.execute(db)
}

/** A spent unit becomes a reserved one again: whether the post exists is asked once more. Returns its month. */
export async function reclaim(db: Db, tenantId: string, ofMonth: string): Promise<string> {
  await sql`update quotas set reserved = reserved + 1, used = used - 1
    where tenant_id = ${tenantId} and month = ${ofMonth}::date`.execute(db)
  return ofMonth
}
