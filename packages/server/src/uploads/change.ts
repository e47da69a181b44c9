import { isDeepStrictEqual } from 'node:util'
import { description as fields, type UploadStatus } from '@upload24/contract'
import type { App } from '../app.ts'
import { notify, refreshUpload } from '../deliveries/queries.ts'
import { insertUses } from '../files/queries.ts'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { refuseFaults, unknownField } from '../http/validation.ts'
import { publicId } from '../lib/ids.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { type Before, readBefore, readTargetsNow, type TargetNow, writeChange } from './change-queries.ts'
import { type Description, readDescription } from './description.ts'
import { isObject, mergePatch, type Wishes } from './merge-patch.ts'
import { factsOf } from './preflight.ts'
import { createReader } from './reader.ts'
import { holdAttached, readStatus } from './service.ts'

export interface ChangeAsked {
  readonly caller: Caller
  readonly uploadId: string
  /** As it came: a merge patch of what was sent for the upload. */
  readonly patch: unknown
}

/** Thrown through a transaction: another change came first, and this one is read anew. */
class Overtaken extends Error {}

/**
 * Changes an upload while it is scheduled, as if it had been sent so. Of a change and a worker that takes it up at the
 * same moment, one wins: 409 already_publishing says that the worker did, and then nothing was changed.
 */
export async function changeUpload(app: App, platforms: Platforms, asked: ChangeAsked): Promise<UploadStatus> {
  if (!isObject(asked.patch)) refuseFaults([{ path: '', code: 'invalid_type', message: 'must be an object' }])
  for (;;) {
    try {
      return await changeOnce(app, platforms, asked)
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error
    }
  }
}

async function changeOnce(app: App, platforms: Platforms, asked: ChangeAsked): Promise<UploadStatus> {
  const { caller, uploadId, patch } = asked
  const { tenantId } = caller
  const { db } = app.database
  const before = await readBefore(db, tenantId, uploadId)
  const targets = requireScheduled(await readTargetsNow(db, tenantId, uploadId))
  const read = await readChange(app, platforms, asked, before, targets)
  const isMoved = isWritten(patch, 'scheduledOn') || isWritten(patch, 'timezone')
  const kept = { at: before.scheduledOn, timezone: before.timezone, adjustments: targets[0]?.scheduleAdjustments ?? [] }

  return db.transaction().execute(async trx => {
    const attached = await holdAttached(trx, tenantId, read.targets)
    const still = requireScheduled(await readTargetsNow(trx, tenantId, uploadId))
    const { wishes, scheduledOn } = await readBefore(trx, tenantId, uploadId)
    const isSame = isDeepStrictEqual([wishes, scheduledOn], [before.wishes, before.scheduledOn])
    if (!isSame || still.length !== targets.length) throw new Overtaken()
    await writeChange(trx, tenantId, uploadId, { ...read, schedule: isMoved ? read.schedule : kept, isMoved })
    await insertUses(trx, tenantId, { uploadId }, attached)
    await refreshUpload(trx, tenantId, uploadId)
    // It may be due sooner, or now.
    await notify(trx)
    return readStatus(trx, tenantId, uploadId)
  })
}

/** What becomes of the upload: checked like a new one, for the targets that still wait. */
async function readChange(
  app: App,
  platforms: Platforms,
  { caller, patch }: ChangeAsked,
  before: Before,
  targets: readonly TargetNow[]
): Promise<Description> {
  const reader = createReader(app, platforms, caller, new Date())
  const accounts = targets.map(({ accountId }) => publicId('account', accountId))
  const found = await reader.findAccounts(targets.map(({ accountId }) => accountId))
  const merged = mergePatch(prune(before.wishes, Object.keys(platforms.connectors), accounts, found), patch) as Wishes
  // A time that stays is not judged again, and without a time there is no zone of it.
  const isMoved = isWritten(patch, 'scheduledOn') || isWritten(patch, 'timezone')
  const { scheduledOn, timezone, ...rest } = merged
  const isTimed = isMoved && (scheduledOn !== undefined || isWritten(patch, 'timezone'))
  const time = isTimed
    ? { ...(scheduledOn !== undefined && { scheduledOn }), ...(timezone !== undefined && { timezone }) }
    : {}
  const known = [...Object.keys(fields).filter(name => name !== 'accounts'), ...Object.keys(platforms.connectors)]
  const { description } = await readDescription(
    {
      ...reader,
      // It publishes later: until then its owner may have signed in again.
      findAccounts: async () => found.map(row => (row.status === 'needs_relink' ? { ...row, status: 'active' } : row))
    },
    fields,
    { ...rest, ...time, accounts },
    () => (before.media ? factsOf(before, before.media) : { bytes: before.bytes, contentType: before.contentType }),
    isWritten(patch, 'accounts') ? [unknownField(['accounts'], known)] : []
  )
  const { scheduledOn: wasOn, timezone: wasIn } = before.wishes
  const kept = { ...(wasOn !== undefined && { scheduledOn: wasOn }), ...(wasIn !== undefined && { timezone: wasIn }) }
  return isMoved ? description : { ...description, wishes: { ...description.wishes, ...kept } }
}

/** What was wished for accounts that are not published on any more is wished no longer. */
function prune(
  wishes: Wishes,
  names: readonly string[],
  accounts: readonly string[],
  found: readonly { readonly platform: string }[]
): Wishes {
  const isMeant = (name: string) => !names.includes(name) || found.some(({ platform }) => platform === name)
  const { accountOptions, ...rest } = Object.fromEntries(Object.entries(wishes).filter(([name]) => isMeant(name)))
  if (!isObject(accountOptions)) return rest
  const own = Object.entries(accountOptions).filter(([id]) => accounts.includes(id))
  return own.length > 0 ? { ...rest, accountOptions: Object.fromEntries(own) } : rest
}

/** The targets that still wait. 409 where none does, or the upload has begun to be published. */
function requireScheduled(targets: readonly TargetNow[]): TargetNow[] {
  const isBegun = targets.some(({ status }) => status === 'running')
  if (isBegun) throw problem('already_publishing', 'Too late: publishing has begun, and nothing was changed.')
  const waiting = targets.filter(({ status }) => status === 'scheduled')
  const isOver = waiting.length === 0 || targets.some(({ status }) => status === 'uploaded' || status === 'failed')
  if (isOver) throw problem('not_scheduled', 'The upload does not wait for its time any more; nothing was changed.')
  return waiting
}

const isWritten = (patch: unknown, name: string) => isObject(patch) && Object.hasOwn(patch, name)
