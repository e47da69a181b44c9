import { keepAlive } from './accounts/keep-alive.ts'
import type { App } from './app.ts'
import { sweepEvents, sweepReaders } from './events/queries.ts'
import { sweepFiles } from './files/sweep.ts'
import { sweep as sweepIdempotencyKeys } from './idempotency/queries.ts'
import { forgetEnded } from './imports/queries.ts'
import type { Platforms } from './platforms/platforms.ts'
import { createRetention } from './retention/sweep.ts'
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
 * nothing uses and what killed processes left on the disk, and cares for accounts; once an hour, the bytes that no delivery
 * needs any more. Any number of processes may.
 */
export function startSweeper(app: App, platforms: Platforms, disk: Pick<DiskStorage, 'sweep'>): Sweeper {
  const stopping = new AbortController()
  const retention = createRetention(app, stopping.signal)
  let sweeping: Promise<void> | undefined
  const sweep = async () => {
    try {
      await expireSessions(app)
      await sweepIdempotencyKeys(app.database.db)
      await sweepEvents(app.database.db)
      await sweepReaders(app.database.db)
      await sweepFiles(app)
      await disk.sweep(STALE_SECONDS)
      await forgetEnded(app.database.db)
      await retention.sweep()
      await keepAlive(app, platforms, stopping.signal)
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
      stopping.abort()
      await sweeping
    }
  }
}
