import type { Failure } from '@upload24/connectors'
import { begin, type Delivery, type Event, newDelivery, type Shape, type Times } from '../src/deliveries/machine.ts'

/** Deliveries, times, shapes and answers for the tests of the machine. */

export const BYTES = 100
/** A platform with a commit, one whose last byte makes the post, and one that folds repeats for eight minutes. */
export const WITH_COMMIT: Shape = { commits: true, settleSeconds: 90, repeatableSeconds: -1 }
export const LAST_BYTE: Shape = { commits: false, settleSeconds: 30, repeatableSeconds: -1 }
export const REPEATABLE: Shape = { commits: true, settleSeconds: 30, repeatableSeconds: 480 }

export const EARLY: Times = { doubtAge: 20, settlesIn: 100, left: 3600, crashes: 0 }
export const SETTLED: Times = { doubtAge: 300, settlesIn: 0, left: 3600, crashes: 0 }
export const WINDOW_SHUT: Times = { ...SETTLED, doubtAge: 481 }

export const fresh = newDelivery(BYTES)
export const lastChunk: Delivery = { ...fresh, stage: 'transfer', state: 's', sent: 50, end: BYTES }
export const ready: Delivery = { ...fresh, stage: 'ready', state: 's', sent: BYTES, end: BYTES }
export const committed: Delivery = { ...ready, stage: 'committed' }
export const committing: Delivery = begin(ready, 'commit', WITH_COMMIT).delivery
export const repeating: Delivery = begin(committing, 'commit', REPEATABLE).delivery
export const lastSending: Delivery = begin(lastChunk, 'send', LAST_BYTE).delivery

export const failure = (kind: Failure['kind'], extra: Partial<Failure> = {}): Failure => ({
  kind,
  scope: 'delivery',
  code: `a_${kind}`,
  message: 'No.',
  ...extra
})
export const refused = (kind: Failure['kind'], extra?: Partial<Failure>): Event => ({
  type: 'refused',
  failure: failure(kind, extra)
})
export const answered = (progress: Extract<Event, { type: 'answered' }>['progress']): Event => ({
  type: 'answered',
  progress
})
export const LOST: Event = { type: 'lost' }
export const PUBLISHED = answered({ at: 'published', post: { id: 'p1' } })
export const NOT_POSTED = answered({ at: 'ready', state: 's' })
export const GONE = answered({ at: 'gone' })
export const UNCLEAR = answered({ at: 'unclear' })
export const PROCESSING = answered({ at: 'processing', state: 't', askAgainIn: 15 })
