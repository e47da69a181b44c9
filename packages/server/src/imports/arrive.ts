import type { App } from '../app.ts'
import { Problem } from '../http/problem.ts'
import { publicId } from '../lib/ids.ts'
import type { MediaMeasures } from '../media/measures.ts'
import { probe } from '../media/probe.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { release } from '../quota/queries.ts'
import { endSession, lockSession, type Session } from '../sessions/queries.ts'
import type { Frozen } from '../storage/storage.ts'
import { videoTypeOf } from '../uploads/content-type.ts'
import { reviveDescription } from '../uploads/description.ts'
import { factsOf, noVideo, refuseFile } from '../uploads/preflight.ts'
import { findTargetAccounts } from '../uploads/queries.ts'
import { createUpload, requireActive } from '../uploads/service.ts'
import { FetchFailed, final, type ImportFailure } from './failures.ts'
import * as queries from './queries.ts'

/** The import was aborted, has expired, or is somebody else's by now: what was fetched for it is nobody's. */
export class Over extends Error {}

export interface Arrival {
  readonly stored: Frozen
  readonly name: string
  /** As the other server declared it. */
  readonly type: string
}

/** Measures the bytes and makes the upload, as complete does. Throws FetchFailed where they are refused, and Over. */
export async function arrive(
  app: App,
  platforms: Platforms,
  claimed: queries.Claimed,
  arrival: Arrival
): Promise<void> {
  const { tenantId, id } = claimed
  const { stored } = arrival
  const { db } = app.database
  const session = await db.transaction().execute(trx => lockSession(trx, tenantId, id))
  const found = await probe(app.storage, stored)
  if (!found.media) {
    const message = `The file is no video: it looks like ${found.looksLike}.`
    throw new FetchFailed({ code: 'file_invalid', message, errors: [noVideo(found)] })
  }
  const name = session.fileName || arrival.name
  const contentType = session.contentType || videoTypeOf(arrival.type, name, found.media.container)
  if (!contentType) throw final('file_invalid', `The other server calls the file ${arrival.type}, which is no video.`)
  await requireTaken(app, platforms, tenantId, session, { bytes: stored.bytes, contentType }, found.media)

  await db.transaction().execute(async trx => {
    const { description, quotaMonth, fileId } = await lockOpen(trx, claimed)
    const wish = reviveDescription(description)
    await requireActive(trx, tenantId, wish.targets).catch(toFailure)
    const file = {
      fileId,
      storageKey: stored.key,
      etag: stored.etag,
      bytes: stored.bytes,
      name,
      contentType,
      media: found.media as MediaMeasures
    }
    const made = await createUpload(trx, tenantId, { description: wish, file, quotaMonth })
    await queries.describeSession(trx, id, { bytes: stored.bytes, name, contentType })
    await endSession(trx, tenantId, id, 'completed', made.id)
    await queries.end(trx, id, null)
    app.log.info({ tenantId, uploadId: publicId('upload', made.id) }, 'an import became an upload')
  })
}

/** Ends the import, and gives its quota back. Throws Over. */
export async function fail(app: App, claimed: queries.Claimed, failure: ImportFailure): Promise<void> {
  const { tenantId, id } = claimed
  await app.database.db.transaction().execute(async trx => {
    const session = await lockOpen(trx, claimed)
    await endSession(trx, tenantId, id, 'aborted')
    await queries.end(trx, id, failure)
    await release(trx, tenantId, session.quotaMonth, session.accountIds.length)
  })
}

async function lockOpen(trx: Parameters<typeof lockSession>[0], claimed: queries.Claimed): Promise<Session> {
  if (!(await queries.hold(trx, claimed))) throw new Over()
  const session = await lockSession(trx, claimed.tenantId, claimed.id)
  if (session.status !== 'open' || session.isOverdue) throw new Over()
  return session
}

async function requireTaken(
  app: App,
  platforms: Platforms,
  tenantId: string,
  session: Session,
  file: { readonly bytes: number; readonly contentType: string },
  media: MediaMeasures
): Promise<void> {
  const accounts = await findTargetAccounts(app.database.db, tenantId, session.accountIds)
  const errors = refuseFile(platforms.connectors, accounts, factsOf(file, media))
  if (errors.length === 0) return
  throw new FetchFailed({ code: 'target_refused', message: 'Accounts would refuse the video: see errors.', errors })
}

/** A refusal by rule ends the import in the same words. */
function toFailure(error: unknown): never {
  if (!(error instanceof Problem)) throw error
  const { code, message, errors } = error
  throw new FetchFailed({ code, message, ...(errors && { errors }) }, { cause: error })
}
