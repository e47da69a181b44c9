import type { UploadStatus } from '@upload24/contract'
import type { App } from '../app.ts'
import type { Idempotent } from '../http/bind.ts'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { publicId } from '../lib/ids.ts'
import { release } from '../quota/queries.ts'
import { reviveDescription } from '../uploads/description.ts'
import { createUpload, readStatus, requireActive } from '../uploads/service.ts'
import { freeze, type PartTag } from './freeze.ts'
import { endSession, findSession, listOverdue, lockSession, type Session } from './queries.ts'
import { hashToken } from './start.ts'

/**
 * Freezes the bytes and makes the upload of the session; of calls that race, one makes it and all answer with it.
 * They freeze in turn, under the lock of the session's row: storage takes calls for one key from one process at a time.
 */
export async function complete(
  app: App,
  caller: Caller,
  token: string,
  parts: readonly PartTag[],
  idempotent: Idempotent | undefined,
  onMade: (status: UploadStatus) => void
): Promise<{ isNew: boolean; status: UploadStatus }> {
  const { tenantId } = caller
  const { id } = await openSession(app, caller, token)
  return app.database.db.transaction().execute(async trx => {
    const session = await lockSession(trx, tenantId, id)
    if (session.status === 'completed') {
      return { isNew: false, status: await readStatus(trx, tenantId, session.uploadId as string) }
    }
    refuseEnded(session)
    const frozen = await freeze(app.storage, session, parts)
    const description = reviveDescription(session.description)
    await requireActive(trx, tenantId, description.targets)
    const file = {
      fileId: session.fileId,
      storageKey: frozen.key,
      etag: frozen.etag,
      bytes: frozen.bytes,
      name: session.fileName,
      contentType: session.contentType
    }
    const made = await createUpload(trx, tenantId, { description, file, quotaMonth: session.quotaMonth })
    await endSession(trx, tenantId, session.id, 'completed', made.id)
    onMade(made.status)
    await idempotent?.keep(trx, 201, made.status)
    return { isNew: true, status: made.status }
  })
}

/** Gives the disk and the quota back. Repeatable. */
export async function abort(app: App, caller: Caller, token: string) {
  const session = await openSession(app, caller, token)
  const ended = await end(app, caller.tenantId, session.id, 'aborted')
  if (ended.status === 'completed') {
    throw problem('session_completed', 'The session was completed: its upload exists and cannot be aborted.')
  }
  if (ended.status === 'expired') refuseEnded(ended)
  return { fileId: publicId('file', session.fileId), status: 'aborted' as const }
}

/** Ends the sessions whose time is over: their quota goes back, their bytes go. Returns how many there were. */
export async function expireSessions(app: App): Promise<number> {
  const overdue = await listOverdue(app.database.db, 100)
  const faults: unknown[] = []
  for (const { id, tenantId } of overdue) {
    // One whose bytes cannot be removed must not keep the others waiting.
    await end(app, tenantId, id, 'expired').catch(error => faults.push(error))
  }
  if (faults.length > 0) throw faults[0]
  return overdue.length
}

/**
 * Ends an open session, and returns it as it is then. The bytes go while its row is locked: a process that dies in
 * between leaves it open, for the next call or sweep, rather than bytes that nothing knows of.
 */
function end(app: App, tenantId: string, id: string, wish: 'aborted' | 'expired'): Promise<Session> {
  return app.database.db.transaction().execute(async trx => {
    const session = await lockSession(trx, tenantId, id)
    if (session.status !== 'open') return session
    const status = session.isOverdue ? 'expired' : wish
    if (session.partsId !== null) await app.storage.parts.abort(session.storageKey, session.partsId)
    await app.storage.remove(session.storageKey)
    await endSession(trx, tenantId, id, status)
    await release(trx, tenantId, session.quotaMonth, session.accountIds.length)
    return { ...session, status }
  })
}

async function openSession(app: App, caller: Caller, token: string): Promise<Session> {
  if (token.startsWith('$')) {
    throw problem(
      'not_found',
      `The session token that arrived is the text "${token.slice(0, 40)}": a shell does not fill in variables between single quotes. Close the quote around it, as in -d '{"sessionToken":"'"$SESSION_TOKEN"'","parts":[]}'.`
    )
  }
  const session = await findSession(app.database.db, caller.tenantId, hashToken(token))
  const isAllowed = (id: string) => caller.kind === 'user' || (caller.accountIds?.includes(id) ?? true)
  if (!session?.accountIds.every(isAllowed)) {
    throw problem('not_found', 'There is no upload session with this token in this workspace.')
  }
  return session
}

function refuseEnded(session: Session): void {
  if (session.status === 'aborted') throw problem('session_aborted', 'The session was aborted. Start a new one.')
  if (session.status === 'expired' || session.isOverdue) {
    throw problem('session_expired', 'The session lived for 24 hours and has ended. Start a new one.')
  }
}
