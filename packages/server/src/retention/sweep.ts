import type { App } from '../app.ts'
import { publicId } from '../lib/ids.ts'
import { missingObjects, orphanCount } from '../lib/metrics.ts'
import { MediaChanged, Missing } from '../storage/errors.ts'
import * as queries from './queries.ts'

const HOUR = 3_600_000
/** What is younger may be about to get its row. */
const DAY = 24 * HOUR
const BATCH = 500
/** Of one sweep: the next one goes on. */
const MOST = 10_000

/** Once an hour, from a random moment on: several processes need not do it at once. `sweep` does nothing in between. */
export function createRetention(app: App, signal: AbortSignal): { sweep(): Promise<void> } {
  let nextAt = Date.now() + Math.random() * HOUR
  return {
    async sweep() {
      if (Date.now() < nextAt) return
      nextAt = Date.now() + HOUR
      await removeUnneeded(app, signal)
      await removeOrphans(app, signal)
      await findMissing(app, signal)
    }
  }
}

/** Removes the bytes of uploads that no delivery can need any more; their rows stay. Returns how many there were. */
export async function removeUnneeded(app: App, signal: AbortSignal): Promise<number> {
  let count = 0
  while (count < MOST && !signal.aborted) {
    const file = await app.database.db.transaction().execute(async trx => {
      const found = await queries.lockUnneeded(trx)
      // Looked at anew under the lock, which whoever makes a delivery run again takes too.
      return found && { ...found, isRemoved: await queries.markRemoved(trx, found) }
    })
    if (!file) break
    if (!file.isRemoved) continue
    count++
    // Cut off here, they are found as orphans: nothing leads to them any more.
    await app.storage.remove(file.storageKey)
  }
  return count
}

/** Removes objects older than a day that nothing in the database leads to. Returns how many there were. */
export async function removeOrphans(app: App, signal: AbortSignal, now = Date.now()): Promise<number> {
  const orphans: string[] = []
  let known = 0
  let batch: string[] = []
  const look = async () => {
    const found = await queries.findOrphans(app.database.db, batch)
    orphans.push(...found)
    known += batch.length - found.length
    batch = []
  }
  for await (const { key, changedAt } of app.storage.list()) {
    if (changedAt.getTime() > now - DAY) continue
    batch.push(key)
    if (batch.length === BATCH) await look()
    if (signal.aborted || orphans.length >= MOST) break
  }
  if (batch.length > 0) await look()
  if (known === 0 && orphans.length >= 10) {
    // A database that knows none of them is rather the wrong one, or a new one beside an old store.
    app.log.error({ objects: orphans.length }, 'the database knows none of the objects in the store: none is removed')
    return 0
  }
  for (const key of orphans) {
    if (signal.aborted) break
    await app.storage.remove(key)
    orphanCount.inc()
    app.log.warn({ key }, 'an object that nothing knew of was removed')
  }
  return orphans.length
}

/** Finds files whose bytes are not there. They are told, not forgotten: a store that is away would lose them all. */
export async function findMissing(app: App, signal: AbortSignal): Promise<string[]> {
  const missing: string[] = []
  let after: string | null = null
  while (!signal.aborted) {
    const files: readonly queries.StoredFile[] = await queries.listKept(app.database.db, after, 100)
    for (const file of files) if (!(await isThere(app, file))) missing.push(publicId('file', file.id))
    after = files.at(-1)?.id ?? null
    if (after === null) break
  }
  missingObjects.set(missing.length)
  if (missing.length > 0) {
    app.log.error({ count: missing.length, files: missing.slice(0, 20) }, 'bytes of files are not in the store')
  }
  return missing
}

async function isThere(app: App, { storageKey: key, etag, bytes }: queries.StoredFile): Promise<boolean> {
  try {
    const body = await app.storage.read({ key, etag, bytes }, 0, 0)
    body.destroy()
    return true
  } catch (error) {
    if (error instanceof Missing || error instanceof MediaChanged) return false
    throw error
  }
}
