import { createDice } from '../../test/simulation/clock.ts'
import type { Ground } from '../database.ts'
import { shuffle, withFewFirst } from '../draw.ts'
import type { History, Outcome, Section } from '../history.ts'
import type { Options } from '../options.ts'
import { FLOWS, type Flow } from './flows.ts'
import { groupOf, type Planned, planEach, planPairs, planSpecial } from './plan.ts'
import { play } from './run.ts'
import type { Seen } from './story.ts'
import { type LyingWorld, openLyingWorld } from './world.ts'

/** Histories at the same time in one world: they wait for most of their lives. */
const PARALLEL = 24
/** Dry runs at the same time: nothing may be late in them. */
const DRY = 6
/** Histories of two lies in a full run. */
const PAIRS = 150
const SUBSET = { each: 22, pairs: 10 }

/** Every lie at every exchange that a dry run had. */
export async function planLies(ground: Ground, plan: Options): Promise<Section<LyingWorld>> {
  const open = async (without?: string) =>
    openLyingWorld({ in: ground.folder, databaseUrl: await ground.create(), without })
  // Without a safeguard even a dry run may go wrong: it is made with all of them.
  const dry = await open()
  const { broken, chosen } = await choose(dry, plan)
  const histories = [...broken, ...chosen.map(toHistory)]
  let spare = plan.without === undefined && histories.length > 0 ? dry : undefined
  if (!spare) await dry.close()
  return {
    histories,
    worlds: 1,
    parallel: PARALLEL,
    seconds: 10,
    async open() {
      const world = spare ?? (await open(plan.without))
      spare = undefined
      return world
    },
    close: world => world.close()
  }
}

/** `broken`: flows that even without a lie do not go well. Each of them fails as a history of its own. */
async function choose(world: LyingWorld, { seed, only, isSubset }: Options) {
  const left = flowsFor(only)
  const found = new Map<Flow, readonly Planned[]>()
  const broken: History<LyingWorld>[] = []
  const look = async (flow: Flow) => {
    try {
      found.set(flow, planEach(flow, await seenIn(world, flow)))
    } catch (error) {
      broken.push({ name: `lies: ${flow.name}: dry run`, group: groupOf(flow), run: () => Promise.reject(error) })
    }
  }
  const loop = async () => {
    for (let flow = left.shift(); flow; flow = left.shift()) await look(flow)
  }
  await Promise.all(Array.from({ length: DRY }, loop))
  const each = FLOWS.flatMap(flow => found.get(flow) ?? [])
  const pairs = planPairs(seed, PAIRS, each)
  const dice = createDice(seed)
  const chosen = isSubset
    ? [
        ...shuffle(each, dice).slice(0, SUBSET.each),
        ...planSpecial().filter(({ flow }) => flow.isCore),
        ...pairs.slice(0, SUBSET.pairs)
      ]
    : withFewFirst([...shuffle([...planSpecial(), ...each], dice), ...pairs])
  return { broken, chosen: only === undefined ? chosen : chosen.filter(planned => nameOf(planned).includes(only)) }
}

const nameOf = ({ name }: Planned): string => `lies: ${name}`

/** The flows that a name may come from: most of a dry run is for the others. */
function flowsFor(only: string | undefined): Flow[] {
  if (only === undefined || only.includes('pair ')) return [...FLOWS]
  if (planSpecial().some(planned => nameOf(planned) === only)) return []
  const named = FLOWS.filter(({ name }) => only.includes(`${name}: `))
  return named.length > 0 ? named : [...FLOWS]
}

/** What is exchanged where nobody lies. A machine that was too busy for a time-out has seen more than that: again. */
async function seenIn(world: LyingWorld, flow: Flow): Promise<readonly Seen[]> {
  for (let n = 1; ; n++) {
    const { seen, missed, violations } = await Promise.race([play(world, flow, []), world.failed])
    const isDisturbed = missed.length > 0 || seen.some(({ status, lie }) => status === undefined && lie === undefined)
    if (violations.length === 0 && !isDisturbed) return seen
    const words = [...violations, ...missed].join('; ') || 'an exchange had no answer'
    if (n === 3) throw new Error(`the dry run of "${flow.name}" went wrong: ${words}`)
  }
}

const toHistory = (planned: Planned): History<LyingWorld> => ({
  name: nameOf(planned),
  group: planned.group,
  run: world => Promise.race([playOne(world, planned), world.failed])
})

async function playOne(world: LyingWorld, { flow, strikes, mayMiss }: Planned): Promise<Outcome> {
  for (let n = 1; ; n++) {
    const { seen: _, missed, ...outcome } = await play(world, flow, strikes)
    if (mayMiss || missed.length === 0) return outcome
    // An exchange that did not come: a time-out of a busy machine may have led elsewhere. Once.
    if (n === 2 || outcome.violations.length > 0)
      return { ...outcome, violations: [...outcome.violations, ...missed.map(lie => `never told: ${lie}`)] }
  }
}
