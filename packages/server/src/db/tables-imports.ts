import type { ColumnType, Generated } from 'kysely'

export interface ImportsTables {
  imports: ImportsTable
}

export interface ImportsTable {
  id: string
  tenant_id: string
  url: Buffer | null
  bytes_received: Generated<number>
  bytes_total: number | null
  attempts: Generated<number>
  ask_at: Generated<Date>
  give_up_at: Date
  lease: string | null
  lease_until: Date | null
  worker: string | null
  /** `ImportFailure` of imports/failures.ts. */
  failure: ColumnType<unknown, string | null, string | null>
}
