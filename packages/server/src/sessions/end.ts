import type { App } from '../app.ts'
import type { Caller } from '../http/caller.ts'
import { publicId } from '../lib/ids.ts'
import { release } from '../quota/queries.ts'
import { openSession, refuseCompleted, refuseEnded } from './open.ts'
import { endSession, listOverdue, lockSession, type Session } from './queries.ts'

/** Gives the disk and the quota back. Repeatable. */
export async function abort(app: App, caller: Caller, token: string) {
  const session = await openSession(app, caller, token)
  const ended = await end(app, caller.tenantId, session.id, 'aborted')
  refuseCompleted(ended, 'cannot be aborted')
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
