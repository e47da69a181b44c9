import type { App } from './app.ts'
import { sweepFiles } from './files/sweep.ts'
import { sweep as sweepIdempotencyKeys } from './idempotency/queries.ts'
import { expireSessions } from './sessions/finish.ts'
import type { DiskStorage } from './storage/disk.ts'

const MINUTE = 60_000
/** What a process still writes is younger. */
const STALE_SECONDS = 3600

export interface Sweeper {
  stop(): Promise<void>
}

/**
 * Once a minute: ends the sessions whose time is over, forgets answers of yesterday, removes pictures and captions that
 * nothing uses and what killed processes left on the disk. Any number of processes may.
 */
export function startSweeper(app: App, disk: Pick<DiskStorage, 'sweep'>): Sweeper {
  let sweeping: Promise<void> | undefined
  const sweep = async () => {
    try {
      await expireSessions(app)
      await sweepIdempotencyKeys(app.database.db)
      await sweepFiles(app)
      await disk.sweep(STALE_SECONDS)
    } catch (error) {
      app.log.error({ err: error }, 'the sweep failed; the next one goes on')
    }
  }
  const timer = setInterval(() => {
    sweeping ??= sweep().finally(() => {
      sweeping = undefined
    })
  }, MINUTE)
  return {
    async stop() {
      clearInterval(timer)
      await sweeping
    }
  }
}
