import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import type { DeliveryStatus } from '../db/tables.ts'
import { PATIENCE } from '../deliveries/queries.ts'
import type { MediaMeasures } from '../media/measures.ts'
import type { Schedule } from './schedule.ts'
import type { Target } from './targets.ts'

/** What a change begins from. */
export interface Before {
  readonly wishes: Record<string, unknown>
  readonly scheduledOn: Date | null
  readonly timezone: string | null
  readonly bytes: number
  readonly contentType: string
  readonly media: MediaMeasures | null
}

export async function readBefore(db: Db, tenantId: string, uploadId: string): Promise<Before> {
  const { rows } = await sql<Before>`
    select u.wishes, u.scheduled_on as "scheduledOn", u.timezone, f.bytes, f.content_type as "contentType", f.media
    from uploads u join files f on f.tenant_id = u.tenant_id and f.id = u.file_id
    where u.tenant_id = ${tenantId} and u.id = ${uploadId}`.execute(db)
  return rows[0] as Before
}

export interface TargetNow {
  readonly id: string
  readonly accountId: string
  readonly status: DeliveryStatus
  readonly scheduleAdjustments: Schedule['adjustments']
}

/** Locked for the rest of a transaction: a claim passes over them. */
export async function readTargetsNow(db: Db, tenantId: string, uploadId: string): Promise<TargetNow[]> {
  const { rows } = await sql<TargetNow>`
    select d.id, d.account_id as "accountId",
      case when d.status = 'running' and d.stop = 'cancel' then 'canceled' else d.status end as status,
      jsonb_path_query_array(d.adjustments, '$[*] ? (@.field == "scheduledOn")') as "scheduleAdjustments"
    from deliveries d where d.tenant_id = ${tenantId} and d.upload_id = ${uploadId} and d.parent_id is null
    order by d.id for no key update`.execute(db)
  return rows
}

export interface Change {
  readonly title: string
  readonly schedule: Schedule
  /** False: the time stays as it is. */
  readonly isMoved: boolean
  readonly wishes: Readonly<Record<string, unknown>>
  readonly targets: readonly Target[]
}

/** To be called with the targets locked: only those that are still scheduled are written. */
export async function writeChange(db: Db, tenantId: string, uploadId: string, change: Change): Promise<void> {
  const { title, schedule, isMoved, wishes } = change
  const at = schedule.at
  const rows = change.targets.map(each => ({
    account_id: each.accountId,
    title: each.title,
    description: each.description,
    options: each.options,
    adjustments: [...schedule.adjustments, ...each.adjustments],
    alone_key: each.aloneKey,
    consent: each.consent
  }))
  const due = isMoved ? sql`coalesce(${at}::timestamptz, now())` : sql`d.due_at`
  await sql`
    update deliveries d set title = r.title, description = r.description, options = r.options,
      adjustments = r.adjustments, alone_key = r.alone_key, consent = r.consent, due_at = ${due},
      ask_at = ${isMoved ? due : sql`d.ask_at`}, give_up_at = ${due} + ${PATIENCE}, status = ${isMoved && at === null ? 'running' : 'scheduled'}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (account_id uuid, title text, description text,
      options jsonb, adjustments jsonb, alone_key text, consent jsonb)
    where d.tenant_id = ${tenantId} and d.upload_id = ${uploadId} and d.account_id = r.account_id
      and d.parent_id is null and d.status = 'scheduled'`.execute(db)
  await sql`
    update uploads set title = ${title}, scheduled_on = ${at}::timestamptz, timezone = ${schedule.timezone},
      wishes = ${JSON.stringify(wishes)}::jsonb, updated_at = now()
    where tenant_id = ${tenantId} and id = ${uploadId}`.execute(db)
  await sql`delete from file_uses where tenant_id = ${tenantId} and upload_id = ${uploadId}`.execute(db)
}
