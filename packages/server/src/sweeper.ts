import { keepAlive } from './accounts/keep-alive.ts'
import { sweepLinks } from './accounts/links/queries.ts'
import type { App } from './app.ts'
import { sweepEvents, sweepReaders } from './events/queries.ts'
import { sweepFiles } from './files/sweep.ts'
import { sweep as sweepIdempotencyKeys } from './idempotency/queries.ts'
import { forgetEnded } from './imports/queries.ts'
import type { Platforms } from './platforms/platforms.ts'
import { createRetention } from './retention/sweep.ts'
import { expireSessions } from './sessions/end.ts'
import { type DiskStorage, STALE_SECONDS } from './storage/disk.ts'

const MINUTE = 60_000

export interface Sweeper {
  stop(): Promise<void>
}

type Chores = Readonly<Record<string, () => Promise<unknown>>>

/**
 * Once a minute, whatever became of the others, each of the chores below; the bytes that no delivery needs any more once an
 * hour. Any number of processes may.
 */
export function startSweeper(app: App, platforms: Platforms, disk: Pick<DiskStorage, 'sweep'>): Sweeper {
  const stopping = new AbortController()
  const retention = createRetention(app, stopping.signal)
  let sweeping: Promise<void> | undefined
  const { db } = app.database
  const chores: Chores = {
    'sessions whose time is over': () => expireSessions(app),
    'kept answers': () => sweepIdempotencyKeys(db),
    events: () => sweepEvents(db),
    'readers of events': () => sweepReaders(db),
    links: () => sweepLinks(db),
    'pictures and captions': () => sweepFiles(app),
    'leftovers on the disk': () => disk.sweep(STALE_SECONDS),
    imports: () => forgetEnded(db),
    'bytes that nobody needs': () => retention.sweep(),
    'grants that would die unused': () => keepAlive(app, platforms, stopping.signal)
  }
  const timer = setInterval(() => {
    sweeping ??= doAll(chores, app.log, stopping.signal).finally(() => {
      sweeping = undefined
    })
  }, MINUTE)
  return {
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await sweeping
    }
  }
}

/** One after the other; what fails is logged by its name and stops nothing but itself. */
export async function doAll(chores: Chores, log: Pick<App['log'], 'error'>, signal: AbortSignal): Promise<void> {
  for (const [chore, run] of Object.entries(chores)) {
    if (signal.aborted) return
    try {
      await run()
    } catch (error) {
      log.error({ err: error, chore }, 'a chore of the sweep failed; it is tried again in a minute')
    }
  }
}
