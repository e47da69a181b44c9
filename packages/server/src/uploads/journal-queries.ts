import type { Attempt } from '@upload24/contract'
import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

export interface Place {
  /** In UTC, to the microsecond. */
  readonly at: string
  readonly deliveryId: string
  readonly rank: number
  readonly n: number
}

export interface AttemptRow extends Place {
  readonly accountId: string
  readonly part: string | null
  readonly call: Attempt['call']
  readonly method: string | null
  readonly host: string | null
  readonly path: string | null
  readonly status: number | null
  readonly requestId: string | null
  readonly durationMs: number | null
  readonly bytes: number | null
  /** A verdict of `attempts`, a decision of `decisions`, or `consent`. */
  readonly verdict: string
  readonly code: string | null
  readonly message: string | null
  readonly userId: string | null
  readonly keyId: string | null
  /** Of a consent: a public id. */
  readonly by: string | null
}

export interface JournalPage {
  readonly accountId: string | null
  readonly after: Place | null
  readonly limit: number
}

/** The calls of all deliveries of an upload, a call that is under way or was left, what people decided, and consents. */
export async function listAttempts(
  db: Db,
  tenantId: string,
  uploadId: string,
  page: JournalPage
): Promise<AttemptRow[]> {
  const { accountId, after, limit } = page
  const from =
    after &&
    sql`where (e.at, e.delivery_id, e.rank, e.n)
    > (${after.at}::timestamptz, ${after.deliveryId}::uuid, ${after.rank}::int, ${after.n}::int)`
  const { rows } = await sql<AttemptRow>`
    with mine as materialized (
      select * from deliveries where tenant_id = ${tenantId} and upload_id = ${uploadId}
        and account_id = coalesce(${accountId}::uuid, account_id)
    ), e as (
      select a.at, a.delivery_id, 1 as rank, a.n, a.call, a.method, a.host, a.path, a.status, a.request_id,
        a.duration_ms, a.bytes, a.verdict, a.code, a.message, null::uuid as user_id, null::uuid as key_id, null::text as by
      from mine join attempts a on a.delivery_id = mine.id
      union all
      select greatest(mine.doubt_since, (select max(a.at) from attempts a where a.delivery_id = mine.id)), mine.id, 2,
        mine.attempts, mine.doubt, null, null, null, null, null, null, null, 'began', null, null, null, null, null
      from mine where mine.doubt is not null and not exists (
        select from attempts a where a.delivery_id = mine.id and a.attempt = mine.attempts and a.call = mine.doubt)
      union all
      select o.at, o.delivery_id, 3, row_number() over (partition by o.delivery_id order by o.at, o.id)::int,
        null, null, null, null, null, null, null, null, o.decision, null, null, o.user_id, o.key_id, null
      from mine join decisions o on o.tenant_id = mine.tenant_id and o.delivery_id = mine.id
      union all
      select (mine.consent ->> 'at')::timestamptz, mine.id, 0, 0, null, null, null, null, null, null, null, null,
        'consent', null, mine.consent ->> 'text', null, null, mine.consent ->> 'by'
      from mine where mine.consent is not null
    )
    select to_char(e.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.delivery_id as "deliveryId", e.rank,
      e.n, mine.account_id as "accountId", mine.part, e.call, e.method, e.host, e.path, e.status,
      e.request_id as "requestId", e.duration_ms as "durationMs", e.bytes, e.verdict, e.code, e.message,
      e.user_id as "userId", e.key_id as "keyId", e.by
    from e join mine on mine.id = e.delivery_id ${from ?? sql``}
    order by e.at, e.delivery_id, e.rank, e.n limit ${limit}`.execute(db)
  return rows
}
