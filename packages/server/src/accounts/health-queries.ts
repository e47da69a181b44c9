import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import type { Reason } from './queries.ts'

export interface HealthRow {
  readonly id: string
  readonly auth: string
  readonly status: 'active' | 'needs_relink'
  readonly statusSince: Date
  readonly statusReason: Reason | null
  /** Null: nothing is paused. */
  readonly pausedUntil: Date | null
  readonly pauseMessage: string | null
  readonly tokens: Buffer | null
  readonly refreshAt: Date | null
  readonly processing: number
  readonly scheduled: number
  readonly postUploadId: string | null
  readonly postUrl: string | null
  readonly postedAt: Date | null
}

/** Deliveries of an account that are counted. */
const MOST = 1000

const count = (status: 'running' | 'scheduled') => sql`(select count(*)::int from (
  select from deliveries d where d.account_id = a.id and d.status = ${sql.lit(status)} and d.parent_id is null
    and d.stop is distinct from 'cancel' limit ${MOST}) x)`

/** By a few entries of an index for each account. The last post is the last one that has an id. */
export async function listHealth(db: Db, tenantId: string): Promise<HealthRow[]> {
  const { rows } = await sql<HealthRow>`
    select a.id, a.auth, a.status, a.status_since as "statusSince", a.status_reason as "statusReason", pause.until as "pausedUntil",
      pause.why ->> 'message' as "pauseMessage", a.tokens, a.refresh_at as "refreshAt", ${count('running')} as processing,
      ${count('scheduled')} as scheduled, post.upload_id as "postUploadId", post.remote_url as "postUrl",
      post.ended_at as "postedAt"
    from accounts a
      -- The key of its app, as in platforms/apps.ts.
      left join pause_of(a.id,
        case when a.sandbox then 'sandbox:' || a.platform || ':' || a.tenant_id else a.platform end, true) pause on true
      left join lateral (
        select d.upload_id, d.remote_url, d.ended_at from deliveries d
        where d.account_id = a.id and d.status = 'uploaded' and d.remote_id is not null and d.parent_id is null
        order by d.due_at desc limit 1) post on true
    where a.tenant_id = ${tenantId} and a.status <> 'revoked'
    order by a.id`.execute(db)
  return rows
}
