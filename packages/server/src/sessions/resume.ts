import type { resumeUpload } from '@upload24/contract'
import type { z } from 'zod'
import type { App } from '../app.ts'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { publicId } from '../lib/ids.ts'
import { Missing } from '../storage/errors.ts'
import type { Part, Storage } from '../storage/storage.ts'
import { openSession, refuseCompleted, refuseEnded } from './open.ts'
import { planParts } from './parts.ts'
import { lockSession, type Session } from './queries.ts'

type Resumed = z.input<typeof resumeUpload.reply>

/**
 * What has arrived of a session, and addresses for the rest until the session's end. 409 and 410 where it has ended.
 * Under the lock of the session's row: no address is signed for what an abort removes at the same time.
 */
export async function resume(app: App, caller: Caller, token: string): Promise<Resumed> {
  const { id } = await openSession(app, caller, token)
  return app.database.db.transaction().execute(async trx => {
    const session = await lockSession(trx, caller.tenantId, id)
    refuseCompleted(session, 'nothing is left to send')
    refuseEnded(session)
    const about = {
      fileId: publicId('file', session.fileId),
      fileSize: session.fileSize,
      expiresAt: session.expiresAt.toISOString()
    }
    if (session.kind === 'import') {
      throw problem(
        'not_found',
        'This session is an import: the server fetches its file, and there is nothing to send.'
      )
    }
    const rest =
      session.kind === 'put' ? await resumePut(app.storage, session) : await resumeParts(app.storage, session)
    return { ...about, ...rest }
  })
}

type Rest = Omit<Resumed, 'fileId' | 'fileSize' | 'expiresAt'>

async function resumePut(storage: Storage, session: Session): Promise<Rest> {
  const { storageKey: key, contentType, fileSize: bytes, left } = session
  const head = await storage.single.head(key)
  const about = { kind: 'put' as const, parts: [] }
  if (head) return { ...about, received: true }
  const { url, headers } = await storage.single.sign(key, { contentType, bytes }, left)
  return { ...about, received: false, uploadUrl: url, method: 'PUT', headers: { ...headers } }
}

async function resumeParts(storage: Storage, session: Session): Promise<Rest> {
  const { storageKey: key, fileSize, left } = session
  const [id, partSize] = [session.partsId as string, session.partSize as number]
  const arrived = await listParts(storage, key, id)
  const parts = await Promise.all(
    planParts(fileSize, partSize).map(async part => {
      const eTag = arrived.get(part.partNumber)?.etag
      if (eTag !== undefined) return { ...part, received: true, eTag }
      const { url } = await storage.parts.sign(key, id, part.partNumber, part.size, left)
      return { ...part, received: false, uploadUrl: url }
    })
  )
  return { kind: 'multipart', partSize, received: parts.every(part => part.received), parts }
}

async function listParts(storage: Storage, key: string, id: string): Promise<ReadonlyMap<number, Part>> {
  try {
    return new Map((await storage.parts.list(key, id)).map(part => [part.part, part]))
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    throw problem('session_aborted', 'The parts of this session are not there any more.')
  }
}
