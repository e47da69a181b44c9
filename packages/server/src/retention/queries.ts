import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

/** Hours that bytes stay after the last delivery ended; and where one failed: those of its retry, and one. */
const AFTER_END = 24
const AFTER_FAILURE = 73

const hours = (count: number) => sql`${count} * interval '1 hour'`

/** The uploads that a file belongs to: as their video, or as a picture or captions. */
const uploadsOf = sql`(
  select u.tenant_id, u.id from uploads u where u.tenant_id = f.tenant_id and u.file_id = f.id
  union all
  select x.tenant_id, x.upload_id from file_uses x
  where x.tenant_id = f.tenant_id and x.file_id = f.id and x.upload_id is not null)`

/** Whoever looks and finds no post has it published after all, however late. Of follow-ups nobody can say so. */
const isUnresolved = sql`d.status = 'failed' and (d.doubt_commits or d.stage = 'committed') and d.parent_id is null`

const isNeeded = sql`(
  exists (select from file_uses x where x.tenant_id = f.tenant_id and x.file_id = f.id and x.session_id is not null)
  or exists (select from ${uploadsOf} u join deliveries d on d.tenant_id = u.tenant_id and d.upload_id = u.id
    where d.status in ('scheduled', 'running') or d.ended_at > now() - ${hours(AFTER_END)}
      or d.status = 'failed' and d.ended_at > now() - ${hours(AFTER_FAILURE)}
      or ${isUnresolved}))`

export interface KeptFile {
  readonly id: string
  readonly tenantId: string
  readonly storageKey: string
}

/** One whose bytes no delivery can need any more, locked; those that somebody holds right now are passed over. */
export async function lockUnneeded(db: Db): Promise<KeptFile | undefined> {
  const { rows } = await sql<KeptFile>`
    select f.id, f.tenant_id as "tenantId", f.storage_key as "storageKey" from files f
    where f.removed_at is null and f.created_at < now() - ${hours(AFTER_END)}
      and exists (select from ${uploadsOf} u) and not ${isNeeded}
    limit 1 for no key update of f skip locked`.execute(db)
  return rows[0]
}

/** False: a delivery was made to run again between the look and the lock. */
export async function markRemoved(db: Db, { id, tenantId }: KeptFile): Promise<boolean> {
  const { rows } = await sql`
    update files f set removed_at = now() where f.tenant_id = ${tenantId} and f.id = ${id} and not ${isNeeded}
    returning 1`.execute(db)
  return rows.length > 0
}

/**
 * Before a delivery of the upload is made to run again: whether its bytes are still there. They stay until the
 * transaction ends, and then because the delivery needs them.
 */
export async function holdBytes(trx: Db, tenantId: string, uploadId: string): Promise<boolean> {
  const { rows } = await sql<{ isGone: boolean }>`
    select f.removed_at is not null as "isGone" from files f
    where f.tenant_id = ${tenantId} and (f.id = (select u.file_id from uploads u where u.id = ${uploadId})
      or f.id in (select x.file_id from file_uses x where x.tenant_id = ${tenantId} and x.upload_id = ${uploadId}))
    order by f.id for share of f`.execute(trx)
  return rows.length > 0 && rows.every(row => !row.isGone)
}

/** Which of these keys nothing in the database leads to: no file, no open session. */
export async function findOrphans(db: Db, keys: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select k.key from unnest(${keys}::text[]) as k (key)
    where not exists (select from files f where f.storage_key = k.key and f.removed_at is null)
      and not exists (select from upload_sessions s where s.storage_key = k.key and s.status = 'open')`.execute(db)
  return rows.map(row => row.key)
}

export interface StoredFile extends KeptFile {
  readonly etag: string
  readonly bytes: number
}

/** Files whose bytes must be there, by id: those after `after`. */
export async function listKept(db: Db, after: string | null, limit: number): Promise<StoredFile[]> {
  const { rows } = await sql<StoredFile>`
    select f.id, f.tenant_id as "tenantId", f.storage_key as "storageKey", f.etag, f.bytes from files f
    where f.removed_at is null and f.created_at < now() - ${hours(AFTER_END)}
      and f.id > coalesce(${after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by f.id limit ${limit}`.execute(db)
  return rows
}
