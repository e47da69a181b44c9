import { ConnectionError, ProblemError } from '../errors.ts'
import { secondsUntilRetry } from '../request.ts'
import type { Connectivity, Control } from './control.ts'
import type { Reporter } from './progress.ts'

const LONGEST_WAIT = 15

/** Runs a step until it succeeds, in spite of broken lines, a server that restarts, pauses and lost networks. */
export type Insist = <T>(step: () => Promise<T>, isPassing: (error: unknown) => boolean) => Promise<T>

export interface Persistence {
  readonly insist: Insist
  /** Something arrived: patience begins anew. */
  headway(): void
}

/** `patience`: seconds without any headway, while there is a network, after which the last error is thrown. */
export function createPersistence(
  control: Control,
  reporter: Reporter,
  connectivity: Connectivity,
  patience: number
): Persistence {
  let lastHeadway = performance.now()
  const headway = () => {
    lastHeadway = performance.now()
  }

  async function untilPossible(): Promise<void> {
    if (control.isPaused) {
      reporter.look()
      await control.untilRunning()
      headway()
      reporter.look()
    }
    control.ended.throwIfAborted()
  }

  async function rest(error: unknown, failures: number): Promise<void> {
    const isAway = error instanceof ConnectionError
    const leave = reporter.waiting(isAway ? 'network' : 'server')
    const isOffline = !connectivity.isOnline()
    try {
      await control.rest(Math.min(secondsUntilRetry(error, failures), LONGEST_WAIT), connectivity)
    } finally {
      leave()
    }
    // Time without a network is nobody's fault.
    if (isOffline) headway()
  }

  return {
    headway,
    async insist(step, isPassing) {
      for (let failures = 0; ; ) {
        await untilPossible()
        try {
          return await step()
        } catch (error) {
          control.ended.throwIfAborted()
          if (control.isPaused) continue
          const isOver = (performance.now() - lastHeadway) / 1000 > patience
          if (!isPassing(error) || isOver) throw error
          await rest(error, failures++)
        }
      }
    }
  }
}

/** The session is over, or was never there: nothing can be sent to it any more. */
export const isGone = (error: unknown): boolean =>
  error instanceof ProblemError && ['session_aborted', 'session_expired', 'not_found'].includes(error.code)

export const hasCode = (error: unknown, code: ProblemError['code']): error is ProblemError =>
  error instanceof ProblemError && error.code === code
