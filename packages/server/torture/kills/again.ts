import { type Film, nextFilm } from '../films.ts'
import { type History, unreached } from '../history.ts'
import { judge } from '../judge.ts'
import { untilQuiet } from '../quiet.ts'
import { untilReached } from '../reach.ts'
import { openTenant, type Tenant } from '../tenant.ts'
import type { Process, World } from '../world.ts'
import { commitOf } from './late.ts'
import { untilPosted } from './lives.ts'

/*
 * Whoever takes over after a death can die, too: while it waits until nothing of the dead one can still arrive, while it asks, and
 * while it believes the answer. The first death is the worst: the commit is sent, and nobody knows what came of it.
 */

/** Learns the points at which the second worker can die. */
export async function listSecondPoints(world: World, platform: string): Promise<readonly string[]> {
  const { first, tenant, uploadId } = await dieOnce(world, platform)
  if (first.diedAt() === null) throw new Error(`the first worker of ${platform} did not die at its commit`)
  const [second] = (await world.workers(1, { do: 'record' })) as [Process]
  if (!(await untilQuiet(world, tenant, uploadId))) throw new Error(`the second dry run of ${platform} did not end`)
  // It makes its folders when it starts.
  const claimed = second.points.findIndex(point => point.startsWith('after claim'))
  const points = untilPosted(second.points.slice(claimed))
  await second.order({ do: 'none' })
  return points
}

/** `kill -9` to a worker whose commit was just sent, and to the one after it at a point of its work. */
export const killSecondAt = (platform: string, name: string, point: string): History<World> => ({
  name: `${platform}: killed after its commit, and the next one ${point}`,
  group: `${name}, worker killed`,
  async run(world) {
    const { first, tenant, film, uploadId } = await dieOnce(world, platform)
    if (first.diedAt() === null) return unreached(await judge(world, tenant, uploadId, film))
    const [second] = (await world.workers(1, { do: 'kill', at: point })) as [Process]
    if (!(await untilDead(second, world, tenant, uploadId)))
      return unreached(await judge(world, tenant, uploadId, film))
    await world.workers(1)
    return judge(world, tenant, uploadId, film, { deaths: 2 })
  }
})

interface Dead {
  readonly first: Process
  readonly tenant: Tenant
  readonly film: Film
  readonly uploadId: string
}

async function dieOnce(world: World, platform: string): Promise<Dead> {
  const [first] = (await world.workers(1)) as [Process]
  const tenant = await openTenant(world, platform)
  const film = nextFilm(tenant.platform.bytes)
  await first.order({ do: 'kill', at: commitOf(platform).point })
  const uploadId = await tenant.send(film)
  await untilDead(first, world, tenant, uploadId)
  return { first, tenant, film, uploadId }
}

function untilDead(worker: Process, world: World, tenant: Tenant, uploadId: string): Promise<boolean> {
  const isDead = () => worker.diedAt() !== null
  return untilReached(isDead, untilQuiet(world, tenant, uploadId, { until: isDead }))
}
