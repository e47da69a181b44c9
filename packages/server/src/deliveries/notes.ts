import type { App } from '../app.ts'
import { publicId } from '../lib/ids.ts'
import { seenSeconds } from '../lib/metrics.ts'
import type { Row } from './engine.ts'
import type { Entry } from './journal.ts'
import { mayExist, type Next } from './machine.ts'
import type { Claimed } from './rows.ts'

/**
 * Tells how late a "yes" came, after the step was written: `settleSeconds` are assumptions until figures stand beside them.
 * `row`: as it was when the question was asked.
 */
export function noteSeen(app: App, claimed: Claimed, row: Row, next: Next, entries: readonly Entry[]): void {
  const { delivery, times } = row
  if (!mayExist(delivery) || entries.at(-1)?.call !== 'check') return
  const isDoubtful = delivery.doubt?.commits === true
  const isSeen = next.delivery.status === 'uploaded' || (isDoubtful && isTaken(next))
  if (!isSeen) return
  const commit = isDoubtful ? 'doubtful' : 'acknowledged'
  seenSeconds.observe({ platform: claimed.platform, commit }, times.doubtAge)
  const about = { deliveryId: publicId('delivery', claimed.id), tenantId: claimed.tenantId, platform: claimed.platform }
  app.log.info({ ...about, commit, seconds: Math.round(times.doubtAge) }, 'a post was seen')
}

const isTaken = ({ delivery: { stage, doubt } }: Next) => stage === 'committed' && doubt === null

/** What only the operator can mend stops a whole platform: it is said to whoever watches the log, and not only to its users. */
export function noteOperator(app: App, { platform, tenantId, id }: Claimed, { delivery: { failure } }: Next): void {
  if (failure?.kind !== 'operator') return
  const about = { platform, tenantId, deliveryId: publicId('delivery', id), code: failure.code }
  app.log.error(about, 'the app of this installation needs its operator: the platform refuses it')
}
