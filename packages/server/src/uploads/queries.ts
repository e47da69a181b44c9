import type { Adjustment, Failure } from '@upload24/connectors'
import type { PublicStatus } from '@upload24/contract'
import { sql } from 'kysely'
import { ASKED } from '../accounts/pauses.ts'
import type { Reason } from '../accounts/queries.ts'
import type { Db } from '../db/open.ts'
import type { DeliveryStatus, Stage } from '../db/tables.ts'
import { PATIENCE } from '../deliveries/queries.ts'
import type { SenderRef } from '../http/caller.ts'
import type { MediaMeasures } from '../media/measures.ts'
import type { Target } from './targets.ts'

export interface TargetAccount {
  readonly id: string
  readonly tenantId: string
  readonly platform: string
  readonly sandbox: boolean
  readonly auth: string
  readonly remoteId: string
  readonly displayName: string
  readonly handle: string
  readonly scopes: readonly string[]
  readonly facts: Record<string, unknown>
  readonly status: 'active' | 'needs_relink' | 'revoked'
}

export async function findTargetAccounts(db: Db, tenantId: string, ids: readonly string[]): Promise<TargetAccount[]> {
  if (ids.length === 0) return []
  return db
    .selectFrom('accounts')
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', ids)
    .select(['id', 'tenant_id as tenantId', 'platform', 'sandbox', 'auth', 'remote_id as remoteId'])
    .select(['display_name as displayName', 'handle', 'scopes', 'facts', 'status'])
    .execute()
}

/**
 * The accounts among `ids` that cannot publish any more. The others stay as they are until the transaction ends: an
 * unlinking waits for it, and then stops the deliveries that it made. Called before any other row is locked.
 */
export async function lockTargetAccounts(db: Db, tenantId: string, ids: readonly string[]) {
  const rows = await db
    .selectFrom('accounts')
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', [...ids])
    .select(['id', 'platform', 'status'])
    .orderBy('id')
    .forShare()
    .execute()
  return rows.filter(row => row.status !== 'active')
}

export interface NewUpload {
  readonly id: string
  readonly fileId: string
  readonly title: string
  readonly scheduledOn: Date | null
  readonly timezone: string | null
  readonly wishes: Readonly<Record<string, unknown>>
  readonly sender: SenderRef | null
}

/** No time, and one that passed while the bytes moved, mean now. */
const isLater = (at: Date | null) => sql<boolean>`coalesce(${at}::timestamptz > now(), false)`

/** What is due at once never reads `Scheduled`. */
export async function insertUpload(db: Db, tenantId: string, upload: NewUpload): Promise<void> {
  await db
    .insertInto('uploads')
    .values({
      id: upload.id,
      tenant_id: tenantId,
      file_id: upload.fileId,
      title: upload.title,
      status: sql`case when ${isLater(upload.scheduledOn)} then 'Scheduled' else 'Processing' end`,
      scheduled_on: upload.scheduledOn,
      timezone: upload.timezone,
      wishes: JSON.stringify(upload.wishes),
      sender_user_id: upload.sender && 'userId' in upload.sender ? upload.sender.userId : null,
      sender_key_id: upload.sender && 'keyId' in upload.sender ? upload.sender.keyId : null
    })
    .execute()
}

export interface NewFile {
  readonly id: string
  readonly storageKey: string
  readonly etag: string
  readonly bytes: number
  readonly name: string
  readonly contentType: string
  /** Of a video. */
  readonly media?: MediaMeasures
}

export async function insertFile(db: Db, tenantId: string, file: NewFile): Promise<void> {
  await db
    .insertInto('files')
    .values({
      id: file.id,
      tenant_id: tenantId,
      storage_key: file.storageKey,
      etag: file.etag,
      bytes: file.bytes,
      name: file.name,
      content_type: file.contentType,
      duration_seconds: file.media?.seconds ?? null,
      width: file.media?.width ?? null,
      height: file.media?.height ?? null,
      media: file.media ? JSON.stringify(file.media) : null
    })
    .execute()
}

export async function hasFile(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { rows } = await sql`select from files where tenant_id = ${tenantId} and id = ${id}`.execute(db)
  return rows.length > 0
}

export interface NewDelivery extends Target {
  readonly id: string
  readonly position: number
}

export interface Due {
  readonly uploadId: string
  readonly bytes: number
  readonly quotaMonth: string
  /** Null: now. */
  readonly at: Date | null
}

/** In the transaction that inserted the upload: both see one `now()`. */
export async function insertDeliveries(db: Db, tenantId: string, due: Due, deliveries: readonly NewDelivery[]) {
  const apps = [...new Set(deliveries.map(each => each.app))].sort()
  await sql`insert into apps (app) select unnest(${apps}::text[]) on conflict do nothing`.execute(db)
  const rows = deliveries.map(each => ({
    id: each.id,
    account_id: each.accountId,
    platform: each.platform,
    app: each.app,
    position: each.position,
    title: each.title,
    description: each.description,
    options: each.options,
    adjustments: each.adjustments,
    alone_key: each.aloneKey,
    consent: each.consent
  }))
  await sql`
    insert into deliveries (id, tenant_id, upload_id, account_id, platform, app, position, title, description, options,
      adjustments, alone_key, consent, bytes, quota_month, status, due_at, ask_at, give_up_at)
    select r.id, ${tenantId}, ${due.uploadId}, r.account_id, r.platform, r.app, r.position, r.title, r.description,
      r.options, r.adjustments, r.alone_key, r.consent, ${due.bytes}, ${due.quotaMonth}::date,
      case when ${isLater(due.at)} then 'scheduled' else 'running' end, at.due, at.due, at.due + ${PATIENCE}
    from (select greatest(${due.at}::timestamptz, now())) as at (due),
      jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, account_id uuid, platform text, app text,
      position integer, title text, description text, options jsonb, adjustments jsonb, alone_key text, consent jsonb)`.execute(
    db
  )
}

export interface UploadRow {
  readonly id: string
  readonly title: string
  readonly status: PublicStatus
  readonly scheduledOn: Date | null
  readonly timezone: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly dismissedAt: Date | null
  readonly senderUserId: string | null
  readonly senderKeyId: string | null
  readonly fileId: string
  readonly fileName: string
  readonly bytes: number
  readonly contentType: string
  readonly durationSeconds: number | null
  readonly width: number | null
  readonly height: number | null
}

export const uploadColumns = sql`u.id, u.title, u.status, u.scheduled_on as "scheduledOn", u.timezone,
  u.created_at as "createdAt", u.updated_at as "updatedAt", u.dismissed_at as "dismissedAt",
  u.sender_user_id as "senderUserId", u.sender_key_id as "senderKeyId", f.id as "fileId", f.name as "fileName", f.bytes,
  f.content_type as "contentType", f.duration_seconds as "durationSeconds", f.width, f.height`

export const fromUploads = sql`from uploads u join files f on f.tenant_id = u.tenant_id and f.id = u.file_id`

export async function findUpload(db: Db, tenantId: string, id: string): Promise<UploadRow | undefined> {
  const { rows } = await sql<UploadRow>`
    select ${uploadColumns} ${fromUploads} where u.tenant_id = ${tenantId} and u.id = ${id}`.execute(db)
  return rows[0]
}

/** The accounts that an upload goes to. */
export async function findAccountIds(db: Db, tenantId: string, id: string): Promise<string[] | undefined> {
  const { rows } = await sql<{ accountIds: string[] }>`
    select account_ids as "accountIds" from uploads where tenant_id = ${tenantId} and id = ${id}`.execute(db)
  return rows[0]?.accountIds
}

export interface DeliveryRow {
  readonly uploadId: string
  /** As it was when the deliveries were as they are; the rest of the upload was read before. */
  readonly uploadStatus: PublicStatus
  readonly updatedAt: Date
  readonly accountId: string
  readonly platform: string
  readonly sandbox: boolean
  readonly displayName: string
  readonly handle: string
  readonly accountStatus: 'active' | 'needs_relink' | 'revoked'
  readonly status: DeliveryStatus
  readonly stage: Stage
  readonly bytes: number
  readonly sent: number
  readonly attempts: number
  readonly askAt: Date
  readonly isLeased: boolean
  readonly remoteId: string | null
  readonly remoteUrl: string | null
  readonly endedAt: Date | null
  readonly failure: Failure | null
  /** What everybody of its account or app waits for. Null: nothing, or a step is under way. */
  readonly pause: Reason | null
  readonly adjustments: Adjustment[]
  readonly followUps: readonly FollowUpRow[]
}

export interface FollowUpRow {
  readonly name: string
  readonly status: DeliveryRow['status']
  readonly failure: Failure | null
}

export async function listDeliveries(db: Db, tenantId: string, uploadIds: readonly string[]): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    select d.upload_id as "uploadId", u.status as "uploadStatus", u.updated_at as "updatedAt",
      d.account_id as "accountId", d.platform, a.sandbox,
      a.display_name as "displayName", a.handle, a.status as "accountStatus",
      -- A granted cancel is one at once, also while a step is still under way.
      case when d.status = 'running' and d.stop = 'cancel' then 'canceled' else d.status end as status, d.stage,
      d.bytes, d.sent, d.attempts, greatest(d.ask_at, pause.until) as "askAt",
      d.lease is not null as "isLeased", d.remote_id as "remoteId", d.remote_url as "remoteUrl",
      d.ended_at as "endedAt", d.failure, d.adjustments,
      case when pause.until > d.ask_at then coalesce(pause.why, ${JSON.stringify(ASKED)}::jsonb) end as pause,
      array(select jsonb_build_object('name', f.part, 'status', f.status, 'failure', f.failure)
        from deliveries f where f.parent_id = d.id order by f.position) as "followUps"
    from deliveries d join accounts a on a.tenant_id = d.tenant_id and a.id = d.account_id
      join uploads u on u.tenant_id = d.tenant_id and u.id = d.upload_id
      left join pause_of(d.account_id, d.app, is_start(d)) pause
        on d.status in ('scheduled', 'running') and d.lease is null
    where d.tenant_id = ${tenantId} and d.upload_id = any(${uploadIds}::uuid[]) and d.parent_id is null
    order by d.upload_id, d.position`.execute(db)
  return rows
}
