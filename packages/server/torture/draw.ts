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

/** So many of each line of the table, in rounds. */
export function fewOfEach<T extends { readonly group: string }>(list: readonly T[], count: number): T[] {
  const groups = [...Map.groupBy(list, ({ group }) => group).values()]
  return Array.from({ length: count }, (_, n) => groups.flatMap(each => each[n] ?? [])).flat()
}

/** In its order, but for five of each line of the table, which come first: a slow machine plays some of everything. */
export const withFewFirst = <T extends { readonly group: string }>(list: readonly T[]): T[] => [
  ...new Set([...fewOfEach(list, 5), ...list])
]
