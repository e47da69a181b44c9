/** One sleeper that can be woken early. A ring while nobody sleeps ends the next sleep at once. */
export interface Alarm {
  readonly ring: () => void
  wait(seconds: number): Promise<void>
}

export function createAlarm(): Alarm {
  let hasRung = false
  let wake: (() => void) | undefined
  return {
    ring() {
      hasRung = true
      wake?.()
    },
    async wait(seconds) {
      if (!hasRung) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, Math.ceil(seconds * 1000))
        wake = resolve
        await promise
        clearTimeout(timer)
        wake = undefined
      }
      hasRung = false
    }
  }
}
