/** Seconds over which the speed is smoothed, and over which the time left follows what is reckoned from it. */
const SPEED_MEMORY = 5
const LEFT_MEMORY = 3
/** Seconds to watch before anything is said. */
const WARM_UP = 1

export interface Reading {
  /** null: not known yet. */
  readonly bytesPerSecond: number | null
  readonly secondsLeft: number | null
}

/**
 * Speed and time left that do not jump: a mean that forgets, and a countdown that is drawn towards what it says.
 * `read` is given the bytes that have arrived, of `total`, and the time in seconds.
 */
export function createMeter(total: number) {
  let began: { readonly bytes: number; readonly now: number } | undefined
  let last = { bytes: 0, now: 0 }
  let weighted = 0
  let left: number | null = null

  return {
    /** After a pause nothing that was measured before is of use. */
    reset(): void {
      began = undefined
      weighted = 0
      left = null
    },
    read(bytes: number, now: number): Reading {
      if (began === undefined) {
        began = { bytes, now }
        last = began
        return { bytesPerSecond: null, secondsLeft: null }
      }
      const passed = now - last.now
      if (passed > 0) {
        const keep = Math.exp(-passed / SPEED_MEMORY)
        weighted = weighted * keep + ((bytes - last.bytes) / passed) * (1 - keep)
        last = { bytes, now }
      }
      const age = now - began.now
      if (age < WARM_UP) return { bytesPerSecond: null, secondsLeft: null }
      // A mean that began at nothing would say too little at first.
      const speed = weighted / (1 - Math.exp(-age / SPEED_MEMORY))
      left = speed < 1 ? null : follow(left, (total - bytes) / speed, passed)
      return { bytesPerSecond: Math.round(speed), secondsLeft: left === null ? null : Math.ceil(left) }
    }
  }
}

function follow(shown: number | null, reckoned: number, passed: number): number {
  if (shown === null) return reckoned
  const expected = Math.max(0, shown - passed)
  return expected + (reckoned - expected) * (1 - Math.exp(-passed / LEFT_MEMORY))
}
