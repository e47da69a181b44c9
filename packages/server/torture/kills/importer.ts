import { setTimeout as sleep } from 'node:timers/promises'
import { nextFilm } from '../films.ts'
import { type History, unreached } from '../history.ts'
import { judge } from '../judge.ts'
import { untilReached } from '../reach.ts'
import { openTenant } from '../tenant.ts'
import type { Process, World } from '../world.ts'
import { FLOWS } from './flows.ts'

/** What becomes of it afterwards is not the point here. */
const PLATFORM = 'youtube'
const BYTES = 12 * 2 ** 20

/** Learns the points at which a worker can die that fetches a film: until it claims the delivery of it. */
export async function listImporterPoints(world: World): Promise<string[]> {
  const [worker] = (await world.workers(1)) as [Process]
  const tenant = await openTenant(world, PLATFORM)
  await worker.order({ do: 'record' })
  await FLOWS.imported(tenant, nextFilm(BYTES))
  const isClaimed = () => worker.points.some(isClaim)
  while (!isClaimed()) await sleep(50)
  const points = worker.points.slice(0, worker.points.findIndex(isClaim))
  await worker.order({ do: 'none' })
  return points
}

const isClaim = (point: string): boolean => /^after claim \d/.test(point)

/** `kill -9` to the worker at one point of an import. Another one fetches what is missing. */
export const killImporterAt = (point: string): History<World> => ({
  name: `importer: killed ${point}`,
  group: 'importing worker killed',
  async run(world) {
    const [worker] = (await world.workers(1)) as [Process]
    const tenant = await openTenant(world, PLATFORM)
    const film = nextFilm(BYTES)
    await worker.order({ do: 'kill', at: point })
    const importing = FLOWS.imported(tenant, film)
    const isReached = await untilReached(() => worker.diedAt() !== null, importing)
    await world.workers(1)
    const outcome = await judge(world, tenant, await importing, film)
    return isReached ? outcome : unreached(outcome)
  }
})
