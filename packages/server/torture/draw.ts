import type { Dice } from '../test/simulation/clock.ts'

/** In an order of chance. */
export function shuffle<T>(list: readonly T[], dice: Dice): T[] {
  return list
    .map(value => ({ value, at: dice.roll() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)
}

/** One of a list that is not empty. */
export const drawOne = <T>(list: readonly T[], dice: Dice): T => list[Math.floor(dice.roll() * list.length)] as T
