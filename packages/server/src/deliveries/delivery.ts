import type { Failure, Progress, Publisher, RemotePost } from '@upload24/connectors'
import type { Pauses } from '../accounts/pauses.ts'
import type { DeliveryStatus, Stage } from '../db/tables.ts'

/** The words of the delivery machine: what a delivery is, what the database tells about time, what comes back. */

/** Seconds. A claim, a save or a beat holds the row this long. The fence and `settled_at` count from it. */
export const LEASE = 60
/** Seconds. After our side of a request is over, it may still take effect for this long (sockets, proxies, queues). */
export const CEILING = 120
/** Times that a delivery may begin anew because its session died. */
export const MAX_RESTARTS = 3
/** Leases that may run out in a row without progress. */
export const MAX_CRASHES = 5

export type Call = 'prepare' | 'send' | 'commit' | 'check'
export type ChangingCall = Exclude<Call, 'check'>
export type { Stage }
/** Of one whose time has come. */
export type Status = Exclude<DeliveryStatus, 'scheduled'>

export interface Delivery {
  readonly status: Status
  /** `committed`: the platform took the commit. From here only `check`. */
  readonly stage: Stage
  /** The connector's own memory. Null before the first `prepare`. */
  readonly state: unknown
  readonly bytes: number
  /** The platform holds [0, sent); the next chunk is [sent, end). */
  readonly sent: number
  readonly end: number
  /** A changing call that began and was not answered. `repeat`: it began more than once. */
  readonly doubt: {
    readonly call: ChangingCall
    readonly commits: boolean
    readonly repeat: boolean
  } | null
  /** Fruitless steps in a row: the backoff's exponent. */
  readonly tries: number
  readonly restarts: number
  readonly post: RemotePost | null
  readonly failure: Failure | null
  /** A person looked and said "not there". */
  readonly absent: boolean
}

/** The database's view of time, in seconds, from the last statement BEFORE the exchange: an answer counts for when it was asked. */
export interface Times {
  /** Since the first unanswered try began. */
  readonly doubtAge: number
  /** Until silence counts as "not posted", and until a repeat may leave. Zero or less: now. */
  readonly settlesIn: number
  /** Until we give up. */
  readonly left: number
  /** Leases that ran out since the last progress. */
  readonly crashes: number
}

/** What of a publisher the machine must know. */
export interface Shape {
  /** It has a `commit`. If not, the last byte makes the post. */
  readonly commits: boolean
  readonly settleSeconds: number
  /** Negative: a commit is never repeated. */
  readonly repeatableSeconds: number
}

/** The row to write, and delays (seconds) that the database turns into dates. */
export interface Next {
  readonly delivery: Delivery
  /** ask_at = now() + wait, with jitter. */
  readonly wait: number
  /** settled_at = now() + settle. Absent: unchanged. */
  readonly settle?: number
  /** Stop everyone in the failure's scope for `wait`. */
  readonly park?: 'account' | 'app'
  /** The platform named a time: give_up_at moves to at least 6 h after it, at most 72 h after the due time. */
  readonly patient?: boolean
  /** Stop everyone in these scopes for so many seconds: what usage headers ask for, whatever came of the step. */
  readonly pauses?: Pauses
}

/** What came of an exchange. `lost`: no answer, or one that may hide a success. */
export type Event =
  | { readonly type: 'answered'; readonly progress: Progress<unknown> }
  | { readonly type: 'refused'; readonly failure: Failure }
  | { readonly type: 'lost' }

/** A delivery of `bytes` as its first claim finds it. */
export const newDelivery = (bytes: number): Delivery => ({
  status: 'running',
  stage: 'prepare',
  state: null,
  bytes,
  sent: 0,
  end: 0,
  doubt: null,
  tries: 0,
  restarts: 0,
  post: null,
  failure: null,
  absent: false
})

export const shapeOf = (publisher: Publisher<any, any>): Shape => ({
  commits: publisher.commit !== undefined,
  settleSeconds: publisher.settleSeconds,
  repeatableSeconds: publisher.repeatableSeconds ?? -1
})

/** The post may exist, or may still come to exist. */
export const mayExist = (d: Delivery): boolean => d.stage === 'committed' || d.doubt?.commits === true

/** Seconds to the next try after `d.tries` fruitless ones: 5 s, doubling to 10 min. */
export const backoff = (d: Delivery): number => Math.min(600, 5 * 2 ** d.tries)
