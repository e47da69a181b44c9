import type { UploadStatus } from '@upload24/contract'
import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import type { Idempotent } from '../http/bind.ts'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import type { MediaMeasures } from '../media/measures.ts'
import { probe } from '../media/probe.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { MediaChanged, Missing } from '../storage/errors.ts'
import type { Frozen } from '../storage/storage.ts'
import { reviveDescription } from '../uploads/description.ts'
import { factsOf, noVideo, refuseFile } from '../uploads/preflight.ts'
import { findTargetAccounts } from '../uploads/queries.ts'
import { createUpload, readStatus, requireActive } from '../uploads/service.ts'
import { freeze, type PartTag } from './freeze.ts'
import { openSession, refuseEnded } from './open.ts'
import { endSession, lockSession, type Session } from './queries.ts'

export interface Completion {
  readonly token: string
  readonly parts: readonly PartTag[]
  readonly idempotent: Idempotent | undefined
  readonly onMade: (status: UploadStatus) => void
}

/**
 * Freezes the bytes, measures them, and makes the upload of the session; of calls that race, one makes it and all answer
 * with it. 422 file_invalid or target_refused leaves the session as it is: the same call is answered the same again.
 */
export async function complete(
  app: App,
  platforms: Platforms,
  caller: Caller,
  { token, parts, idempotent, onMade }: Completion
): Promise<{ isNew: boolean; status: UploadStatus }> {
  const { tenantId } = caller
  const { db } = app.database
  const opened = await openSession(app, caller, token)
  // They freeze in turn, under the lock of the session's row: storage takes calls for one key from one process at a time.
  const arrived = await db.transaction().execute(async trx => {
    const session = await lockSession(trx, tenantId, opened.id)
    if (session.status === 'completed') return null
    refuseEnded(session)
    return freeze(app.storage, session, parts)
  })
  const media = arrived && (await inspect(app, platforms, tenantId, opened, arrived))

  return db.transaction().execute(async trx => {
    const session = await lockSession(trx, tenantId, opened.id)
    if (!arrived || !media || session.status === 'completed')
      return { isNew: false, status: await readMade(trx, session) }
    refuseEnded(session)
    const description = reviveDescription(session.description)
    await requireActive(trx, tenantId, description.targets)
    const file = {
      fileId: session.fileId,
      storageKey: arrived.key,
      etag: arrived.etag,
      bytes: arrived.bytes,
      name: session.fileName,
      contentType: session.contentType,
      media
    }
    const made = await createUpload(trx, tenantId, { description, file, quotaMonth: session.quotaMonth })
    await endSession(trx, tenantId, session.id, 'completed', made.id)
    onMade(made.status)
    await idempotent?.keep(trx, 201, made.status)
    return { isNew: true, status: made.status }
  })

  function readMade(trx: Db, session: Session) {
    return readStatus(trx, tenantId, session.uploadId as string)
  }
}

const NEXT =
  'Nothing was created. The bytes of a session cannot be changed: abort it, which gives its quota back, and start a new one'

/** Measures the bytes, outside of any transaction, and refuses what no platform of the session would take. */
async function inspect(
  app: App,
  platforms: Platforms,
  tenantId: string,
  session: Session,
  arrived: Frozen
): Promise<MediaMeasures> {
  const { db } = app.database
  const found = await probe(app.storage, arrived).catch(async error => {
    // The bytes are gone, before or while they are read, because the session was ended meanwhile.
    if (error instanceof Missing || error instanceof MediaChanged)
      refuseEnded(await db.transaction().execute(trx => lockSession(trx, tenantId, session.id)))
    throw error
  })
  if (!found.media) {
    throw problem('file_invalid', `The file is no video: it looks like ${found.looksLike}. ${NEXT} with a video.`, {
      errors: [noVideo(found)]
    })
  }
  const accounts = await findTargetAccounts(db, tenantId, session.accountIds)
  const place = ({ id }: { id: string }) => session.accountIds.indexOf(id)
  const facts = factsOf({ bytes: arrived.bytes, contentType: session.contentType }, found.media)
  const errors = refuseFile(
    platforms.connectors,
    accounts.sort((a, b) => place(a) - place(b)),
    facts
  )
  if (errors.length > 0) {
    const next = 'with a video that fits, or without the accounts that refuse this one'
    throw problem('target_refused', `${explainCount(errors)} ${NEXT} ${next}.`, { errors: errors.slice(0, 100) })
  }
  return found.media
}

function explainCount(errors: readonly { readonly accountId?: string }[]): string {
  const count = new Set(errors.map(({ accountId }) => accountId)).size
  return count === 1
    ? 'One account would refuse the video: see errors.'
    : `${count} accounts would refuse the video: see errors.`
}
