import { type Failure, Lost, Refused } from '@upload24/connectors'
import type { App } from '../app.ts'
import { type Problem, problem } from '../http/problem.ts'

/** What a connector's throw means to the person who waits. An answer that could not be read is logged: it is a bug of ours. */
export function failureOf(app: Pick<App, 'log'>, error: unknown, name: string): Failure {
  if (error instanceof Refused) return error.failure
  if (!(error instanceof Lost)) app.log.error({ err: error }, 'a platform answered in an unknown way')
  const message = `${name} did not answer as expected. Try again.`
  return { kind: 'unknown', scope: 'delivery', code: 'platform_error', message }
}

/** A failure as the answer to a request. `refusal`: the word for a plain no. */
export function failureProblem(failure: Failure, refusal: 'link_refused' | 'platform_error'): Problem {
  const { code, message, kind, after } = failure
  const headers: Record<string, string> = after === undefined ? {} : { 'retry-after': String(Math.ceil(after)) }
  const word = kind === 'relink' || kind === 'permanent' ? refusal : 'platform_error'
  return problem(word, message, { more: { platformCode: code }, headers })
}
