import type { Adjustment, Failure } from '@upload24/connectors'
import type { ColumnType, Generated } from 'kysely'
import type { EventsTables } from './tables-events.ts'
import type { FilesTables } from './tables-files.ts'
import type { ImportsTables } from './tables-imports.ts'
import type { LinkingTables } from './tables-linking.ts'
import type { PeopleTables } from './tables-people.ts'

/** One interface per table, as the migrations made them; a test compares them with the database. */
export interface Tables extends PeopleTables, LinkingTables, FilesTables, ImportsTables, EventsTables {
  accounts: AccountsTable
  apps: AppsTable
  budgets: BudgetsTable
  deliveries: DeliveriesTable
  idempotency_keys: IdempotencyKeysTable
  quotas: QuotasTable
  sandbox_documents: SandboxDocumentsTable
  upload_sessions: UploadSessionsTable
  uploads: UploadsTable
  workers: WorkersTable
}

/** jsonb: text goes in, the parsed value comes out. */
type Json<T> = ColumnType<T, string, string>

export interface AccountsTable {
  id: string
  tenant_id: string
  platform: string
  sandbox: boolean
  auth: string
  remote_id: string
  display_name: string
  handle: string
  avatar_url: string | null
  facts: Json<Record<string, unknown>>
  scopes: string[]
  status: 'active' | 'needs_relink' | 'revoked'
  tokens: Buffer | null
  previous_tokens: Buffer | null
  token_version: Generated<number>
  refresh_lease: string | null
  refresh_until: Date | null
  parked_until: Generated<Date>
  /** Null: nobody was refused. */
  parked_for: Json<{ code: string; message: string }> | null
  /** Of new posts alone. */
  starts_parked_until: Generated<Date>
  starts_parked_for: Json<{ code: string; message: string }> | null
  linked_at: Generated<Date>
  refresh_at: Date | null
  facts_at: Generated<Date>
  status_since: Generated<Date>
  status_reason: Json<{ code: string; message: string }> | null
}

export interface AppsTable {
  app: string
  parked_until: Generated<Date>
  parked_for: Json<{ code: string; message: string }> | null
  /** Of new posts alone. */
  starts_parked_until: Generated<Date>
  starts_parked_for: Json<{ code: string; message: string }> | null
}

export interface BudgetsTable {
  app: string
  day: string
  used: number
}

export interface UploadSessionsTable {
  id: string
  tenant_id: string
  token_hash: Buffer
  kind: 'put' | 'multipart' | 'import'
  status: 'open' | 'completed' | 'aborted' | 'expired'
  file_id: string
  storage_key: string
  parts_id: string | null
  part_size: number | null
  file_name: string
  file_size: number
  content_type: string
  /** `Description` of uploads/description.ts. */
  description: Json<unknown>
  account_ids: string[]
  quota_month: string
  upload_id: string | null
  created_at: Generated<Date>
  expires_at: Date
}

export interface UploadsTable {
  id: string
  tenant_id: string
  file_id: string
  title: string
  status: 'Scheduled' | 'Processing' | 'Uploaded' | 'Failed' | 'Canceled'
  scheduled_on: Date | null
  timezone: string | null
  wishes: Json<Record<string, unknown>>
  account_ids: Generated<string[]>
  created_at: Generated<Date>
  updated_at: Generated<Date>
  dismissed_at: Date | null
  sender_user_id: string | null
  sender_key_id: string | null
}

export type DeliveryStatus = 'scheduled' | 'running' | 'uploaded' | 'failed' | 'canceled'
export type Stage = 'prepare' | 'transfer' | 'processing' | 'ready' | 'committed'

export interface DeliveriesTable {
  id: string
  tenant_id: string
  upload_id: string
  account_id: string
  platform: string
  app: string
  position: number
  title: string
  description: string
  options: Json<Record<string, unknown>>
  adjustments: Json<Adjustment[]>
  quota_month: string
  status: DeliveryStatus
  stage: Generated<Stage>
  state: Buffer | null
  bytes: number
  sent: Generated<number>
  chunk_end: Generated<number>
  tries: Generated<number>
  restarts: Generated<number>
  attempts: Generated<number>
  absent: Generated<boolean>
  doubt: 'prepare' | 'send' | 'commit' | null
  doubt_commits: Generated<boolean>
  doubt_repeat: Generated<boolean>
  doubt_since: Date | null
  settled_at: Date | null
  due_at: Date
  ask_at: Date
  give_up_at: Date
  lease: string | null
  lease_until: Date | null
  worker: string | null
  crashes: Generated<number>
  stop: 'cancel' | 'unlink' | null
  alone_key: string | null
  alone_since: Date | null
  remote_id: string | null
  remote_url: string | null
  failure: Json<Failure> | null
  started_at: Date | null
  ended_at: Date | null
  parent_id: string | null
  follow_up: string | null
  part: string | null
  file_id: string | null
  remote_trace: string | null
  /** `Consent` of uploads/consent.ts. */
  consent: Json<unknown> | null
}

export interface WorkersTable {
  id: string
  started_at: Generated<Date>
  beat_at: Generated<Date>
  claimed_at: Date | null
}

export interface QuotasTable {
  tenant_id: string
  month: string
  reserved: Generated<number>
  used: Generated<number>
}

export interface IdempotencyKeysTable {
  tenant_id: string
  key: string
  worker: string
  claim: string
  fingerprint: Buffer | null
  status: number | null
  answer: Buffer | null
  is_sealed: Generated<boolean>
  created_at: Generated<Date>
}

/** What the sandbox platforms remember. */
export interface SandboxDocumentsTable {
  platform: string
  kind: string
  id: string
  project: string
  doc: Json<unknown>
  created_at: Generated<Date>
}
