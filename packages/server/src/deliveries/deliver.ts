import type { App } from '../app.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { MediaChanged, Missing } from '../storage/errors.ts'
import { type Budget, BudgetUsed, openBudget } from './budget.ts'
import type { Found } from './claim-queries.ts'
import { type Row, run } from './engine.ts'
import { openFence } from './fence.ts'
import { planOf } from './follow-ups/follow-ups.ts'
import { openJournal } from './journal.ts'
import { giveUp, stop as stopNow } from './machine.ts'
import { end, wait } from './outcomes.ts'
import { type Claimed, type Deadline, deadlineAfter, toRow } from './rows.ts'
import { createStore } from './store.ts'
import { type Job, openWork } from './work.ts'

/** Works on one claimed delivery until it must wait, makes room or is over. Throws when the lease is lost: nothing is left to do then. */
export async function deliver(
  app: App,
  platforms: Platforms,
  claimed: Found,
  sentAt: Deadline,
  stop: AbortSignal,
  makesRoom: () => boolean = () => false
): Promise<void> {
  const connector = platforms.connectorOf(claimed.platform)
  const deadline = deadlineAfter(sentAt)
  const fence = openFence(deadline, stop)
  try {
    fence.check()
    const row = tryRow(app, claimed, deadline)
    const plan = connector && planOf(connector, claimed)
    if (!row || !connector || !plan) return await leave(app, claimed, deadline, whyNot(claimed, connector, row))
    const { publisher } = plan
    const journal = openJournal()
    const budget = openBudget(connector, claimed, app.config.platforms[connector.id]?.uploadsADay)
    const store = createStore(app, claimed, deadline, plan, journal, budget)
    const job = { app, platforms, connector, publisher, claimed, store, journal, fence, stop, makesRoom }
    await runWith(job, budget, row)
  } finally {
    fence.close()
  }
}

async function runWith(job: Job, budget: Budget | null, row: Row): Promise<void> {
  let work: Awaited<ReturnType<typeof openWork>> | undefined
  try {
    work = await openWork(job)
    await run(work, row)
  } catch (error) {
    if (budget && error instanceof BudgetUsed) {
      const current = await job.store.reload(row)
      await job.store.save(current, wait(current.delivery, budget.failure(current.now)))
      return
    }
    if (!(error instanceof MediaChanged || error instanceof Missing)) throw error
    // The file is opened before anything is begun: nothing of this chunk can have left.
    const current = await job.store.reload(row)
    const isOwnFile = job.claimed.fileId !== null && error instanceof Missing
    await job.store.save(current, end(current.delivery, isOwnFile ? FILE_GONE : MEDIA_CHANGED))
  } finally {
    work?.close()
  }
}

/** Null: its state does not open. */
function tryRow(app: App, claimed: Claimed, deadline: Deadline): Row | null {
  try {
    return toRow(app.seal, claimed, deadline)
  } catch {
    return null
  }
}

const whyNot = ({ platform, followUp }: Claimed, connector: unknown, row: Row | null): string =>
  !row
    ? 'its state cannot be opened: the key that sealed it is not in SECRET_KEY, or the row was damaged'
    : connector
      ? `${platform} has no follow-up "${followUp}"`
      : `there is no connector for ${platform}`

/**
 * What this process cannot do: one of another version or with the right key does it, or its deadline ends it. Others' crashes end
 * follow-ups of unknown kinds alone: a key that was forgotten must not cost what waits.
 */
async function leave(app: App, claimed: Claimed, deadline: Deadline, why: string): Promise<void> {
  const row = toRow(app.seal, { ...claimed, state: null }, deadline)
  const { stop, times, delivery } = row
  const crashes = claimed.parentId === null ? 0 : times.crashes
  const over = stop ? stopNow(delivery, stop) : giveUp(delivery, { ...times, crashes })
  if (!over) throw new Error(why)
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
