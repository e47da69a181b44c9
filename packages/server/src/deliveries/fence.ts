import type { Fence } from '@upload24/connectors'
import { LeaseLost } from './engine.ts'
import type { Deadline } from './rows.ts'

export interface MovingFence extends Fence {
  readonly signal: AbortSignal
  /** Nothing leaves any more, and what is under way is cut. */
  close(): void
}

/** Nothing leaves for a row after its deadline, which saves and beats move; `stop` closes it for good. */
export function openFence(deadline: Deadline, stop: AbortSignal): MovingFence {
  const controller = new AbortController()
  let timer: NodeJS.Timeout
  const left = () => Math.min(deadline.deadline - performance.now(), deadline.wall - Date.now())
  const close = () => {
    clearTimeout(timer)
    stop.removeEventListener('abort', close)
    controller.abort()
  }
  // Beats move the deadline while the timer runs: it looks again when it fires.
  const watch = () => {
    if (left() <= 0) close()
    else timer = setTimeout(watch, left()).unref()
  }
  watch()
  stop.addEventListener('abort', close)
  if (stop.aborted) close()
  return {
    signal: controller.signal,
    check() {
      if (controller.signal.aborted || left() <= 0) throw new LeaseLost()
    },
    close
  }
}
