import type { UploadStatus } from '@upload24/contract'
import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import { writeMoment } from './cursors.ts'
import * as lists from './list-queries.ts'
import { presentUpload } from './present.ts'
import { type DeliveryRow, listDeliveries, type UploadRow } from './queries.ts'

interface Page {
  readonly items: UploadStatus[]
  readonly nextCursor: string | null
}

export async function listHistory(app: App, tenantId: string, filter: lists.HistoryFilter): Promise<Page> {
  const { db } = app.database
  // One more than asked tells whether there is a next page.
  const found = await lists.listUploads(db, tenantId, { ...filter, limit: filter.limit + 1 })
  const items = await presentAll(db, tenantId, found.slice(0, filter.limit))
  return { items, nextCursor: found.length > filter.limit ? (items.at(-1)?.uploadId ?? null) : null }
}

export async function listCalendar(app: App, tenantId: string, filter: lists.CalendarFilter): Promise<Page> {
  const { db } = app.database
  const found = await lists.listByTime(db, tenantId, { ...filter, limit: filter.limit + 1 })
  const page = found.slice(0, filter.limit)
  const last = page.at(-1)
  const items = await presentAll(db, tenantId, page)
  return { items, nextCursor: last && found.length > filter.limit ? writeMoment(last) : null }
}

async function presentAll(db: Db, tenantId: string, uploads: readonly UploadRow[]): Promise<UploadStatus[]> {
  const ids = uploads.map(({ id }) => id)
  const deliveries = Map.groupBy(await listDeliveries(db, tenantId, ids), ({ uploadId }) => uploadId)
  return uploads.map(upload => presentUpload(upload, deliveries.get(upload.id) ?? NONE))
}

const NONE: readonly DeliveryRow[] = []

export async function summarize(app: App, tenantId: string) {
  const { active, needsRelink, ...counts } = await lists.summarize(app.database.db, tenantId)
  return { ...counts, accounts: { active, needsRelink } }
}
