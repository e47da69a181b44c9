import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import { release, spend } from '../quota/queries.ts'
import { LeaseLost, type Row, type Store } from './engine.ts'
import { mayExist, type Next } from './machine.ts'
import * as queries from './queries.ts'
import { type Claimed, clocks, type Deadline, deadlineAfter, sealState, toRow } from './rows.ts'

/** The engine's writes on PostgreSQL. Each is guarded by the lease; `deadline` is the fence, which saves and beats move. */
export function createStore(app: App, claimed: Claimed, deadline: Deadline, settleSeconds: number): Store {
  const { db } = app.database

  const extend = (sentAt: Deadline) => Object.assign(deadline, deadlineAfter(sentAt))
  const current = (record: Claimed): Row => toRow(app.seal, record, deadline)

  return {
    async begin(row, next) {
      const record = await queries.begin(db, row, next)
      if (record) return current(record)
      if (await queries.read(db, row)) return null
      throw new LeaseLost()
    },
    async save(row, next) {
      const sentAt = clocks()
      const state = sealState(app.seal, row.id, next.delivery.state)
      const record = await db.transaction().execute(async trx => {
        // The account before its delivery, as unlinking does: the other way round two of them could wait for each other.
        if (next.park) await queries.park(trx, next.park, claimed, next.wait)
        const saved = await queries.save(trx, row, next, state)
        if (!saved) throw new LeaseLost()
        if (next.delivery.status !== 'running') await settleEnd(trx, claimed, next)
        return saved
      })
      extend(sentAt)
      return current({ ...record, lease: row.lease })
    },
    async reload(row) {
      const record = await queries.read(db, row)
      if (!record) throw new LeaseLost()
      return current(record)
    },
    async beat(row) {
      const sentAt = clocks()
      if (!(await queries.beat(db, row, settleSeconds))) throw new LeaseLost()
      extend(sentAt)
    }
  }
}

/** In the transaction of the end: the quota, and the upload's own status. */
async function settleEnd(trx: Db, claimed: Claimed, { delivery }: Next): Promise<void> {
  const { tenantId, uploadId, quotaMonth } = claimed
  // An outcome that is not known keeps its unit: the post may be there.
  const isSpent = delivery.status === 'uploaded' || (delivery.status === 'failed' && mayExist(delivery))
  await (isSpent ? spend(trx, tenantId, quotaMonth) : release(trx, tenantId, quotaMonth, 1))
  await queries.refreshUpload(trx, tenantId, uploadId)
}
