import type { Answer, Connector } from '@upload24/connectors'

/** Seconds that everyone in a scope is to wait. */
export type Pauses = Readonly<Partial<Record<'account' | 'app', number>>>

/** What there is to say where usage headers asked, and nobody was refused. */
export const ASKED = { code: 'platform_pause', message: 'The platform asked for a pause.' } as const

/** Hears every answer of a step, refusals too, for what the platform's usage headers ask: the longest pause of each scope. */
export function openPauses(connector: Pick<Connector, 'pace'>) {
  let asked: Pauses = {}
  return {
    hear(answer: Answer, now: Date): void {
      const pause = connector.pace?.(answer, now)
      if (!pause || pause.seconds <= 0) return
      const { scope, seconds } = pause
      asked = { ...asked, [scope]: Math.max(seconds, asked[scope] ?? 0) }
    },
    /** What was heard since it was last asked. */
    take(): Pauses {
      const taken = asked
      asked = {}
      return taken
    }
  }
}
