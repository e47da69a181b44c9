import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import { month } from '../quota/queries.ts'

export interface NewSession {
  readonly id: string
  readonly tokenHash: Buffer
  readonly kind: 'put' | 'multipart' | 'import'
  readonly fileId: string
  readonly storageKey: string
  readonly partsId: string | null
  readonly partSize: number | null
  readonly fileName: string
  readonly fileSize: number
  readonly contentType: string
  readonly description: unknown
  readonly accountIds: readonly string[]
}

export interface Session extends Omit<NewSession, 'tokenHash'> {
  /** That its quota was reserved in. */
  readonly quotaMonth: string
  readonly status: 'open' | 'completed' | 'aborted' | 'expired'
  readonly uploadId: string | null
  readonly expiresAt: Date
  /** Seconds until then, by the database's clock. */
  readonly left: number
  readonly isOverdue: boolean
}

/** Returns when it expires. Its quota is reserved in the same transaction. */
export async function insertSession(db: Db, tenantId: string, session: NewSession, seconds: number): Promise<Date> {
  const { rows } = await sql<{ expiresAt: Date }>`
    insert into upload_sessions (id, tenant_id, token_hash, kind, status, file_id, storage_key, parts_id, part_size,
      file_name, file_size, content_type, description, account_ids, quota_month, expires_at)
    values (${session.id}, ${tenantId}, ${session.tokenHash}, ${session.kind}, 'open', ${session.fileId},
      ${session.storageKey}, ${session.partsId}, ${session.partSize}, ${session.fileName}, ${session.fileSize},
      ${session.contentType}, ${JSON.stringify(session.description)}::jsonb, ${session.accountIds}::uuid[],
      ${month}, now() + ${seconds} * interval '1 second')
    returning expires_at as "expiresAt"`.execute(db)
  return (rows[0] as { expiresAt: Date }).expiresAt
}

const columns = sql`id, kind, status, file_id as "fileId", storage_key as "storageKey", parts_id as "partsId",
  part_size as "partSize", file_name as "fileName", file_size as "fileSize", content_type as "contentType",
  description, account_ids as "accountIds", quota_month::text as "quotaMonth", upload_id as "uploadId", expires_at as "expiresAt",
  extract(epoch from expires_at - now())::float8 as left,
  expires_at <= now() as "isOverdue"`

export async function findSession(db: Db, tenantId: string, tokenHash: Buffer): Promise<Session | undefined> {
  const { rows } = await sql<Session>`
    select ${columns} from upload_sessions where tenant_id = ${tenantId} and token_hash = ${tokenHash}`.execute(db)
  return rows[0]
}

export async function hasSession(db: Db, tenantId: string, fileId: string): Promise<boolean> {
  const { rows } = await sql`
    select from upload_sessions where tenant_id = ${tenantId} and file_id = ${fileId}`.execute(db)
  return rows.length > 0
}

/** Of complete, abort and expiry that race, one finds it open. */
export async function lockSession(db: Db, tenantId: string, id: string): Promise<Session> {
  const { rows } = await sql<Session>`
    select ${columns} from upload_sessions where tenant_id = ${tenantId} and id = ${id} for update`.execute(db)
  return rows[0] as Session
}

export async function endSession(
  db: Db,
  tenantId: string,
  id: string,
  status: 'completed' | 'aborted' | 'expired',
  uploadId: string | null = null
): Promise<void> {
  await sql`update upload_sessions set status = ${status}, upload_id = ${uploadId}
    where tenant_id = ${tenantId} and id = ${id}`.execute(db)
}

/** Of every tenant: the sweep is the system's own. */
export async function listOverdue(db: Db, limit: number): Promise<{ id: string; tenantId: string }[]> {
  const { rows } = await sql<{ id: string; tenantId: string }>`
    select id, tenant_id as "tenantId" from upload_sessions
    where status = 'open' and expires_at <= now() order by expires_at limit ${limit}`.execute(db)
  return rows
}
