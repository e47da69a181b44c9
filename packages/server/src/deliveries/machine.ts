import type { Failure, Progress, Publisher, RemotePost } from '@upload24/connectors'

/** Seconds. A claim, a save or a beat holds the row this long. */
export const LEASE = 60
/** Seconds. After our side of a request is over, it may still take effect for this long (sockets, proxies, queues). */
export const CEILING = 120
export const MAX_RESTARTS = 3
export const MAX_CRASHES = 5

export type Call = 'prepare' | 'send' | 'commit' | 'check'
export type Stage = 'prepare' | 'transfer' | 'processing' | 'ready' | 'committed'
export type Status = 'running' | 'uploaded' | 'failed' | 'canceled'

export interface Delivery {
  readonly status: Status
  /** `committed`: the platform took the commit. From here only `check`. */
  readonly stage: Stage
  readonly state: unknown
  readonly bytes: number
  readonly sent: number
  readonly end: number
  /** A changing call that began and was not answered. `repeat`: it began more than once. */
  readonly doubt: {
    readonly call: 'prepare' | 'send' | 'commit'
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

/** The database's view of time, in seconds, from the last statement BEFORE the exchange. */
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

export interface Shape {
  readonly commits: boolean
  readonly settleSeconds: number
  readonly repeatableSeconds: number
}

export const shapeOf = (p: Publisher<any, any>): Shape => ({
  commits: p.commit !== undefined,
  settleSeconds: p.settleSeconds,
  repeatableSeconds: p.repeatableSeconds ?? -1
})

/** The row to write, and delays that the database turns into dates. */
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
}

export type Event =
  | { readonly type: 'answered'; readonly progress: Progress<unknown> }
  | { readonly type: 'refused'; readonly failure: Failure }
  | { readonly type: 'lost' }

/** The post may exist, or may still come to exist. */
export const mayExist = (d: Delivery): boolean => d.stage === 'committed' || d.doubt?.commits === true

const CALLS: Record<Stage, Call> = {
  prepare: 'prepare',
  transfer: 'send',
  processing: 'check',
  ready: 'commit',
  committed: 'check'
}

export function nextCall(d: Delivery, t: Times, shape: Shape): Call {
  if (!d.doubt) return CALLS[d.stage]
  if (d.doubt.call === 'prepare') return 'prepare'
  return d.doubt.call === 'commit' && t.settlesIn <= 0 && inWindow(t, shape) ? 'commit' : 'check'
}

/** The platform still folds a repeat into the first. Judged again with the times of the `begin`: the claim may be a stall ago. */
export const inWindow = (t: Times, shape: Shape): boolean => t.doubtAge <= shape.repeatableSeconds

/** Could this call make the post? */
export const commits = (d: Delivery, call: Call, shape: Shape): boolean =>
  call === 'commit' || (call === 'send' && !shape.commits && d.end === d.bytes)

/** Written before every changing call, so that a crash during it is remembered as a doubt. */
export function begin(d: Delivery, call: Exclude<Call, 'check'>, shape: Shape): Next {
  if (!commits(d, call, shape)) return { delivery: { ...d, doubt: { call, commits: false, repeat: false } }, wait: 0 }
  const doubt = { call, commits: true, repeat: d.doubt?.commits === true }
  // A crash needs no clean-up: the row already says when silence will count, and when a repeat may leave.
  return { delivery: { ...d, doubt, absent: false }, wait: 0, settle: LEASE + CEILING + shape.settleSeconds }
}

export function apply(d: Delivery, call: Call, event: Event, t: Times, shape: Shape): Next {
  switch (event.type) {
    case 'answered':
      return answered(d, call, event.progress, t, shape)
    case 'refused':
      return refused(d, call, event.failure, t)
    case 'lost':
      return lost(d, call, shape)
  }
}

function lost(d: Delivery, call: Call, shape: Shape): Next {
  const next = again(d, backoff(d))
  return call !== 'check' && d.doubt?.commits ? { ...next, settle: CEILING + shape.settleSeconds } : next
}

function answered(d: Delivery, call: Call, p: Progress<unknown>, t: Times, shape: Shape): Next {
  if (p.at === 'published')
    return over({ ...d, doubt: null, failure: null, status: 'uploaded', post: p.post ?? d.post })
  if (p.at === 'rejected') return dead({ ...d, doubt: null }, p.failure)
  if (!mayExist(d)) return move(d, p, shape)

  if (call !== 'check') {
    // The committing call's own answer. Short of the end is a plain "not yet"; all else is an acknowledgement.
    if (p.at === 'transfer' && call === 'send' && p.sent < d.bytes && !d.doubt?.repeat) return move(d, p, shape)
    if (p.at === 'unclear') return lost(d, call, shape)
    return committed(d, p)
  }
  if (p.at === 'processing') return committed(d, p)
  if (p.at === 'unclear') {
    const told = d.absent && t.settlesIn <= 0
    if (told) return d.doubt?.call === 'commit' ? go(d, { stage: 'ready' }) : restart(d, NOT_THERE)
    if (p.askAgainIn !== undefined) return again(d, p.askAgainIn)
    return d.doubt?.call === 'commit' && inWindow(t, shape) ? again(d, Math.max(t.settlesIn, 1)) : end(d, UNKNOWN)
  }
  // "Not posted", in one of four words. An acknowledged commit is never taken back; a doubt only when silence counts.
  if (d.stage === 'committed' && !d.absent) return again(d, backoff(d))
  if (t.settlesIn > 0) return again(d, Math.min(backoff(d), t.settlesIn))
  // We stood at `ready` when we called: bytes that are missing now contradict it.
  if (d.doubt?.call === 'commit' && (p.at === 'transfer' || p.at === 'prepare')) return again(d, backoff(d))
  return move(d, p, shape)
}

/** Nothing is at stake: follow the platform. */
function move(d: Delivery, p: Exclude<Progress<unknown>, { at: 'published' | 'rejected' }>, shape: Shape): Next {
  switch (p.at) {
    case 'prepare':
      return go(d, { stage: 'prepare', state: p.state }, p.askAgainIn)
    case 'transfer':
      // Every byte is there and no result yet: where the last byte makes the post, it may be made.
      if (p.sent >= d.bytes)
        return go(d, { stage: shape.commits ? 'processing' : 'committed', state: p.state, sent: d.bytes }, 5)
      return go(
        d,
        { stage: 'transfer', state: p.state, sent: p.sent, end: Math.min(p.end, d.bytes) },
        p.sent > d.sent || d.sent === 0 ? 0 : backoff(d),
        p.sent > d.sent ? 0 : d.tries + 1
      )
    case 'processing':
      return go(d, { stage: 'processing', state: p.state, post: p.post ?? d.post }, p.askAgainIn)
    case 'ready':
      return go(d, { stage: 'ready', state: p.state })
    case 'gone':
      return restart(d, GONE)
    case 'unclear':
      return again(d, p.askAgainIn ?? backoff(d))
  }
}

function refused(d: Delivery, call: Call, f: Failure, t: Times): Next {
  // A refused question settles nothing. Nor does a refused repeat: the first try may have worked.
  const open = mayExist(d) && (call === 'check' || d.doubt?.repeat === true)
  if (!open) return call === 'check' ? step(d, f) : step({ ...d, doubt: null }, f)
  if (f.kind === 'relink') return end(d, f)
  if (f.kind === 'permanent' && call === 'check') return end(d, f)
  return wait(d, f)
}

/** What a failure means when nothing is at stake. */
function step(d: Delivery, f: Failure): Next {
  if (f.kind === 'permanent' || f.kind === 'relink') return end(d, f)
  return f.kind === 'restart' ? restart(d, f) : wait(d, f)
}

/** This try is dead by the platform's own word. */
const dead = (d: Delivery, f: Failure): Next =>
  step({ ...d, stage: 'prepare' }, f.kind === 'permanent' || f.kind === 'relink' ? f : { ...f, kind: 'restart' })

export function giveUp(d: Delivery, t: Times): Next | null {
  if (t.left > 0 && t.crashes <= MAX_CRASHES) return null
  return end(d, d.failure ?? (t.left > 0 ? CRASHED : GAVE_UP))
}

/** Cancel is granted only while nothing may exist; unlinking cannot be refused. */
export const stop = (d: Delivery, why: 'cancel' | 'unlink'): Next =>
  why === 'cancel' && !mayExist(d) ? over({ ...d, status: 'canceled', doubt: null }) : end(d, UNLINKED)

/** The owner signed in again. At stake: go on where we were, and ask. Else start over: watermark and session are stale. */
export const relinked = (d: Delivery): Delivery => retried(d) ?? { ...d, status: 'running', failure: null, tries: 0 }
/** The user's retry. Null: 409 `needs_resolve`. */
export const retried = (d: Delivery): Delivery | null =>
  mayExist(d)
    ? null
    : {
        ...d,
        status: 'running',
        stage: 'prepare',
        state: null,
        sent: 0,
        end: 0,
        doubt: null,
        tries: 0,
        restarts: 0,
        failure: null
      }
/** A person's answer to `outcome_unknown`. "Not there" looks once more, with the same state and the same doubt. */
export const resolved = (d: Delivery, post: RemotePost | null): Delivery =>
  post
    ? { ...d, status: 'uploaded', doubt: null, failure: null, post }
    : { ...d, status: 'running', failure: null, tries: 0, absent: true }

const go = (d: Delivery, to: Partial<Delivery>, wait = 0, tries = 0): Next => ({
  delivery: { ...d, doubt: null, failure: null, absent: false, tries, ...to },
  wait
})
const committed = (d: Delivery, p: Progress<unknown>): Next =>
  go(
    d,
    {
      stage: 'committed',
      ...('state' in p ? { state: p.state } : {}),
      ...(p.at === 'processing' && p.post ? { post: p.post } : {})
    },
    p.at === 'processing' ? p.askAgainIn : 5
  )
const again = (d: Delivery, wait: number): Next => ({ delivery: { ...d, tries: d.tries + 1 }, wait })
const wait = (d: Delivery, f: Failure): Next =>
  told({ delivery: { ...d, failure: f, tries: d.tries + 1 }, wait: f.kind === 'operator' ? 900 : backoff(d) }, f)
const restart = (d: Delivery, f: Failure): Next =>
  d.restarts >= MAX_RESTARTS
    ? end({ ...d, stage: 'prepare', doubt: null }, { ...f, kind: 'permanent' })
    : told(
        {
          delivery: {
            ...d,
            stage: 'prepare',
            state: null,
            sent: 0,
            end: 0,
            doubt: null,
            absent: false,
            restarts: d.restarts + 1,
            tries: d.tries + 1,
            failure: f
          },
          wait: backoff(d)
        },
        f
      )
/** The platform's own time and its scope, when it told them. */
const told = (n: Next, f: Failure): Next => ({
  ...n,
  ...(f.after === undefined ? {} : { wait: f.after, patient: true }),
  ...(f.scope === 'delivery' ? {} : { park: f.scope })
})
const over = (delivery: Delivery): Next => ({ delivery, wait: 0 })
/** The end without a post, in three honest forms. */
const end = (d: Delivery, f: Failure): Next =>
  mayExist(d) && d.post?.id !== undefined
    ? over({ ...d, status: 'uploaded', doubt: null })
    : over({ ...d, status: 'failed', failure: mayExist(d) ? { ...UNKNOWN, kind: f.kind } : f })

export const backoff = (d: Delivery): number => Math.min(600, 5 * 2 ** d.tries)

const failure = (kind: Failure['kind'], code: string, message: string): Failure => ({
  kind,
  scope: 'delivery',
  code,
  message
})
const UNKNOWN = failure(
  'unknown',
  'outcome_unknown',
  'The platform did not say whether the video was posted. Please look, and tell us.'
)
const GONE = failure('restart', 'session_gone', 'The platform forgot the upload.')
const NOT_THERE = failure('restart', 'not_there', 'A person found no post.')
const GAVE_UP = failure('permanent', 'gave_up', 'The platform could not be reached in time.')
const CRASHED = failure('permanent', 'worker_crashed', 'Publishing stopped the worker again and again.')
const UNLINKED = failure('permanent', 'account_unlinked', 'The account was unlinked.')
