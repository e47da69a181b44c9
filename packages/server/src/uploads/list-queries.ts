import { COUNT_MAX, type PublicStatus } from '@upload24/contract'
import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import { fromUploads, type UploadRow, uploadColumns } from './queries.ts'

/** What narrows a list of uploads. */
export interface Filter {
  readonly status?: PublicStatus | undefined
  readonly accountId?: string | undefined
  readonly platform?: string | undefined
  readonly q?: string | undefined
  readonly attention?: boolean | undefined
}

export interface HistoryFilter extends Filter {
  readonly limit: number
  /** Ids sort by time: everything older than this one. */
  readonly before?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

/** A failure that nobody has dismissed, or a wait for an account whose grant is dead. Found by what is wrong: that is little. */
const openMatters = (tenantId: string) => sql`
  select d.upload_id from deliveries d join uploads o on o.tenant_id = d.tenant_id and o.id = d.upload_id
  where d.tenant_id = ${tenantId} and d.parent_id is null and d.status = 'failed'
    and (o.dismissed_at is null or d.ended_at is null or d.ended_at > o.dismissed_at)
  union all
  select d.upload_id from accounts a join deliveries d on d.account_id = a.id
  where a.tenant_id = ${tenantId} and a.status = 'needs_relink' and d.parent_id is null
    and d.status in ('scheduled', 'running') and d.stop is distinct from 'cancel'`

function narrow(tenantId: string, { status, accountId, platform, q, attention }: Filter) {
  const like = q === undefined ? undefined : `%${q.replace(/[\\%_]/g, '\\$&')}%`
  return [
    sql`u.tenant_id = ${tenantId}`,
    status === undefined ? undefined : sql`u.status = ${status}`,
    like === undefined ? undefined : sql`u.title ilike ${like}`,
    attention === undefined
      ? undefined
      : attention
        ? sql`u.id in (${openMatters(tenantId)})`
        : sql`u.id not in (${openMatters(tenantId)})`,
    accountId === undefined && platform === undefined
      ? undefined
      : sql`exists (select from deliveries d where d.upload_id = u.id
          and d.account_id = coalesce(${accountId ?? null}::uuid, d.account_id)
          and d.platform = coalesce(${platform ?? null}, d.platform))`
  ]
}

/** Newest first. */
export async function listUploads(db: Db, tenantId: string, filter: HistoryFilter): Promise<UploadRow[]> {
  const { before, from, to } = filter
  const where = [
    ...narrow(tenantId, filter),
    before === undefined ? undefined : sql`u.id < ${before}`,
    from === undefined ? undefined : sql`u.created_at >= ${from}`,
    to === undefined ? undefined : sql`u.created_at < ${to}`
  ].filter(part => part !== undefined)
  const { rows } = await sql<UploadRow>`
    select ${uploadColumns} ${fromUploads} where ${sql.join(where, sql` and `)}
    order by u.id desc limit ${filter.limit}`.execute(db)
  return rows
}

/** Where a page of the calendar ends. */
export interface Moment {
  /** In UTC, to the microsecond. */
  readonly at: string
  readonly id: string
}

export interface CalendarFilter extends Filter {
  readonly limit: number
  readonly from: Date
  readonly to: Date
  readonly after?: Moment | undefined
}

const time = sql`coalesce(u.scheduled_on, u.created_at)`

/** By the time at which it is published, earliest first. */
export async function listByTime(db: Db, tenantId: string, filter: CalendarFilter): Promise<(UploadRow & Moment)[]> {
  const { from, to, after } = filter
  const where = [
    ...narrow(tenantId, filter),
    sql`${time} >= ${from}`,
    sql`${time} < ${to}`,
    after && sql`(${time}, u.id) > (${after.at}::timestamptz, ${after.id}::uuid)`
  ].filter(part => part !== undefined)
  const { rows } = await sql<UploadRow & Moment>`
    select ${uploadColumns}, to_char(${time} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
    ${fromUploads} where ${sql.join(where, sql` and `)}
    order by ${time}, u.id limit ${filter.limit}`.execute(db)
  return rows
}

export interface Summary {
  readonly goingOut: number
  readonly nextSevenDays: number
  readonly needsAttention: number
  readonly hasUploads: boolean
  readonly active: number
  readonly needsRelink: number
}

/** Each count stops at COUNT_MAX. */
export async function summarize(db: Db, tenantId: string): Promise<Summary> {
  const { rows } = await sql<Summary>`select
    (select count(*)::int from (select from uploads u where u.tenant_id = ${tenantId} and u.status = 'Processing'
      limit ${COUNT_MAX}) x) as "goingOut",
    (select count(*)::int from (select from uploads u where u.tenant_id = ${tenantId} and u.status = 'Scheduled'
      and ${time} >= now() and ${time} < now() + interval '7 days' limit ${COUNT_MAX}) x) as "nextSevenDays",
    (select count(*)::int from (select distinct upload_id from (${openMatters(tenantId)}) m limit ${COUNT_MAX}) x)
      as "needsAttention",
    exists (select from uploads u where u.tenant_id = ${tenantId}) as "hasUploads",
    (select count(*)::int from accounts where tenant_id = ${tenantId} and status = 'active') as active,
    (select count(*)::int from accounts where tenant_id = ${tenantId} and status = 'needs_relink') as "needsRelink"
  `.execute(db)
  return rows[0] as Summary
}

/** What failed until now needs no hand any more. */
export async function dismiss(db: Db, tenantId: string, id: string): Promise<void> {
  await sql`update uploads u set updated_at = now(), dismissed_at = seen.last
    from (select max(d.ended_at) as last from deliveries d
      where d.tenant_id = ${tenantId} and d.upload_id = ${id} and d.status = 'failed' and d.parent_id is null) seen
    where u.tenant_id = ${tenantId} and u.id = ${id} and seen.last > coalesce(u.dismissed_at, '-infinity')`.execute(db)
}
