import type { Failure, Progress, RemotePost } from '@upload24/connectors'
import {
  backoff,
  type Call,
  CEILING,
  type ChangingCall,
  type Delivery,
  type Event,
  LEASE,
  MAX_CRASHES,
  mayExist,
  type Next,
  newDelivery,
  type Shape,
  type Stage,
  type Times
} from './delivery.ts'
import {
  again,
  CRASHED,
  committed,
  end,
  GAVE_UP,
  GONE,
  go,
  NOT_THERE,
  over,
  restart,
  UNKNOWN,
  UNLINKED,
  wait
} from './outcomes.ts'

/*
 * The delivery machine: which call comes next, and what an answer, a refusal or silence means. It is pure: no clock, no
 * database, no network. It publishes exactly once because of three rules that every branch below serves:
 *
 *  - Only a commit makes a post: the verb `commit`, or the last byte where a platform has no such verb. The row says that a
 *    commit is about to leave before it leaves (`begin`), so that a crash during it is a remembered doubt.
 *  - In doubt we ask. "Posted" counts at once. "Not posted" counts only from a question asked after `settled_at`: when nothing
 *    of ours can still arrive, and the platform has had the time to show what did.
 *  - What may have been posted never ends as a plain failure: it ends as `outcome_unknown`, and a person looks.
 *
 *  scheduled → prepare ──► transfer ──► processing ──► (prepare: finalise, watermark) ──► ready ──► committed
 *              prepare ↺   send ↺       check ↺                                           commit    check ↺
 *
 *  `published`, from any answer, ends it as uploaded. `gone`, `rejected` and refusals of kind restart lead back to prepare.
 *  docs/decisions/0001-one-exchange-per-step.md has the reasons and the figures, test/simulation the proof.
 */

export * from './delivery.ts'

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
export function begin(d: Delivery, call: ChangingCall, shape: Shape): Next {
  if (!commits(d, call, shape)) return { delivery: { ...d, doubt: { call, commits: false, repeat: false } }, wait: 0 }
  const doubt = { call, commits: true, repeat: d.doubt?.commits === true }
  // A crash needs no clean-up: the row already says when silence will count, and when a repeat may leave.
  return { delivery: { ...d, doubt, absent: false }, wait: 0, settle: LEASE + CEILING + shape.settleSeconds }
}

/** What came of `call`. `t`: the times of the last statement before the exchange. */
export function apply(d: Delivery, call: Call, event: Event, t: Times, shape: Shape): Next {
  switch (event.type) {
    case 'answered':
      return answered(d, call, event.progress, t, shape)
    case 'refused':
      return refused(d, call, event.failure)
    case 'lost':
      return lost(d, call, shape)
  }
}

function lost(d: Delivery, call: Call, shape: Shape): Next {
  const next = again(d, backoff(d))
  return call !== 'check' && d.doubt?.commits ? { ...next, settle: CEILING + shape.settleSeconds } : next
}

function answered(d: Delivery, call: Call, p: Progress<unknown>, t: Times, shape: Shape): Next {
  if (p.at === 'published') {
    return over({ ...d, doubt: null, failure: null, status: 'uploaded', post: p.post ?? d.post })
  }
  if (p.at === 'rejected') return dead({ ...d, doubt: null }, p.failure)
  if (!mayExist(d)) return move(d, p, shape)
  return call === 'check' ? asked(d, p, t, shape) : acknowledged(d, call, p, shape)
}

/** Progress that is no end. */
type Midway = Exclude<Progress<unknown>, { at: 'published' | 'rejected' }>

/** The committing call's own answer. Short of the end is a plain "not yet"; all else is an acknowledgement. */
function acknowledged(d: Delivery, call: Call, p: Midway, shape: Shape): Next {
  if (p.at === 'transfer' && call === 'send' && p.sent < d.bytes && !d.doubt?.repeat) return move(d, p, shape)
  return p.at === 'unclear' ? lost(d, call, shape) : committed(d, p)
}

/** The answer to a question while the post may exist. */
function asked(d: Delivery, p: Midway, t: Times, shape: Shape): Next {
  if (p.at === 'processing') return committed(d, p)
  if (p.at === 'unclear') return notTold(d, p.askAgainIn, t, shape)
  // "Not posted", in one of four words. An acknowledged commit is never taken back; a doubt only when silence counts.
  if (d.stage === 'committed' && !d.absent) return again(d, backoff(d))
  if (t.settlesIn > 0) return again(d, Math.min(backoff(d), t.settlesIn))
  // We stood at `ready` when we called: bytes that are missing now contradict it.
  if (d.doubt?.call === 'commit' && (p.at === 'transfer' || p.at === 'prepare')) return again(d, backoff(d))
  return move(d, p, shape)
}

/** The platform cannot tell. A person's "not there" decides; else we ask again, repeat, or say that we do not know. */
function notTold(d: Delivery, askAgainIn: number | undefined, t: Times, shape: Shape): Next {
  const isCommit = d.doubt?.call === 'commit'
  if (d.absent && t.settlesIn <= 0) return isCommit ? go(d, { stage: 'ready' }) : restart(d, NOT_THERE)
  if (askAgainIn !== undefined) return again(d, askAgainIn)
  return isCommit && inWindow(t, shape) ? again(d, Math.max(t.settlesIn, 1)) : end(d, UNKNOWN)
}

/** Nothing is at stake: follow the platform. */
function move(d: Delivery, p: Midway, shape: Shape): Next {
  switch (p.at) {
    case 'prepare':
      return go(d, { stage: 'prepare', state: p.state }, p.askAgainIn)
    case 'transfer': {
      // Every byte is there and no result yet: where the last byte makes the post, it may be made.
      if (p.sent >= d.bytes) {
        return go(d, { stage: shape.commits ? 'processing' : 'committed', state: p.state, sent: d.bytes }, 5)
      }
      const to = { stage: 'transfer', state: p.state, sent: p.sent, end: Math.min(p.end, d.bytes) } as const
      if (p.sent > d.sent || d.stage !== 'transfer') return go(d, to, p.askAgainIn)
      // The chunk did not stay. Once it goes again at once: what cut it was rather us.
      return go(d, to, Math.max(p.askAgainIn ?? 0, d.tries === 0 ? 0 : backoff(d)), d.tries + 1)
    }
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

function refused(d: Delivery, call: Call, f: Failure): Next {
  // A refused question settles nothing. Nor does a refused repeat: the first try may have worked.
  const isOpen = mayExist(d) && (call === 'check' || d.doubt?.repeat === true)
  if (!isOpen) return call === 'check' ? step(d, f) : step({ ...d, doubt: null }, f)
  if (f.kind === 'relink') return end(d, f)
  if (f.kind === 'permanent' && call === 'check') return end(d, f)
  return wait(d, f)
}

/** What a failure means when nothing is at stake. */
function step(d: Delivery, f: Failure): Next {
  if (isFinal(f)) return end(d, f)
  return f.kind === 'restart' ? restart(d, f) : wait(d, f)
}

/** This try is dead by the platform's own word. */
const dead = (d: Delivery, f: Failure): Next =>
  step({ ...d, stage: 'prepare' }, isFinal(f) ? f : { ...f, kind: 'restart' })

const isFinal = (f: Failure): boolean => f.kind === 'permanent' || f.kind === 'relink'

/** Not null: the deadline passed, or the delivery keeps taking its workers down. */
export function giveUp(d: Delivery, t: Times): Next | null {
  if (t.left > 0 && t.crashes <= MAX_CRASHES) return null
  return end(d, d.failure ?? (t.left > 0 ? CRASHED : GAVE_UP))
}

/** Cancel is granted only while nothing may exist; unlinking cannot be refused. */
export const stop = (d: Delivery, why: 'cancel' | 'unlink'): Next =>
  why === 'cancel' && !mayExist(d) ? over({ ...d, status: 'canceled', doubt: null }) : end(d, UNLINKED)

/** The user's retry. Null: 409 `needs_resolve`. */
export const retried = (d: Delivery): Delivery | null => (mayExist(d) ? null : newDelivery(d.bytes))

/** The owner signed in again. At stake: go on where we were, and ask. Else start over: watermark and session are stale. */
export const relinked = (d: Delivery): Delivery => retried(d) ?? { ...d, status: 'running', failure: null, tries: 0 }

/**
 * A person's answer to `outcome_unknown`. "Not there" looks once more, with the same state and the same doubt.
 * It must not be taken before `settled_at`: until then a request of ours can still arrive behind the person's back.
 */
export const resolved = (d: Delivery, post: RemotePost | null): Delivery =>
  post
    ? { ...d, status: 'uploaded', doubt: null, failure: null, post }
    : { ...d, status: 'running', failure: null, tries: 0, absent: true }
