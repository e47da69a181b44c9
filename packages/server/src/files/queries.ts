import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

/** A picture or captions, as options name them. */
export interface AttachedFile {
  readonly id: string
  readonly bytes: number
  readonly contentType: string
}

const attached = sql`content_type not like 'video/%' and removed_at is null`

/** Those that this workspace has. Videos are none: an upload brings its own. */
export async function findFiles(db: Db, tenantId: string, ids: readonly string[]): Promise<AttachedFile[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<AttachedFile>`
    select id, bytes, content_type as "contentType" from files
    where tenant_id = ${tenantId} and id = any(${ids}::uuid[]) and ${attached}`.execute(db)
  return rows
}

/** Which of them are there. They stay until the transaction ends, and then because it says that they are used. */
export async function holdFiles(db: Db, tenantId: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    select id from files where tenant_id = ${tenantId} and id = any(${ids}::uuid[]) and ${attached}
    order by id for share`.execute(db)
  return new Set(rows.map(row => row.id))
}

export interface User {
  readonly sessionId?: string
  readonly uploadId?: string
}

export async function insertUses(db: Db, tenantId: string, user: User, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await sql`
    insert into file_uses (tenant_id, file_id, session_id, upload_id)
    select ${tenantId}::uuid, id, ${user.sessionId ?? null}::uuid, ${user.uploadId ?? null}::uuid
    from unnest(${[...new Set(ids)]}::uuid[]) as id
    on conflict do nothing`.execute(db)
}

/** Sessions hold what their options name until they have ended. Of every tenant: the sweep is the system's own. */
export async function forgetEndedUses(db: Db): Promise<void> {
  await sql`
    delete from file_uses u using upload_sessions s
    where s.tenant_id = u.tenant_id and s.id = u.session_id and s.status <> 'open'`.execute(db)
}

export interface Leftover {
  readonly id: string
  readonly tenantId: string
  readonly storageKey: string
}

const isUnused = sql`not exists (select from file_uses u where u.tenant_id = f.tenant_id and u.file_id = f.id)`

/** One that nothing has used for a day, locked. Those that somebody begins to use right now are passed over. */
export async function lockLeftover(db: Db): Promise<Leftover | undefined> {
  const { rows } = await sql<Leftover>`
    select f.id, f.tenant_id as "tenantId", f.storage_key as "storageKey" from files f
    where f.content_type not like 'video/%' and f.created_at < now() - interval '24 hours' and ${isUnused}
    order by f.created_at limit 1 for update skip locked`.execute(db)
  return rows[0]
}

/** False: it was used between the look and the lock. */
export async function deleteLeftover(db: Db, { id, tenantId }: Leftover): Promise<boolean> {
  const { rows } = await sql`
    delete from files f where f.tenant_id = ${tenantId} and f.id = ${id} and ${isUnused} returning 1`.execute(db)
  return rows.length === 1
}
