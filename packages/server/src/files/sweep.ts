import type { App } from '../app.ts'
import { deleteLeftover, forgetEndedUses, lockLeftover } from './queries.ts'

const MOST = 100

/** Removes the pictures and captions that nothing has used for a day; up to a hundred a call. Returns how many. */
export async function sweepFiles(app: App): Promise<number> {
  await forgetEndedUses(app.database.db)
  let removed = 0
  for (let tries = 0; tries < MOST; tries++) {
    const found = await sweepOne(app)
    if (found === 'none') break
    if (found === 'removed') removed++
  }
  return removed
}

/** The bytes go before the row is surely gone: cut off in between, the next sweep finds the row, and the bytes are gone twice. */
function sweepOne(app: App): Promise<'none' | 'removed' | 'used'> {
  return app.database.db.transaction().execute(async trx => {
    const file = await lockLeftover(trx)
    if (!file) return 'none'
    if (!(await deleteLeftover(trx, file))) return 'used'
    await app.storage.remove(file.storageKey)
    return 'removed'
  })
}
