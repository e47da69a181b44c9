import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

export interface Units {
  readonly used: number
  readonly reserved: number
}

export interface UsageRow extends Units {
  readonly kind: 'day' | 'platform' | 'account' | 'sender'
  readonly date: string | null
  readonly platform: string | null
  readonly accountId: string | null
  readonly userId: string | null
  readonly keyId: string | null
  readonly sandbox: boolean | null
  /** Of the account or the sender. */
  readonly name: string | null
}

/** Accounts and senders that are told of. */
const MOST = 100

/**
 * The units of a month, told four ways in one reading. A delivery that ended without a post has given its unit back; one
 * whose outcome is unknown has not. A unit was taken when the upload was made, or when the delivery was last retried.
 * `month`: its first day.
 */
export async function readUsage(db: Db, tenantId: string, month: string): Promise<UsageRow[]> {
  const { rows } = await sql<UsageRow>`
    with ids as (
      select id from deliveries where tenant_id = ${tenantId} and quota_month = ${month}::date and parent_id is null
        and status in ('uploaded', 'failed')
      union all
      select d.id from uploads u join deliveries d on d.upload_id = u.id
      where u.tenant_id = ${tenantId} and u.status in ('Scheduled', 'Processing') and d.parent_id is null
        and d.quota_month = ${month}::date and d.status in ('scheduled', 'running')
    ), units as materialized (
      select d.platform, d.account_id, u.sender_user_id as user_id, u.sender_key_id as key_id,
        (coalesce((select max(o.at) from decisions o where o.tenant_id = d.tenant_id and o.delivery_id = d.id
          and o.decision = 'retried'), u.created_at) at time zone 'UTC')::date as date,
        (d.status in ('uploaded', 'failed'))::int as used, (d.status in ('scheduled', 'running'))::int as reserved
      from ids join deliveries d on d.id = ids.id join uploads u on u.id = d.upload_id
      where d.status <> 'failed' or d.doubt_commits or d.stage = 'committed'
    ), told as (
      select case when grouping(date) = 0 then 'day' when grouping(platform) = 0 then 'platform'
          when grouping(account_id) = 0 then 'account' else 'sender' end as kind,
        date, platform, account_id, user_id, key_id, sum(used)::int as used, sum(reserved)::int as reserved
      from units group by grouping sets ((date), (platform), (account_id), (user_id, key_id))
    ), ranked as (
      select *, row_number() over (partition by kind order by used + reserved desc, account_id, user_id, key_id) as rank
      from told
    )
    -- A session may begin before midnight and be completed after it.
    select r.kind, least(greatest(r.date, ${month}::date), (${month}::date + interval '1 month - 1 day')::date)::text as date, coalesce(r.platform, a.platform) as platform,
      r.account_id as "accountId", r.user_id as "userId", r.key_id as "keyId", a.sandbox,
      coalesce(a.display_name, p.name, k.name) as name, r.used, r.reserved
    from ranked r
      left join accounts a on a.tenant_id = ${tenantId} and a.id = r.account_id
      left join users p on p.id = r.user_id
      left join api_keys k on k.tenant_id = ${tenantId} and k.id = r.key_id
    where r.rank <= ${MOST} or r.kind in ('day', 'platform')
    order by r.rank`.execute(db)
  return rows
}

/** Months that anything was taken from, latest first. */
export async function listMonths(db: Db, tenantId: string, count: number) {
  const { rows } = await sql<Units & { month: string }>`
    select to_char(month, 'YYYY-MM') as month, used, reserved from quotas where tenant_id = ${tenantId}
    order by quotas.month desc limit ${count}`.execute(db)
  return rows
}

export async function readMonth(db: Db, tenantId: string, month: string): Promise<Units> {
  const { rows } = await sql<Units>`
    select used, reserved from quotas where tenant_id = ${tenantId} and month = ${month}::date`.execute(db)
  return rows[0] ?? { used: 0, reserved: 0 }
}
