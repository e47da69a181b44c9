import type { Ground } from '../database.ts'
import type { History, Outcome, Section } from '../history.ts'
import { FLOWS } from './flows.ts'
import { drawSome, type Planned, planEach, planPairs, planSpecial } from './plan.ts'
import { play } from './run.ts'
import { type LyingWorld, openLyingWorld } from './world.ts'

export interface LiesPlan {
  readonly seed: number
  /** Part of a name. */
  readonly only?: string | undefined
  readonly without?: string | undefined
  /** The few that `npm test` plays. */
  readonly isSubset: boolean
}

/** Histories at the same time in one world: they wait for most of their lives. */
const PARALLEL = 16
/** Histories of two lies in a full run. */
const PAIRS = 150
const SUBSET = { each: 20, special: 10, pairs: 10 }

/** Every lie at every exchange that a dry run had. */
export async function planLies(ground: Ground, plan: LiesPlan): Promise<Section<LyingWorld>> {
  const open = async (without?: string) =>
    openLyingWorld({ in: ground.folder, databaseUrl: await ground.create(), without })
  // Without a safeguard even a dry run may go wrong: it is made with all of them.
  const dry = await open()
  const histories = (await choose(dry, plan)).map(toHistory)
  let spare = plan.without === undefined && histories.length > 0 ? dry : undefined
  if (!spare) await dry.close()
  return {
    histories,
    worlds: 1,
    parallel: PARALLEL,
    async open() {
      const world = spare ?? (await open(plan.without))
      spare = undefined
      return world
    },
    close: world => world.close()
  }
}

async function choose(world: LyingWorld, { seed, only, isSubset }: LiesPlan): Promise<Planned[]> {
  const found = await Promise.all(
    FLOWS.map(async flow => {
      const { seen, violations } = await play(world, flow, [])
      if (violations.length > 0) throw new Error(`the dry run of "${flow.name}" went wrong: ${violations.join('; ')}`)
      return planEach(flow, seen)
    })
  )
  const each = found.flat()
  const pairs = planPairs(seed, PAIRS, each)
  const all = [...planSpecial(), ...each, ...pairs]
  if (only !== undefined) return all.filter(planned => nameOf(planned).includes(only))
  if (!isSubset) return all
  return [
    ...drawSome(seed, SUBSET.each, each),
    ...drawSome(seed, SUBSET.special, planSpecial()),
    ...pairs.slice(0, SUBSET.pairs)
  ]
}

const nameOf = ({ name }: Planned): string => `lies: ${name}`

const toHistory = (planned: Planned): History<LyingWorld> => ({
  name: nameOf(planned),
  group: planned.group,
  run: world => Promise.race([playOne(world, planned), world.failed])
})

async function playOne(world: LyingWorld, { flow, strikes, mayMiss }: Planned): Promise<Outcome> {
  const { seen: _, missed, ...outcome } = await play(world, flow, strikes)
  if (mayMiss || missed.length === 0) return outcome
  return { ...outcome, violations: [...outcome.violations, ...missed.map(lie => `never told: ${lie}`)] }
}
