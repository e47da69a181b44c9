import type { App } from '../app.ts'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { publicId } from '../lib/ids.ts'
import { release } from '../quota/queries.ts'
import { type Doubt, deleteUpload, type Locked, listOlderDoubts, lockAll } from './decision-queries.ts'
import { about, isUnknown } from './decisions.ts'

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
    requireSettled(deliveries)
    refuseOlderDoubts(await listOlderDoubts(trx, tenantId, uploadId))
    for (const { status, quotaMonth, parentId } of deliveries) {
      // A follow-up that waits for its time has no unit of its own.
      if (status === 'scheduled' && parentId === null) await release(trx, tenantId, quotaMonth, 1)
    }
    return deleteUpload(trx, tenantId, uploadId)
  })
  // After the commit: a process that dies here leaves bytes that nothing names, which the sweep of orphans finds.
  for (const key of keys) await app.storage.remove(key)
}

/** Until silence counts, the row is what keeps another delivery from taking a post without an id for its own. */
function requireSettled(deliveries: readonly Locked[]): void {
  const open = deliveries.filter(({ remoteId, status }) => remoteId === null && status !== 'canceled')
  const seconds = Math.ceil(Math.max(0, ...open.map(({ settlesIn }) => settlesIn ?? 0)))
  if (seconds === 0) return
  throw problem('in_flight', `What was sent of it may still appear on the platform: try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) }
  })
}

function refuseOlderDoubts(doubts: readonly Doubt[]): void {
  if (doubts.length === 0) return
  const errors = doubts.map(each => {
    const uploadId = publicId('upload', each.uploadId)
    return each.isRunning
      ? { path: '', code: 'in_flight', message: `is still asked about ${uploadId}: wait for its end`, ...about(each) }
      : { path: '', code: 'outcome_unknown', message: `may show ${uploadId}: resolve that first`, ...about(each) }
  })
  const isAllRunning = doubts.every(({ isRunning }) => isRunning)
  const detail = 'An older upload to the same account is in doubt, and could take the post of this one for its own'
  throw problem(
    isAllRunning ? 'in_flight' : 'needs_resolve',
    `${detail}: ${isAllRunning ? 'wait until that is over' : 'resolve that first'}. See errors.`,
    { errors }
  )
}
