import type { UploadStatus } from '@upload24/contract'
import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import { notify } from '../deliveries/queries.ts'
import { holdFiles, insertUses } from '../files/queries.ts'
import { type Caller, mayUse } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { refuseFaults } from '../http/validation.ts'
import { newId, publicId, readId } from '../lib/ids.ts'
import type { MediaMeasures } from '../media/measures.ts'
import type { Description } from './description.ts'
import { presentUpload } from './present.ts'
import * as queries from './queries.ts'
import type { Target } from './targets.ts'

export interface Arrived {
  readonly fileId: string
  readonly storageKey: string
  readonly etag: string
  readonly bytes: number
  readonly name: string
  readonly contentType: string
  readonly media: MediaMeasures
}

/** Makes the upload and its deliveries in the caller's transaction, in which the quota of `quotaMonth` was reserved. */
export async function createUpload(
  trx: Db,
  tenantId: string,
  made: { readonly description: Description; readonly file: Arrived; readonly quotaMonth: string }
): Promise<{ id: string; status: UploadStatus }> {
  const { description, file, quotaMonth } = made
  const id = newId()
  const attached = await holdAttached(trx, tenantId, description.targets)
  const { at, timezone, adjustments } = description.schedule
  await queries.insertFile(trx, tenantId, { id: file.fileId, ...file })
  await queries.insertUpload(trx, tenantId, {
    id,
    fileId: file.fileId,
    title: description.title,
    scheduledOn: at,
    timezone,
    wishes: description.wishes,
    sender: description.sender ?? null
  })
  await insertUses(trx, tenantId, { uploadId: id }, attached)
  const deliveries = description.targets.map((target, position) => ({
    ...target,
    adjustments: [...adjustments, ...target.adjustments],
    id: newId(),
    position
  }))
  await queries.insertDeliveries(trx, tenantId, { uploadId: id, bytes: file.bytes, quotaMonth, at }, deliveries)
  // Sent when the transaction ends: workers look at once, and none polls.
  await notify(trx)
  return { id, status: await readStatus(trx, tenantId, id) }
}

/**
 * Refuses targets that lost their grant after the description was read, and holds off an unlinking until the
 * transaction ends. 422 target_refused.
 */
export async function requireActive(trx: Db, tenantId: string, targets: readonly Target[]): Promise<void> {
  const ids = targets.map(each => each.accountId)
  const gone = await queries.lockTargetAccounts(trx, tenantId, ids)
  refuseFaults(
    gone.map(({ id, platform }) => ({
      path: 'accounts',
      code: 'account_not_active',
      message: `${publicId('account', id)} lost its grant meanwhile: link it again, then repeat this request`,
      accountId: publicId('account', id),
      platform
    })),
    'target_refused'
  )
}

/**
 * The pictures and captions that the targets name; none of them is swept before the transaction has said who uses it.
 * 422 target_refused where one was swept after the description was read.
 */
export async function holdAttached(trx: Db, tenantId: string, targets: readonly Target[]): Promise<string[]> {
  const wanted = [...new Set(targets.flatMap(each => each.files))]
  const held = await holdFiles(trx, tenantId, wanted)
  const gone = wanted.filter(id => !held.has(id)).map(id => publicId('file', id))
  refuseFaults(
    gone.map(id => ({ path: '', code: 'file_not_found', message: `${id} was removed meanwhile: nothing used it` })),
    'target_refused'
  )
  return wanted
}

/** The body of the status route. 404 when this workspace has no such upload. */
export async function readStatus(db: Db, tenantId: string, id: string): Promise<UploadStatus> {
  const upload = await queries.findUpload(db, tenantId, id)
  if (!upload) throw noUpload()
  return presentUpload(upload, await queries.listDeliveries(db, tenantId, [id]))
}

/** The id of an upload that the caller may see: a key that is limited to accounts, what went to those alone. 404 for all others. */
export async function requireUpload(app: App, caller: Caller, uploadId: string): Promise<string> {
  const id = readId('upload', uploadId)
  const accountIds = id === null ? undefined : await queries.findAccountIds(app.database.db, caller.tenantId, id)
  if (id === null || !accountIds?.every(each => mayUse(caller, each))) throw noUpload()
  return id
}

const noUpload = () => problem('not_found', 'There is no such upload in this workspace.')
