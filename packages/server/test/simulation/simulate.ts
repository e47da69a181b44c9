import { createHistory, type History, type Setting } from './history.ts'
import { judge, type Violation } from './judge.ts'
import { noStats, type Stats } from './world.ts'

export interface Figures {
  histories: number
  deliveries: number
  readonly violations: Record<Violation, number>
  /** The first seed with a violation. */
  firstBad: number | null
  uploaded: number
  canceled: number
  failed: number
  unknown: number
  readonly stats: Stats
}

export const noFigures = (): Figures => ({
  histories: 0,
  deliveries: 0,
  violations: { double: 0, lost: 0, silent: 0, cancel: 0 },
  firstBad: null,
  uploaded: 0,
  canceled: 0,
  failed: 0,
  unknown: 0,
  stats: noStats()
})

export const countViolations = ({ violations: v }: Figures): number => v.double + v.lost + v.silent + v.cancel

/** Histories that run side by side, so that many of them share a turn of the event loop. */
const WIDTH = 256

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

/** Runs the histories of seeds [from, to). `enough`: stop once so many are in violation. */
export async function simulate(setting: Setting, from: number, to: number, enough = Infinity): Promise<Figures> {
  const figures = noFigures()
  const live: { seed: number; history: History }[] = []
  let seed = from
  while ((seed < to && countViolations(figures) < enough) || live.length > 0) {
    while (live.length < WIDTH && seed < to && countViolations(figures) < enough) {
      live.push({ seed, history: createHistory(setting, seed) })
      seed++
    }
    for (let i = live.length - 1; i >= 0; i--) {
      const one = live[i] as (typeof live)[number]
      if (one.history.step()) continue
      add(figures, one.history, one.seed)
      live[i] = live[live.length - 1] as (typeof live)[number]
      live.pop()
    }
    // Every promise of this moment goes on before the next one.
    await turn()
  }
  return figures
}

function add(figures: Figures, history: History, seed: number): void {
  const { violations, ...counts } = judge(history)
  const one = { ...noFigures(), ...counts, histories: 1, deliveries: history.world.tables.rows.length }
  for (const violation of violations) one.violations[violation]++
  Object.assign(one.stats, history.world.stats)
  addFigures(figures, { ...one, firstBad: violations.length > 0 ? seed : null })
}

/** Adds `more` to `sum`. */
export function addFigures(sum: Figures, more: Figures): void {
  for (const key of COUNTS) sum[key] += more[key]
  for (const key of Object.keys(sum.violations) as Violation[]) sum.violations[key] += more.violations[key]
  for (const key of Object.keys(sum.stats) as (keyof Stats)[]) sum.stats[key] += more.stats[key]
  sum.firstBad ??= more.firstBad
}

const COUNTS = ['histories', 'deliveries', 'uploaded', 'canceled', 'failed', 'unknown'] as const
