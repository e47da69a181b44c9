/** Virtual time in seconds, and one seed's chances. A history is a queue of moments; nothing happens between them. */

export interface Clock {
  now: number
  at(time: number, run: () => void): void
  /** Goes to the next moment and runs it. False: nothing is to come. */
  step(): boolean
}

interface Moment {
  readonly time: number
  readonly order: number
  readonly run: () => void
}

export function createClock(): Clock {
  const heap: Moment[] = []
  let order = 0
  const isBefore = (a: Moment, b: Moment) => a.time < b.time || (a.time === b.time && a.order < b.order)
  const clock: Clock = {
    now: 0,
    at(time, run) {
      const moment = { time: Math.max(time, clock.now), order: order++, run }
      let i = heap.length
      heap.push(moment)
      while (i > 0) {
        const up = (i - 1) >> 1
        const parent = heap[up] as Moment
        if (!isBefore(moment, parent)) break
        heap[i] = parent
        i = up
      }
      heap[i] = moment
    },
    step() {
      const first = heap[0]
      const last = heap.pop()
      if (!first || !last) return false
      if (heap.length > 0) sink(last)
      clock.now = first.time
      first.run()
      return true
    }
  }
  function sink(moment: Moment): void {
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Moment, heap[child] as Moment)) child++
      if (!isBefore(heap[child] as Moment, moment)) break
      heap[i] = heap[child] as Moment
      i = child
    }
    heap[i] = moment
  }
  return clock
}

export interface Dice {
  /** [0, 1) */
  roll(): number
  chance(probability: number): boolean
  between(low: number, high: number): number
  /** Weighted: `[['a', 3], ['b', 1]]` gives 'a' three times in four. */
  pick<T>(of: readonly (readonly [T, number])[]): T
}

/** mulberry32: small, fast, the same on every machine. */
export function createDice(seed: number): Dice {
  let a = Math.imul(seed + 1, 0x9e3779b9)
  const dice: Dice = {
    roll() {
      a = (a + 0x6d2b79f5) | 0
      let t = Math.imul(a ^ (a >>> 15), 1 | a)
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296
    },
    chance: probability => dice.roll() < probability,
    between: (low, high) => low + (high - low) * dice.roll(),
    pick(of) {
      let left = dice.roll() * of.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [value, weight] of of) {
        left -= weight
        if (left < 0) return value
      }
      return (of[0] as (typeof of)[number])[0]
    }
  }
  return dice
}

/** A share of the longest possible delay: often close to all of it, never quite. */
export const late = (dice: Dice): number => (dice.chance(0.4) ? dice.between(0.9, 0.98) : dice.between(0.2, 0.98))
