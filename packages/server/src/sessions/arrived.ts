import type { App } from '../app.ts'
import type { Caller } from '../http/caller.ts'
import { ignoreMissing } from '../storage/errors.ts'
import type { Frozen, Storage } from '../storage/storage.ts'
import { freeze } from './freeze.ts'
import { openSession, refuseCompleted, refuseEnded } from './open.ts'
import { lockSession, type Session } from './queries.ts'

/**
 * Freezes the bytes of an open session, as `complete` does, when all of them have arrived; null while some are missing.
 * 409 or 410 where the session has ended.
 */
export async function freezeArrived(
  app: App,
  caller: Caller,
  token: string
): Promise<{ readonly session: Session; readonly arrived: Frozen | null }> {
  const { tenantId } = caller
  const { id } = await openSession(app, caller, token)
  return app.database.db.transaction().execute(async trx => {
    const session = await lockSession(trx, tenantId, id)
    refuseCompleted(session, 'its status tells the rest')
    refuseEnded(session)
    return { session, arrived: await freezeIfWhole(app.storage, session) }
  })
}

async function freezeIfWhole(storage: Storage, session: Session): Promise<Frozen | null> {
  const { storageKey: key, fileSize, partsId } = session
  if (partsId === null) {
    const head = await storage.single.head(key)
    return head?.bytes === fileSize ? freeze(storage, session, []) : null
  }
  const parts = (await storage.parts.list(key, partsId).catch(ignoreMissing)) ?? []
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  if (bytes !== fileSize) return null
  return freeze(
    storage,
    session,
    parts.map(({ part, etag }) => ({ partNumber: part, eTag: etag }))
  )
}
