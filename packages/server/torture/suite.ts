import { createDice, type Dice } from '../test/simulation/clock.ts'
import type { Ground } from './database.ts'
import { fewOfEach, shuffle, withFewFirst } from './draw.ts'
import type { History, Section } from './history.ts'
import { killSecondAt, listSecondPoints } from './kills/again.ts'
import { FLOWS, type Flow, killApiAt, killApiInBody, listFlowPoints } from './kills/flows.ts'
import { killImporterAt, listImporterPoints } from './kills/importer.ts'
import { LATEST, lateCommit } from './kills/late.ts'
import { DUE, type Life, ownPoints, PLAIN, TROUBLED } from './kills/lives.ts'
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
  const inShared = [...points].map(([id, found]) =>
    isFlow(id) ? flowsOf(id, found) : isPlatform(id) ? workersOf(id, found) : importerOf(found)
  )
  const alone = [...points].flatMap(([id, found]) => (isPlatform(id) ? treesOf(id, found) : []))
  const shared = { worlds: plan.worlds, parallel: 1, seconds: 10, open, close: (world: World) => world.close() }
  const own = {
    ...shared,
    seconds: 30,
    open: async (n: number) => ({ n, in: ground.folder, without: plan.without }),
    close: async () => {}
  }
  return {
    worker: { ...shared, histories: pick('Kills and stops', inShared, { ...plan, most: MOST }, dice) },
    tree: { ...own, histories: pick('Whole systems', alone, { ...plan, most: MOST_OWN }, dice) }
  }
}

const IMPORTER = 'importer'
const isFlow = (id: string): id is Flow => Object.hasOwn(FLOWS, id)
const isPlatform = (id: string): id is keyof typeof PLATFORMS => Object.hasOwn(PLATFORMS, id)

interface Found {
  readonly points: readonly string[]
  /** Those that only such a life has. */
  readonly lives: readonly { readonly life: Life; readonly points: readonly string[] }[]
  /** Those of whoever takes over what died after its commit. */
  readonly second: readonly string[]
}

/** By platform, by way in, and of the importer. */
async function findPoints(open: (n: number) => Promise<World>, only: string | undefined): Promise<Map<string, Found>> {
  const all = [...Object.keys(PLATFORMS), ...Object.keys(FLOWS), IMPORTER]
  const named = all.filter(id => only?.includes(id))
  const found = await Promise.all(
    (named.length > 0 ? named : all).map(async (id, n): Promise<readonly [string, Found]> => {
      const world = await open(n)
      try {
        if (isFlow(id)) return [id, { points: await listFlowPoints(world, id), lives: [], second: [] }]
        if (!isPlatform(id)) return [id, { points: await listImporterPoints(world), lives: [], second: [] }]
        const points = await listPoints(world, id, PLAIN)
        const lives = []
        for (const life of [DUE, ...TROUBLED])
          lives.push({ life, points: ownPoints(points, await listPoints(world, id, life)) })
        return [id, { points, lives, second: await listSecondPoints(world, id) }]
      } finally {
        await world.close()
      }
    })
  )
  for (const [id, { points, lives, second }] of found) {
    if (points.length === 0 || (isPlatform(id) && second.length === 0))
      throw new Error(`the dry run of ${id} came to no point`)
    for (const { life, points } of lives)
      if (points.length === 0) throw new Error(`the dry run of ${id}, ${life.name}was as a plain one`)
  }
  return new Map(found)
}

/** All of the kills and stops are planned, in this order; of the `rest` what there is room for. */
interface Candidates<W> {
  readonly kills: readonly History<W>[]
  readonly stops: readonly History<W>[]
  readonly rest: readonly History<W>[]
}

function workersOf(platform: keyof typeof PLATFORMS, { points, lives, second }: Found): Candidates<World> {
  const { name } = PLATFORMS[platform]
  // What is not held by anybody is not taken over either.
  const held = points.filter(point => !/^after (commit|save)/.test(point))
  const due = lives.find(({ life }) => life === DUE)?.points ?? []
  const isLeaving = (point: string) => /^(after begin|(before|in the body of) (POST|PUT))/.test(point)
  const stops = (at: readonly string[]) =>
    at.flatMap(point => [stopAt(platform, name, point, PLAIN), wakeAt(platform, name, point)])
  return {
    kills: [
      ...points.map(point => killAt(platform, name, point, PLAIN)),
      ...lives.flatMap(({ life, points }) => points.map(point => killAt(platform, name, point, life))),
      ...second.map(point => killSecondAt(platform, name, point)),
      ...[60, LATEST].map(seconds => lateCommit(platform, name, seconds))
    ],
    stops: [...due.map(point => stopAt(platform, name, point, DUE)), ...stops(held.filter(isLeaving))],
    rest: stops(held.filter(point => !isLeaving(point)))
  }
}

const flowsOf = (flow: Flow, { points }: Found): Candidates<World> => ({
  kills: [
    ...points.map(point => killApiAt(flow, point)),
    // An import brings no body.
    ...(flow === 'imported' ? [] : [0.01, 0.5, 0.99].map(share => killApiInBody(flow, share)))
  ],
  stops: [],
  rest: []
})

const importerOf = ({ points }: Found): Candidates<World> => ({
  kills: points.map(killImporterAt),
  stops: [],
  rest: []
})

const treesOf = (platform: string, { points }: Found): Candidates<Own> => ({
  kills: [],
  stops: [],
  rest: points.flatMap(point => [
    killTreeAt(platform, point),
    killDatabaseAt(platform, point, 'backend'),
    killDatabaseAt(platform, point, 'postmaster')
  ])
})

/** More than two cores play in 25 minutes beside the lies. */
const MOST = 1000
/** Each of these starts a system of its own, PostgreSQL included. */
const MOST_OWN = 36

/** The candidates that are to be played: each kind in an order of chance. */
function pick<W>(
  name: string,
  all: readonly Candidates<W>[],
  { only, isSubset, most }: Pick<Options, 'only' | 'isSubset'> & { readonly most: number },
  dice: Dice
): History<W>[] {
  const isWanted = (history: History<W>) => only === undefined || history.name.includes(only)
  const draw = (of: keyof Candidates<W>) => shuffle(all.flatMap(each => each[of]).filter(isWanted), dice)
  const wanted = [...draw('kills'), ...draw('stops'), ...draw('rest')]
  if (isSubset) return fewOfEach(wanted, 3)
  const left = wanted.length - most
  if (left > 0) console.log(`${name}: ${most} of ${wanted.length} points; the seed leaves ${left} out.`)
  return withFewFirst(wanted.slice(0, most))
}
