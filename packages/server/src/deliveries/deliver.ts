import { type Connector, secondsToMidnight } from '@upload24/connectors'
import type { App } from '../app.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { MediaChanged, Missing } from '../storage/errors.ts'
import type { Found } from './claim-queries.ts'
import { type Row, run, type Store } from './engine.ts'
import { openFence } from './fence.ts'
import { planOf } from './follow-ups/follow-ups.ts'
import { openJournal } from './journal.ts'
import { apply, giveUp, shapeOf, stop as stopNow } from './machine.ts'
import { end } from './outcomes.ts'
import * as queries from './queries.ts'
import { type Claimed, type Deadline, deadlineAfter, toRow } from './rows.ts'
import { createStore } from './store.ts'
import { type Job, openWork } from './work.ts'

/** Works on one claimed delivery until it must wait or is over. Throws when the lease is lost: nothing is left to do then. */
export async function deliver(
  app: App,
  platforms: Platforms,
  claimed: Found,
  sentAt: Deadline,
  stop: AbortSignal
): Promise<void> {
  const connector = platforms.connectorOf(claimed.platform)
  if (!connector) throw new Error(`there is no connector for ${claimed.platform}`)
  const deadline = deadlineAfter(sentAt)
  const fence = openFence(deadline, stop)
  try {
    fence.check()
    // Again after a crash: the worker that claimed it first may have died before this.
    if (claimed.parentId === null && (claimed.isFirst || claimed.crashes > 0)) {
      await queries.refreshUpload(app.database.db, claimed.tenantId, claimed.uploadId)
    }
    const row = toRow(app.seal, claimed, deadline)
    const plan = planOf(connector, claimed)
    if (!plan) return await leaveUnknown(app, claimed, deadline, row)
    const { publisher } = plan
    const journal = openJournal()
    const store = createStore(app, claimed, deadline, plan, journal)
    if (await waitsForBudget(app, connector, claimed, row, store)) return
    await runWith({ app, platforms, connector, publisher, claimed, store, journal, fence, stop }, row)
  } finally {
    fence.close()
  }
}

async function runWith(job: Job, row: Row): Promise<void> {
  let work: Awaited<ReturnType<typeof openWork>> | undefined
  try {
    work = await openWork(job)
    await run(work, row)
  } catch (error) {
    if (!(error instanceof MediaChanged || error instanceof Missing)) throw error
    // The file is opened before anything is begun: nothing of this chunk can have left.
    const current = await job.store.reload(row)
    const isOwnFile = job.claimed.fileId !== null && error instanceof Missing
    await job.store.save(current, end(current.delivery, isOwnFile ? FILE_GONE : MEDIA_CHANGED))
  } finally {
    work?.close()
  }
}

/** A follow-up of another version: workers of that version do it, or it ends when too many had to leave it. */
async function leaveUnknown(app: App, claimed: Claimed, deadline: Deadline, row: Row): Promise<void> {
  const over = row.stop ? stopNow(row.delivery, row.stop) : giveUp(row.delivery, row.times)
  if (!over) throw new Error(`${claimed.platform} has no follow-up "${claimed.followUp}"`)
  const plan = { publisher: { settleSeconds: 0 }, wanted: () => [], locates: false }
  await createStore(app, claimed, deadline, plan, openJournal()).save(row, over)
}

const FILE_GONE = {
  kind: 'permanent',
  scope: 'delivery',
  code: 'file_gone',
  message: 'The file for this is not stored any more.'
} as const

const MEDIA_CHANGED = {
  kind: 'permanent',
  scope: 'delivery',
  code: 'media_changed',
  message: 'The stored file is not the one that was accepted any more. Send it again.'
} as const

/** A start counts against the app's day, which all tenants share. When the day's are used, everyone of the app waits for the next. */
async function waitsForBudget(
  app: App,
  connector: Connector,
  claimed: Claimed,
  row: Row,
  store: Store
): Promise<boolean> {
  const { budget, name, publisher } = connector
  const isStart = row.delivery.stage === 'prepare' && row.delivery.state === null && claimed.parentId === null
  // The sandbox has one app per workspace, and counts for itself.
  if (!budget || !isStart || row.stop !== null || claimed.app !== claimed.platform) return false
  if (giveUp(row.delivery, row.times)) return false
  if (await queries.spendBudget(app.database.db, claimed.app, budget.perDay, budget.zone)) return false
  const failure = {
    kind: 'retry',
    scope: 'app',
    code: 'daily_budget_used',
    message: `${name} allows this installation ${budget.perDay} uploads a day, and today's are used. It goes on after midnight there.`,
    after: secondsToMidnight(budget.zone, row.now)
  } as const
  await store.save(row, apply(row.delivery, 'prepare', { type: 'refused', failure }, row.times, shapeOf(publisher)))
  return true
}
