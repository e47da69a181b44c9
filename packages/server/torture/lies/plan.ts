import { createDice } from '../../test/simulation/clock.ts'
import { drawOne } from '../draw.ts'
import type { Flow } from './flows.ts'
import { fits, LIES, type Lie, type Strike, tell } from './lies.ts'
import { SPECIAL } from './special.ts'
import type { Seen } from './story.ts'

/** One history: a flow, and the lies that are told in it beside those of the flow itself. */
export interface Planned {
  /** Unique, and the same in every run: what `--only` takes. */
  readonly name: string
  /** The line of the table. */
  readonly group: string
  readonly flow: Flow
  readonly strikes: readonly Strike[]
  /** Two lies: the first may keep the second from being told. */
  readonly mayMiss: boolean
}

const NAMES = Object.keys(LIES) as Lie[]

/** Each lie at each exchange that the flow's dry run had, and the flow was made for. */
export function planEach(flow: Flow, seen: readonly Seen[]): Planned[] {
  // Where the flow lies itself, what comes after it is what it was made for.
  const from = seen.findLastIndex(({ lie }) => lie !== undefined) + 1
  const exchanges = seen.slice(from).filter(({ nth, label }) => nth === 1 && flow.at(label))
  return exchanges.flatMap(exchange =>
    NAMES.filter(lie => fits(lie, exchange)).map(lie => {
      const strike = { label: exchange.label, nth: 1, lie }
      return { name: `${flow.name}: ${tell(strike)}`, group: groupOf(flow), flow, strikes: [strike], mayMiss: false }
    })
  )
}

/** So many histories of two lies, drawn by the seed from what can be told in the flows that send a file. */
export function planPairs(seed: number, count: number, each: readonly Planned[]): Planned[] {
  const dice = createDice(seed)
  const told = each.filter(({ flow }) => flow.act === 'upload' && flow.base.length === 0)
  return Array.from({ length: told.length === 0 ? 0 : count }, (_, at) => {
    const one = drawOne(told, dice)
    const others = told.filter(({ flow }) => flow === one.flow)
    const other = drawOne(others, dice)
    const [a, b] = [one, other].flatMap(({ strikes }) => strikes) as [Strike, Strike]
    // The same exchange lies when it is repeated, too.
    const strikes = [a, a.label === b.label ? { ...b, nth: 2 } : b]
    return {
      name: `pair ${seed}.${at} ${one.flow.name}: ${strikes.map(tell).join(' + ')}`,
      group: `Two lies at random, ${one.flow.platform}`,
      flow: one.flow,
      strikes,
      mayMiss: true
    }
  })
}

export const planSpecial = (): Planned[] =>
  SPECIAL.map(flow => ({ name: flow.name, group: groupOf(flow), flow, strikes: [], mayMiss: false }))

export const groupOf = ({ platform }: Flow): string => `Lies, ${platform}`
