import { setTimeout as sleep } from 'node:timers/promises'
import { nextFilm } from '../films.ts'
import { type History, NeverTakenOver, unreached } from '../history.ts'
import { judge } from '../judge.ts'
import { readRows } from '../quiet.ts'
import { untilReached } from '../reach.ts'
import { openTenant } from '../tenant.ts'
import type { Process, World } from '../world.ts'
import { type Life, untilLived } from './lives.ts'

/** Learns the points at which a worker of this platform's deliveries can die, by watching one that does not. */
export async function listPoints(world: World, platform: string, life: Life): Promise<string[]> {
  const [worker] = (await world.workers(1)) as [Process]
  const tenant = await openTenant(world, platform)
  await life.begin(tenant)
  await worker.order({ do: 'record' })
  const uploadId = await tenant.send(nextFilm(tenant.platform.bytes))
  if (!(await untilLived(world, tenant, uploadId)))
    throw new Error(`the dry run of ${life.name}${platform} did not end`)
  const points = [...worker.points]
  await worker.order({ do: 'none' })
  return points
}

/** `kill -9` at one point. A worker that is started then takes over. */
export const killAt = (platform: string, name: string, point: string, life: Life): History<World> => ({
  name: `${platform}: ${life.name}killed ${point}`,
  group: `${name}, worker killed`,
  async run(world) {
    const [worker] = (await world.workers(1)) as [Process]
    const tenant = await openTenant(world, platform)
    await life.begin(tenant)
    const film = nextFilm(tenant.platform.bytes)
    await worker.order({ do: 'kill', at: point })
    const uploadId = await tenant.send(film)
    const quiet = untilLived(world, tenant, uploadId)
    // Told where it is waited for, unless the history breaks off before.
    quiet.catch(() => {})
    await untilReached(() => worker.diedAt() !== null, quiet)
    const diedAt = worker.diedAt()
    const mayRelink = life.relinks + (losesGrant(platform, point) ? 1 : 0)
    if (diedAt === null) return unreached(await judge(world, tenant, uploadId, film, { mayRelink, waits: life.waits }))
    const dead = untilTakenOver(world, uploadId, worker.workerId, diedAt)
    const ready = world.workers(1).then(() => (performance.now() - diedAt) / 1000)
    const [takeOver, readyAfter] = await Promise.all([dead, ready, quiet])
    return judge(world, tenant, uploadId, film, { mayRelink, waits: life.waits, takeOver, readyAfter })
  }
})

/** Where a refresh token serves once, one whose answer dies with the worker is gone, and the owner is asked for. */
export const losesGrant = (platform: string, point: string): boolean =>
  platform === 'tiktok' && /^(sent|answered) POST oauth\/token|^before new tokens/.test(point)

/** Seconds from a death until nothing is held by the dead any more. Undefined: it held nothing. */
async function untilTakenOver(
  world: World,
  uploadId: string,
  dead: string,
  diedAt: number
): Promise<number | undefined> {
  const hasWaited = await untilHeldByNobody(world, uploadId, dead)
  return hasWaited ? (performance.now() - diedAt) / 1000 : undefined
}

/** Waits until that worker holds none of the deliveries. False: it held none. Throws when nobody takes them over. */
export async function untilHeldByNobody(world: World, uploadId: string, worker: string): Promise<boolean> {
  const isHeld = async () => (await readRows(world, uploadId)).some(row => row.isHeld && row.worker === worker)
  const giveUpAt = performance.now() + 180_000
  let hasWaited = false
  while (await isHeld()) {
    if (performance.now() > giveUpAt) throw new NeverTakenOver('nobody took over what it held')
    hasWaited = true
    await sleep(100)
  }
  return hasWaited
}
