import { type Fence, Refused } from '@upload24/connectors'

/** Seconds for a person who waits before a page. */
export const PATIENCE = 30

/** Nothing is sent after so many seconds from now, and what is under way is cut. Two clocks: one stops in a suspended machine, one can be set. */
export function fenceAfter(seconds: number): Fence {
  const [monotonic, wall] = [performance.now() + seconds * 1000, Date.now() + seconds * 1000]
  return {
    signal: AbortSignal.timeout(seconds * 1000),
    check() {
      if (performance.now() < monotonic && Date.now() < wall) return
      const message = 'The platform took too long.'
      throw new Refused({ kind: 'retry', scope: 'delivery', code: 'too_slow', message })
    }
  }
}
