import { createMeter } from './meter.ts'

export type UploadState = 'preparing' | 'sending' | 'waiting' | 'paused' | 'completing' | 'done' | 'failed' | 'aborted'

/** A snapshot: it does not change, another one takes its place. */
export interface Progress {
  readonly state: UploadState
  /** While `waiting`: what has to come back. It goes on by itself. */
  readonly waitingFor: 'network' | 'server' | null
  /** Never less than before. */
  readonly bytesSent: number
  readonly bytesTotal: number
  /** Smoothed. null: not known. */
  readonly bytesPerSecond: number | null
  readonly secondsLeft: number | null
  /** Some of it had arrived before, in an earlier run. */
  readonly isContinued: boolean
}

type Phase = 'preparing' | 'sending' | 'completing' | 'done' | 'failed' | 'aborted'

/** Seconds between two looks at what was sent. */
const LOOK = 0.2

/** Keeps what is told of an upload, and tells it. `sentNow`: bytes that have left, whatever became of them. */
export function createReporter(total: number, sentNow: () => number, isPaused: () => boolean) {
  const listeners = new Set<(progress: Progress) => void>()
  const meter = createMeter(total)
  const waiters = new Map<object, 'network' | 'server'>()
  let phase: Phase = 'preparing'
  let senders = 0
  let isContinued = false
  let clock: ReturnType<typeof setInterval> | undefined
  let current: Progress = {
    state: 'preparing',
    waitingFor: null,
    bytesSent: 0,
    bytesTotal: total,
    bytesPerSecond: null,
    secondsLeft: null,
    isContinued
  }

  function stateNow(): UploadState {
    if (phase === 'done' || phase === 'failed' || phase === 'aborted') return phase
    if (isPaused()) return 'paused'
    return waiters.size > 0 && senders === 0 ? 'waiting' : phase
  }

  function look(): void {
    const state = stateNow()
    const bytesSent = state === 'done' ? total : Math.max(current.bytesSent, sentNow())
    if (state !== 'sending') meter.reset()
    const unknown = { bytesPerSecond: null, secondsLeft: null }
    const measured = state === 'sending' ? meter.read(bytesSent, performance.now() / 1000) : unknown
    const waitingFor = state === 'waiting' ? ([...waiters.values()].at(-1) ?? null) : null
    const next = { state, waitingFor, bytesSent, bytesTotal: total, ...measured, isContinued }
    watch(state === 'sending')
    if (isSame(current, next)) return
    current = next
    for (const listener of listeners) tell(listener, current)
  }

  function watch(isOn: boolean): void {
    if (isOn === (clock !== undefined)) return
    clearInterval(clock)
    clock = isOn ? setInterval(look, LOOK * 1000) : undefined
  }

  return {
    look,
    current: () => current,
    continued(): void {
      isContinued = true
    },
    enter(next: Phase): void {
      phase = next
      look()
    },
    /** Returns how to say that it is over. */
    sending(): () => void {
      senders++
      look()
      return () => {
        senders--
      }
    },
    waiting(what: 'network' | 'server'): () => void {
      const waiter = {}
      waiters.set(waiter, what)
      look()
      return () => {
        waiters.delete(waiter)
        look()
      }
    },
    listen(listener: (progress: Progress) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  }
}

export type Reporter = ReturnType<typeof createReporter>

/** What goes wrong in a listener is its own fault, and none of the upload. */
function tell(listener: (progress: Progress) => void, progress: Progress): void {
  try {
    listener(progress)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

const isSame = (one: Progress, other: Progress): boolean =>
  (Object.keys(one) as (keyof Progress)[]).every(name => one[name] === other[name])
