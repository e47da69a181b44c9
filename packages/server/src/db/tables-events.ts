import type { ColumnType, Generated } from 'kysely'

export interface EventsTables {
  events: EventsTable
  decisions: DecisionsTable
  attempts: AttemptsTable
  deleted_posts: DeletedPostsTable
  event_readers: EventReadersTable
}

export interface EventsTable {
  seq: Generated<number>
  id: Generated<string>
  /** The number of the transaction that wrote it. */
  xid: Generated<string>
  tenant_id: string
  type: string
  upload_id: string | null
  account_ids: string[] | null
  data: ColumnType<Record<string, unknown>, string, string>
  at: Generated<Date>
}

export interface DecisionsTable {
  id: string
  tenant_id: string
  upload_id: string
  delivery_id: string
  decision: 'canceled' | 'retried' | 'posted' | 'absent'
  user_id: string | null
  key_id: string | null
  at: Generated<Date>
}

export interface AttemptsTable {
  tenant_id: string
  delivery_id: string
  n: number
  at: Date
  attempt: number
  call: 'prepare' | 'send' | 'commit' | 'check' | 'renew' | null
  method: string | null
  host: string | null
  path: string | null
  status: number | null
  request_id: string | null
  duration_ms: number | null
  bytes: number | null
  verdict: 'answered' | 'refused' | 'lost' | 'began' | 'waits' | 'ended'
  code: string | null
  message: string | null
}

export interface DeletedPostsTable {
  tenant_id: string
  account_id: string
  remote_id: string
  is_follow_up: boolean
  due_at: Date
}

export interface EventReadersTable {
  tenant_id: string
  worker: string
}
