import type { UploadStatus } from '@upload24/contract'
import type { App } from '../app.ts'
import { planOf } from '../deliveries/follow-ups/follow-ups.ts'
import { createFollowUps, holdAccount } from '../deliveries/follow-ups/queries.ts'
import { resolved } from '../deliveries/machine.ts'
import { notify, refreshUpload, wake } from '../deliveries/queries.ts'
import { sealState } from '../deliveries/rows.ts'
import type { Idempotent } from '../http/bind.ts'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { refuse } from '../http/validation.ts'
import { publicId, readId } from '../lib/ids.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { reclaim } from '../quota/queries.ts'
import { requireBytes } from '../retention/hold.ts'
import { isPostOfAnother, type Locked, lockTargets, markPosted, noteDecisions } from './decision-queries.ts'
import { about, deliveryOf, isUnknown } from './decisions.ts'
import { lockTargetAccounts } from './queries.ts'
import { readStatus } from './service.ts'

export interface Told {
  readonly caller: Caller
  readonly uploadId: string
  readonly accountId: string
  /** Null: a person looked, and the post is not there. */
  readonly post: { readonly id: string | undefined; readonly url: string | undefined } | null
  readonly idempotent: Idempotent | undefined
}

/** A person's answer to `outcome_unknown`. "There" ends it; "not there" makes the worker look once more, then post. */
export function resolveTarget(app: App, platforms: Platforms, told: Told): Promise<UploadStatus> {
  const { caller, uploadId, post } = told
  const { tenantId } = caller
  return app.database.db.transaction().execute(async trx => {
    // The account before its delivery, as everywhere.
    const accountId = readId('account', told.accountId)
    if (accountId !== null && post) await holdAccount(trx, { tenantId, accountId })
    const isInactive = accountId !== null && !post && (await lockTargetAccounts(trx, tenantId, [accountId])).length > 0
    const targets = await lockTargets(trx, tenantId, uploadId)
    const target = targets.find(({ accountId }) => publicId('account', accountId) === told.accountId)
    if (!target) {
      refuse([{ path: 'accountId', code: 'not_a_target', message: 'is not among the accounts of this upload' }])
    }
    if (!isUnknown(target)) {
      throw problem('not_unknown', `What became of this target is known: it is ${target.status}.`)
    }
    if (isInactive) {
      const message = 'cannot be asked, nor publish: link it again first'
      refuse([{ path: 'accountId', code: 'account_not_active', message, ...about(target) }], 'target_refused')
    }
    if (post) await take(target, post)
    else await lookAgain(target)
    await noteDecisions(trx, caller, uploadId, post ? 'posted' : 'absent', [target.id])
    await refreshUpload(trx, tenantId, uploadId)
    await notify(trx)
    const status = await readStatus(trx, tenantId, uploadId)
    await told.idempotent?.keep(trx, 200, status)
    return status

    async function take(target: Locked, { id, url }: NonNullable<Told['post']>) {
      if (id !== undefined && (await isPostOfAnother(trx, target, id))) {
        const message = 'is the post of another upload of this workspace'
        refuse([{ path: 'externalId', code: 'post_of_another', message, ...about(target) }], 'target_refused')
      }
      const found = { ...(id !== undefined && { id }), ...(url !== undefined && { url }) }
      await markPosted(trx, tenantId, target.id, resolved(deliveryOf(app, target), found))
      const connector = platforms.connectorOf(target.platform)
      const wanted = connector && planOf(connector, target)?.wanted(found)
      if (wanted && wanted.length > 0) await createFollowUps(trx, target, wanted)
    }

    async function lookAgain(target: Locked) {
      // Until then a request of ours may still arrive behind the person's back.
      if (target.settlesIn !== null && target.settlesIn > 0) {
        const seconds = Math.ceil(target.settlesIn)
        throw problem('not_settled', `The post may still appear: look again in ${seconds} s, then tell us.`, {
          headers: { 'retry-after': String(seconds) }
        })
      }
      await requireBytes(trx, tenantId, uploadId)
      const again = resolved(deliveryOf(app, target), null)
      const month = await reclaim(trx, tenantId, target.quotaMonth)
      await wake(trx, target.id, again, sealState(app.seal, target.id, again.state), month)
    }
  })
}
