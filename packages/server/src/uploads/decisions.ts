import type { Fault, UploadStatus } from '@upload24/contract'
import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import { retried } from '../deliveries/machine.ts'
import { notify, refreshUpload, wake } from '../deliveries/queries.ts'
import { sealState, toDelivery } from '../deliveries/rows.ts'
import type { Idempotent } from '../http/bind.ts'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { refuseFaults } from '../http/validation.ts'
import { publicId } from '../lib/ids.ts'
import { release } from '../quota/queries.ts'
import { reserveQuota } from '../quota/service.ts'
import { requireBytes } from '../retention/hold.ts'
import { cancel, type Locked, listTargetAccounts, lockTargets, noteDecisions } from './decision-queries.ts'
import { lockTargetAccounts } from './queries.ts'
import { readStatus } from './service.ts'

/** Who asks what of which upload. */
export interface Ask {
  readonly caller: Caller
  readonly uploadId: string
  /** Accounts of the upload. Undefined: all of them. */
  readonly accounts: readonly string[] | undefined
  readonly idempotent: Idempotent | undefined
}

/** Of a target that failed. */
export const deliveryOf = (app: App, locked: Locked) => toDelivery(app.seal, { ...locked, status: 'failed' })

/**
 * Cancels every asked target that nothing can have been posted for. 409 already_publishing where it was too late for
 * some; the others are canceled even then.
 */
export async function cancelTargets(app: App, ask: Ask): Promise<UploadStatus> {
  const { caller, uploadId } = ask
  const { tenantId } = caller
  const { status, late } = await app.database.db.transaction().execute(async trx => {
    const asked = await readAsked(trx, ask)
    const open = asked.filter(({ status }) => status === 'scheduled' || status === 'running')
    const done = await cancel(trx, tenantId, open.map(idOf))
    for (const { isOver, quotaMonth } of done) if (isOver) await release(trx, tenantId, quotaMonth, 1)
    await noteDecisions(trx, caller, uploadId, 'canceled', done.map(idOf))
    if (done.length > 0) await refreshUpload(trx, tenantId, uploadId)
    // A worker that holds one of them, or would claim it, looks at once.
    await notify(trx)
    const late = asked.flatMap(each => (done.some(({ id }) => id === each.id) ? [] : lateness(each, ask)))
    const status = await readStatus(trx, tenantId, uploadId)
    if (late.length === 0) await ask.idempotent?.keep(trx, 200, status)
    return { status, late }
  })
  if (late.length === 0) return status
  const subject = late.length === 1 ? 'One target' : `${late.length} targets`
  throw problem('already_publishing', `${subject} could not be canceled: see errors. All others are canceled.`, {
    errors: late,
    more: { upload: status }
  })
}

/** Why a target was not canceled; nothing where it was before, or where it failed and nobody asked for it by name. */
function lateness(target: Locked, { accounts }: Ask): Fault[] {
  const tell = (code: string, message: string) => [{ path: 'accounts', code, message, ...about(target) }]
  const { status, stop } = target
  if (status === 'canceled' || (status === 'running' && stop === 'cancel')) return []
  if (status === 'uploaded') return tell('already_published', 'was published')
  if (status === 'failed') {
    if (isUnknown(target)) return tell('outcome_unknown', 'may have been published: look there, and resolve it')
    return accounts ? tell('already_failed', 'has failed: there is nothing to cancel') : []
  }
  if (stop === 'unlink') return tell('account_unlinked', 'ends because its account was unlinked')
  return tell('already_publishing', 'is being published: the post may be there already')
}

/** Starts the asked targets that failed again, all of them or none. */
export function retryTargets(app: App, ask: Ask): Promise<UploadStatus> {
  const { caller, uploadId } = ask
  const { tenantId } = caller
  return app.database.db.transaction().execute(async trx => {
    // Accounts before deliveries, as everywhere.
    const accountIds = await listTargetAccounts(trx, tenantId, uploadId)
    const inactive = await lockTargetAccounts(trx, tenantId, accountIds)
    const asked = await readAsked(trx, ask)
    const failed = ask.accounts ? asked : asked.filter(({ status }) => status === 'failed')
    requireRetryable(failed)
    refuseFaults(
      failed
        .filter(({ accountId }) => inactive.some(({ id }) => id === accountId))
        .map(each => ({
          path: 'accounts',
          code: 'account_not_active',
          message: 'cannot publish: link it again, then retry',
          ...about(each)
        })),
      'target_refused'
    )
    await requireBytes(trx, tenantId, uploadId)
    const month = await reserveQuota(app, trx, tenantId, failed.length)
    for (const each of failed) {
      const again = retried(deliveryOf(app, each))
      if (!again) throw new Error('a delivery that may exist was about to be retried')
      await wake(trx, each.id, again, sealState(app.seal, each.id, again.state), month)
    }
    await noteDecisions(trx, caller, uploadId, 'retried', failed.map(idOf))
    await refreshUpload(trx, tenantId, uploadId)
    await notify(trx)
    const status = await readStatus(trx, tenantId, uploadId)
    await ask.idempotent?.keep(trx, 200, status)
    return status
  })
}

function requireRetryable(asked: readonly Locked[]): void {
  const others = asked.filter(({ status }) => status !== 'failed')
  if (others.length > 0 || asked.length === 0) {
    throw problem('not_failed', 'Nothing was started: only targets that failed can be retried.', {
      errors: others.map(each => ({
        path: 'accounts',
        code: 'not_failed',
        message: `is ${each.status}, not failed`,
        ...about(each)
      }))
    })
  }
  const unknown = asked.filter(isUnknown)
  if (unknown.length === 0) return
  throw problem('needs_resolve', 'Nothing was started: the post may be there already. Look, and resolve it first.', {
    errors: unknown.map(each => ({
      path: 'accounts',
      code: 'outcome_unknown',
      message: 'may have been published',
      ...about(each)
    }))
  })
}

/** It failed, and the post may be there all the same. */
export const isUnknown = (target: Locked): boolean =>
  target.status === 'failed' && (target.doubtCommits || target.stage === 'committed')

/** The asked targets, locked. 422 names the accounts that are none. */
async function readAsked(trx: Db, ask: Ask): Promise<Locked[]> {
  const targets = await lockTargets(trx, ask.caller.tenantId, ask.uploadId)
  const { accounts } = ask
  if (!accounts) return targets
  const names = targets.map(({ accountId }) => publicId('account', accountId))
  refuseFaults(
    accounts.flatMap((name, index) =>
      names.includes(name)
        ? []
        : [{ path: `accounts[${index}]`, code: 'not_a_target', message: 'is not among the accounts of this upload' }]
    )
  )
  return targets.filter((_, index) => accounts.includes(names[index] as string))
}

const idOf = ({ id }: { readonly id: string }) => id

export const about = ({ accountId, platform }: Pick<Locked, 'accountId' | 'platform'>) => ({
  accountId: publicId('account', accountId),
  platform
})
