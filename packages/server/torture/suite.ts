import { createDice, type Dice } from '../test/simulation/clock.ts'
import type { Ground } from './database.ts'
import { shuffle } from './draw.ts'
import type { History, Section } from './history.ts'
import { FLOWS, type Flow, killApiAt, killApiInBody, listFlowPoints } from './kills/flows.ts'
import { LATEST, lateCommit } from './kills/late.ts'
import { stopAt, wakeAt } from './kills/stopped.ts'
import { killDatabaseAt, killTreeAt, type Own } from './kills/tree.ts'
import { killAt, listPoints } from './kills/worker.ts'
import type { Options } from './options.ts'
import { PLATFORMS } from './platforms.ts'
import { openWorld, type World } from './world.ts'

/** Everything that dies. The dry runs that find the points are made here: with every safeguard in place. */
export async function planKills(
  ground: Ground,
  plan: Options
): Promise<{ worker: Section<World>; tree: Section<Own> }> {
  const open = async (n: number) =>
    openWorld({ in: ground.folder, name: `world ${n}`, databaseUrl: await ground.create(), without: plan.without })
  const openWhole = async (n: number) =>
    openWorld({ in: ground.folder, name: `world ${n}`, databaseUrl: await ground.create() })
  const dice = createDice(plan.seed)
  const points = await findPoints(openWhole, plan.only)
  const inShared = [...points].flatMap(([id, found]) => (isFlow(id) ? flowsOf(id, found.points) : workersOf(id, found)))
  const alone = [...points].flatMap(([id, found]) => (isFlow(id) ? [] : treesOf(id, found.points)))
  const shared = { worlds: plan.worlds, parallel: 1, open, close: (world: World) => world.close() }
  const own = {
    ...shared,
    open: async (n: number) => ({ n, in: ground.folder, without: plan.without }),
    close: async () => {}
  }
  return {
    worker: { ...shared, histories: pick(inShared, plan, dice) },
    tree: { ...own, histories: pick(alone, plan, dice) }
  }
}

const isFlow = (id: string): id is Flow => Object.hasOwn(FLOWS, id)

interface Found {
  readonly points: readonly string[]
  /** Those of renewing a token. */
  readonly due: readonly string[]
}

/** By platform, and by way in. */
async function findPoints(open: (n: number) => Promise<World>, only: string | undefined): Promise<Map<string, Found>> {
  const all = [...Object.keys(PLATFORMS), ...Object.keys(FLOWS)]
  const named = all.filter(id => only?.includes(id))
  const found = await Promise.all(
    (named.length > 0 ? named : all).map(async (id, n) => {
      const world = await open(n)
      try {
        if (isFlow(id)) return [id, { points: await listFlowPoints(world, id), due: [] }] as const
        const points = await listPoints(world, id)
        const due = (await listPoints(world, id, { isDue: true })).filter(point =>
          /right to refresh|new tokens|token \d/.test(point)
        )
        return [id, { points, due }] as const
      } finally {
        await world.close()
      }
    })
  )
  return new Map(found)
}

function workersOf(platform: string, { points, due }: Found): History<World>[] {
  const name = PLATFORMS[platform]?.name ?? platform
  // What is not held by anybody is not taken over either. Where something is about to leave, none is left out.
  const held = points.filter(point => !/^after (commit|save)/.test(point))
  const isLeaving = (point: string) => /^(after begin|(before|in the body of) (POST|PUT))/.test(point)
  return [
    ...points.map(point => killAt(platform, name, point)),
    ...due.map(point => killAt(platform, name, point, { isDue: true })),
    ...(platform === 'instagram' ? [60, LATEST].map(seconds => lateCommit(platform, name, seconds)) : []),
    ...held.filter((point, n) => isLeaving(point) || n % 6 === 1).map(point => stopAt(platform, name, point)),
    ...held.filter((point, n) => isLeaving(point) || n % 6 === 4).map(point => wakeAt(platform, name, point))
  ]
}

const flowsOf = (flow: Flow, points: readonly string[]): History<World>[] => [
  ...points.map(point => killApiAt(flow, point)),
  ...[0.01, 0.5, 0.99].map(share => killApiInBody(flow, share))
]

/** Each of these starts a system of its own, PostgreSQL included: one point in ten. */
const treesOf = (platform: string, points: readonly string[]): History<Own>[] => [
  ...points.filter((_, n) => n % 10 === 4).map(point => killTreeAt(platform, point)),
  ...points.filter((_, n) => n % 10 === 9).map(point => killDatabaseAt(platform, point))
]

function pick<W>(all: readonly History<W>[], { only, isSubset }: Options, dice: Dice): History<W>[] {
  const wanted = shuffle(
    all.filter(({ name }) => only === undefined || name.includes(only)),
    dice
  )
  return isSubset ? choose(wanted, 3) : wanted
}

/** So many of each group. */
function choose<W>(histories: readonly History<W>[], count: number): History<W>[] {
  const groups = Map.groupBy(histories, ({ group }) => group)
  return [...groups.values()].flatMap(each => each.slice(0, count))
}
