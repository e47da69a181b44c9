import type { Failure, Refusal } from '../connector.ts'
import { retryAfter } from '../failures.ts'
import { ErrorBody, readAs } from './shapes.ts'

type Verdict = readonly [kind: Failure['kind'], scope: Failure['scope'], message: string]

/** By the platform's own word, from https://docs.template.example/errors. Every line has a line in the test of the error table. */
const WORDS: Readonly<Record<string, Verdict>> = {
  token_expired: ['relink', 'account', 'Template does not accept the sign-in any more. Link the account again.'],
  title_refused: ['permanent', 'delivery', 'Template refused the title.'],
  file_refused: ['permanent', 'delivery', 'Template cannot read this file as a video.'],
  too_many_posts: ['retry', 'account', 'This account has posted too much for now.']
}

/** Undefined: the house's rules by status. Never say `permanent` of an answer that may hide a success: that is `unknown`. */
export function classify(refusal: Refusal, now: Date): Failure | undefined {
  const word = readAs(ErrorBody, refusal.text)?.error.code ?? ''
  const verdict = WORDS[word]
  if (!verdict) return undefined
  const [kind, scope, message] = verdict
  const after = kind === 'retry' ? retryAfter(refusal.headers, now) : undefined
  return { kind, scope, code: `template_${word}`, message, ...(after === undefined ? {} : { after }) }
}
