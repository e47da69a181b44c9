import type { App } from '../app.ts'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { release } from '../quota/queries.ts'
import { deleteUpload, isStillNeeded, lockAll } from './decision-queries.ts'
import { about, isUnknown } from './decisions.ts'

/** Seconds. Until silence counts as "not posted". */
const A_MINUTE = '60'

/** Removes an upload that nothing is under way for, and then its bytes. What is scheduled gives its quota back. */
export async function removeUpload(app: App, caller: Caller, uploadId: string): Promise<void> {
  const { tenantId } = caller
  const keys = await app.database.db.transaction().execute(async trx => {
    const deliveries = await lockAll(trx, tenantId, uploadId)
    const running = deliveries.filter(({ status }) => status === 'running')
    if (running.length > 0) {
      const errors = running.map(each => ({ path: '', code: 'in_flight', message: 'is under way', ...about(each) }))
      throw problem('in_flight', 'Something of it is under way: cancel it, or wait until it is over.', { errors })
    }
    const unknown = deliveries.filter(each => each.parentId === null && isUnknown(each))
    if (unknown.length > 0) {
      const errors = unknown.map(each => ({
        path: '',
        code: 'outcome_unknown',
        message: 'may have been published',
        ...about(each)
      }))
      throw problem('needs_resolve', 'Look whether it was posted, and resolve that first.', { errors })
    }
    if (await isStillNeeded(trx, tenantId, uploadId)) {
      throw problem('in_flight', 'A request of it may still arrive at the platform: try again in a minute.', {
        headers: { 'retry-after': A_MINUTE }
      })
    }
    for (const { status, quotaMonth } of deliveries) {
      if (status === 'scheduled') await release(trx, tenantId, quotaMonth, 1)
    }
    return deleteUpload(trx, tenantId, uploadId)
  })
  // After the commit: a process that dies here leaves bytes that nothing names, which the sweep of orphans finds.
  for (const key of keys) await app.storage.remove(key)
}
