import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/open.ts'
import type { DeliveryStatus } from '../db/tables.ts'
import type { Delivery } from '../deliveries/machine.ts'
import { columns } from '../deliveries/queries.ts'
import type { Claimed } from '../deliveries/rows.ts'
import type { Caller } from '../http/caller.ts'
import { newId } from '../lib/ids.ts'

/**
 * What people do to deliveries. All of it locks the rows of an upload in the order of their ids, then its quota, then the
 * upload; a step locks one delivery, then the quota, then the upload: none waits for another in a circle.
 */

export interface Locked extends Omit<Claimed, 'status' | 'lease'> {
  readonly status: DeliveryStatus
  readonly lease: string | null
}

/** The targets of an upload, held until the transaction ends: no worker claims, begins or saves meanwhile. */
export const lockTargets = (db: Db, tenantId: string, uploadId: string): Promise<Locked[]> =>
  lock(db, tenantId, uploadId, sql`d.parent_id is null`, sql`no key update`)

/** With its follow-ups, and so that nothing can refer to them any more. */
export const lockAll = (db: Db, tenantId: string, uploadId: string): Promise<Locked[]> =>
  lock(db, tenantId, uploadId, sql`true`, sql`update`)

export async function listTargetAccounts(db: Db, tenantId: string, uploadId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('deliveries')
    .where('tenant_id', '=', tenantId)
    .where('upload_id', '=', uploadId)
    .where('parent_id', 'is', null)
    .select('account_id as accountId')
    .execute()
  return rows.map(({ accountId }) => accountId)
}

async function lock(
  db: Db,
  tenantId: string,
  uploadId: string,
  which: RawBuilder<unknown>,
  strength: RawBuilder<unknown>
): Promise<Locked[]> {
  const { rows } = await sql<Locked>`
    select ${columns} from deliveries d
    where d.tenant_id = ${tenantId} and d.upload_id = ${uploadId} and ${which}
    order by d.id for ${strength}`.execute(db)
  return rows
}

/**
 * Cancels those for which no post can exist: at once where no step is under way, else at its end, before which nothing
 * more begins. Returns those that were canceled, and whether at once.
 */
export async function cancel(db: Db, tenantId: string, ids: readonly string[]) {
  const { rows } = await sql<{ id: string; isOver: boolean; quotaMonth: string }>`
    update deliveries d set stop = 'cancel', ask_at = now(),
      status = case when d.lease is null then 'canceled' else d.status end,
      doubt = case when d.lease is null then null else d.doubt end,
      doubt_repeat = d.doubt_repeat and d.lease is not null,
      doubt_since = case when d.lease is null then null else d.doubt_since end,
      failure = case when d.lease is null then null else d.failure end,
      alone_since = case when d.lease is null then null else d.alone_since end,
      ended_at = case when d.lease is null then now() end
    where d.tenant_id = ${tenantId} and d.id = any(${ids}::uuid[])
      and d.status in ('scheduled', 'running') and d.stop is null and not d.doubt_commits and d.stage <> 'committed'
    returning d.id, d.status = 'canceled' as "isOver", d.quota_month::text as "quotaMonth"`.execute(db)
  return rows
}

/** A person saw the post: the delivery is over. Its time is the one at which the commit left. */
export async function markPosted(db: Db, tenantId: string, id: string, d: Delivery): Promise<void> {
  await sql`
    update deliveries set status = 'uploaded', doubt = null, doubt_commits = false, doubt_repeat = false, failure = null,
      remote_id = ${d.post?.id ?? null}, remote_url = ${d.post?.url ?? null}, alone_since = null,
      -- Of a post without an id it stays known when it was made: older doubts could take it for theirs.
      doubt_since = case when stage = 'committed' or ${d.post?.id ?? null}::text is null then doubt_since end,
      ended_at = coalesce(doubt_since, ended_at)
    where tenant_id = ${tenantId} and id = ${id}`.execute(db)
}

/** Another delivery on this account that has this post, or had it. */
export async function isPostOfAnother(db: Db, { tenantId, accountId, id }: Locked, remoteId: string): Promise<boolean> {
  const { rows } = await sql`
    select from deliveries where tenant_id = ${tenantId} and account_id = ${accountId} and remote_id = ${remoteId}
      and id <> ${id} and parent_id is null
    union all
    select from deleted_posts where tenant_id = ${tenantId} and account_id = ${accountId} and remote_id = ${remoteId}
      and not is_follow_up`.execute(db)
  return rows.length > 0
}

type Decision = 'canceled' | 'retried' | 'posted' | 'absent'

/** Who decided is kept as long as the delivery. */
export async function noteDecisions(
  db: Db,
  caller: Caller,
  uploadId: string,
  decision: Decision,
  deliveryIds: readonly string[]
): Promise<void> {
  if (deliveryIds.length === 0) return
  const by = caller.kind === 'user' ? { user_id: caller.userId } : { key_id: caller.keyId }
  const about = { tenant_id: caller.tenantId, upload_id: uploadId, decision, ...by }
  await db
    .insertInto('decisions')
    .values(deliveryIds.map(delivery_id => ({ id: newId(), delivery_id, user_id: null, key_id: null, ...about })))
    .execute()
}

export interface Doubt {
  readonly uploadId: string
  readonly accountId: string
  readonly platform: string
  /** False: it failed, and waits for a person. */
  readonly isRunning: boolean
}

/**
 * Other uploads whose older doubt on the same key is open, where this one's posts have no id: without its row they could
 * take its post for their own.
 */
export async function listOlderDoubts(db: Db, tenantId: string, uploadId: string): Promise<Doubt[]> {
  const { rows } = await sql<Doubt>`
    select o.upload_id as "uploadId", o.account_id as "accountId", o.platform, o.status = 'running' as "isRunning"
    from deliveries o where o.status in ('running', 'failed') and (o.doubt_commits or o.stage = 'committed')
      and exists (select from deliveries d where d.tenant_id = ${tenantId} and d.upload_id = ${uploadId}
        and d.alone_key = o.alone_key and d.upload_id <> o.upload_id and d.remote_id is null
        and d.doubt_since > o.doubt_since)
    order by o.doubt_since`.execute(db)
  return rows
}

/** The record of an upload; the ids of its posts stay known. Returns the keys of the bytes that nothing needs any more. */
export async function deleteUpload(db: Db, tenantId: string, uploadId: string): Promise<string[]> {
  const of = sql`where tenant_id = ${tenantId} and upload_id = ${uploadId}`
  await sql`
    insert into deleted_posts (tenant_id, account_id, remote_id, is_follow_up, due_at)
    select tenant_id, account_id, remote_id, parent_id is not null, due_at from deliveries ${of} and remote_id is not null
    on conflict do nothing`.execute(db)
  await sql`delete from deliveries ${of}`.execute(db)
  const { rows } = await sql<{ storageKey: string }>`
    with gone as (
      delete from uploads where tenant_id = ${tenantId} and id = ${uploadId} returning file_id
    )
    select f.storage_key as "storageKey", f.id from files f join gone on f.id = gone.file_id
    where f.tenant_id = ${tenantId} for update of f`.execute(db)
  await sql`
    delete from files where tenant_id = ${tenantId} and storage_key = any(${rows.map(row => row.storageKey)}::text[])
  `.execute(db)
  return rows.map(row => row.storageKey)
}
