import type { App } from './app.ts'
import { sweep as sweepIdempotencyKeys } from './idempotency/queries.ts'
import { expireSessions } from './sessions/finish.ts'

const MINUTE = 60_000

export interface Sweeper {
  stop(): Promise<void>
}

/** Once a minute: ends the sessions whose time is over and forgets answers of yesterday. Any number of processes may. */
export function startSweeper(app: App): Sweeper {
  let sweeping: Promise<void> | undefined
  const sweep = async () => {
    try {
      await expireSessions(app)
      await sweepIdempotencyKeys(app.database.db)
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
