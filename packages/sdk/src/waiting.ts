/** Waits so many seconds. Throws the signal's reason when it is aborted. */
export function wait(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const timer = setTimeout(end, seconds * 1000)
    signal?.addEventListener('abort', leave, { once: true })
    function end(): void {
      signal?.removeEventListener('abort', leave)
      resolve()
    }
    function leave(): void {
      clearTimeout(timer)
      reject(signal?.reason)
    }
  })
}

/** Seconds before try number `failures + 1`: doubling, and scattered so that many clients do not come back at once. */
export const backOff = (failures: number, most = 8): number =>
  Math.min(most, 0.25 * 2 ** failures) * (0.5 + Math.random() / 2)
