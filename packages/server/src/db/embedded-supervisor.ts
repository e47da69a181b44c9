import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Home } from './embedded-home.ts'
import { isAlive, type Postmaster, startPostmaster, stopPostmaster } from './embedded-postmaster.ts'

/** Milliseconds between two looks at the process. An adopted one is not our child: nothing else would tell. */
const LOOK = 200
/** What lives shorter than these milliseconds died at once: the next start waits, each time twice as long. */
const AT_ONCE = 10_000
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 8000

export interface Supervisor {
  /** Ends the supervision and the server. */
  stop(): Promise<void>
}

/** Starts the server again whenever it dies, at the same address, until it is stopped. */
export function supervise(home: Home, settings: readonly string[], first: Postmaster, log: Logger): Supervisor {
  const stopping = new AbortController()
  const { signal } = stopping
  let running: Postmaster | undefined = first
  let isToldToFail = false

  const startAgain = async (): Promise<void> => {
    try {
      const { adopted, ...started } = await startPostmaster(home, settings, { socketDir: first.socketDir, signal })
      running = started
      isToldToFail = false
      log.warn({ postmaster: started.pid }, 'PostgreSQL runs again')
    } catch (error) {
      if (signal.aborted) return
      // Once: the next tries fail as this one did.
      if (!isToldToFail) log.error({ err: error }, 'PostgreSQL does not start again; it is tried on and on')
      isToldToFail = true
    }
  }

  const keep = async (): Promise<void> => {
    let pause = 0
    let startedAt = performance.now()
    while (!signal.aborted) {
      if (running && isAlive(running.pid)) {
        await rest(LOOK)
        continue
      }
      if (running) log.error({ postmaster: running.pid }, 'PostgreSQL died: it is started again')
      running = undefined
      const hasLived = performance.now() - startedAt > AT_ONCE
      pause = hasLived ? 0 : Math.min(pause * 2 || FIRST_PAUSE, LONGEST_PAUSE)
      await rest(pause)
      if (!signal.aborted) await startAgain()
      startedAt = performance.now()
    }
  }
  const rest = (milliseconds: number) => sleep(milliseconds, undefined, { signal }).catch(() => {})
  const keeping = keep()

  return {
    async stop() {
      stopping.abort()
      await keeping
      if (running) await stopPostmaster(home.data, running)
    }
  }
}
