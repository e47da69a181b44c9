import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import { reclaim, reserve } from '../quota/queries.ts'
import { mayExist, relinked } from './machine.ts'
import * as queries from './queries.ts'
import { type Claimed, sealState, toDelivery } from './rows.ts'

/** What the deliveries of an account do when its grant comes or goes; in the transaction that stores or forgets it. */
export function grantHooks(app: App) {
  return {
    /** What a dead grant stopped in the last 72 hours goes on: what may be posted asks first, the rest starts over. */
    async onRelinked(trx: Db, tenantId: string, accountId: string): Promise<void> {
      for (const claimed of await queries.listStoppedByGrant(trx, tenantId, accountId)) {
        const delivery = toDelivery(app.seal, claimed)
        const month = await unitFor(app, trx, claimed, mayExist(delivery))
        // Without quota it stays failed; a retry says so.
        if (month === null) continue
        const woken = relinked(delivery)
        await queries.wake(trx, claimed.id, woken, sealState(app.seal, claimed.id, woken.state), month)
        await queries.refreshUpload(trx, tenantId, claimed.uploadId)
      }
      await queries.notify(trx)
    },
    onUnlinked: queries.stopForUnlink
  }
}

/** The month of the unit that a delivery goes on with. Null: there is none left. A follow-up needs none. */
async function unitFor(app: App, trx: Db, { tenantId, quotaMonth, parentId }: Claimed, mayBePosted: boolean) {
  if (parentId !== null) return quotaMonth
  if (mayBePosted) return reclaim(trx, tenantId, quotaMonth)
  return reserve(trx, tenantId, 1, app.config.quotaDefault ?? null)
}
