import type { ColumnType, Generated } from 'kysely'

export interface FilesTables {
  files: FilesTable
  file_uses: FileUsesTable
}

export interface FilesTable {
  id: string
  tenant_id: string
  storage_key: string
  etag: string
  bytes: number
  name: string
  content_type: string
  duration_seconds: number | null
  width: number | null
  height: number | null
  created_at: Generated<Date>
  /** When its bytes went: nothing needed them any more. */
  removed_at: Date | null
  /** `MediaMeasures` of media/measures.ts. Null: never measured, or no video. */
  media: ColumnType<unknown, string | null, string | null>
}

export interface FileUsesTable {
  tenant_id: string
  file_id: string
  session_id: string | null
  upload_id: string | null
}
