import type { Failure, Progress } from '@upload24/connectors'
import { backoff, type Delivery, MAX_RESTARTS, mayExist, type Next } from './delivery.ts'

/** What a step can lead to. Each function here makes one kind of `Next`; `machine.ts` decides which. */

const ownFailure = (kind: Failure['kind'], code: string, message: string): Failure => ({
  kind,
  scope: 'delivery',
  code,
  message
})

export const UNKNOWN = ownFailure(
  'unknown',
  'outcome_unknown',
  'The platform did not say whether the video was posted. Please look, and tell us.'
)
export const GONE = ownFailure('restart', 'session_gone', 'The platform forgot the upload.')
export const NOT_THERE = ownFailure('restart', 'not_there', 'A person found no post.')
export const GAVE_UP = ownFailure(
  'permanent',
  'gave_up',
  'It could not be published in time: the platform was not reached, or its turn did not come.'
)
export const CRASHED = ownFailure('permanent', 'worker_crashed', 'Publishing stopped the worker again and again.')
export const UNLINKED = ownFailure('permanent', 'account_unlinked', 'The account was unlinked.')

/** An answer that settles: the doubt is over, the next call is known. */
export const go = (d: Delivery, to: Partial<Delivery>, wait = 0, tries = 0): Next => ({
  delivery: { ...d, doubt: null, failure: null, absent: false, tries, ...to },
  wait
})

/** The platform took the commit. From here only `check`. */
export const committed = (d: Delivery, p: Progress<unknown>): Next =>
  go(
    d,
    {
      stage: 'committed',
      ...('state' in p ? { state: p.state } : {}),
      ...(p.at === 'processing' && p.post ? { post: p.post } : {})
    },
    p.at === 'processing' ? p.askAgainIn : 5
  )

/** Nothing was learned: the same again, later. The doubt stays. */
export const again = (d: Delivery, seconds: number): Next => ({
  delivery: { ...d, tries: d.tries + 1 },
  wait: seconds
})

/** A refusal that passes: the same again, at the platform's time or ours. Our app's set-up needs a person: a quarter of an hour. */
export const wait = (d: Delivery, f: Failure): Next =>
  heed({ delivery: { ...d, failure: f, tries: d.tries + 1 }, wait: f.kind === 'operator' ? 900 : backoff(d) }, f)

/** The session is dead: begin anew, or end when that happened too often. The dead try's post is none of the next one's. */
export function restart(d: Delivery, f: Failure): Next {
  const anew: Delivery = { ...d, stage: 'prepare', doubt: null, post: null }
  if (d.restarts >= MAX_RESTARTS) return end(anew, { ...f, kind: 'permanent' })
  const delivery: Delivery = {
    ...anew,
    state: null,
    sent: 0,
    end: 0,
    absent: false,
    restarts: d.restarts + 1,
    tries: d.tries + 1,
    failure: f
  }
  return heed({ delivery, wait: backoff(d) }, f)
}

/** The platform's own time and its scope, when it told them. "At once" is not heeded a second time. */
const heed = (next: Next, f: Failure): Next => ({
  ...next,
  ...(f.after === undefined ? {} : { wait: Math.max(f.after, next.wait), patient: true }),
  ...(f.scope === 'delivery' ? {} : { park: f.scope })
})

export const over = (delivery: Delivery): Next => ({ delivery, wait: 0 })

/** The end without a settled answer, in three honest forms: seen by its id, perhaps posted, not posted. */
export function end(d: Delivery, f: Failure): Next {
  if (!mayExist(d)) return over({ ...d, status: 'failed', failure: f })
  if (d.post?.id !== undefined) return over({ ...d, status: 'uploaded', doubt: null })
  // The kind is kept: a new sign-in must find the deliveries that it can wake.
  return over({ ...d, status: 'failed', failure: { ...UNKNOWN, kind: f.kind } })
}
