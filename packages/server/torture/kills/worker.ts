import { setTimeout as sleep } from 'node:timers/promises'
import { FLAWLESS, type History } from '../history.ts'
import { judge } from '../judge.ts'
import { readRows, untilQuiet } from '../quiet.ts'
import { newFilm, openTenant } from '../tenant.ts'
import type { Process, World } from '../world.ts'

/** Learns the points at which a worker of this platform's deliveries can die, by watching one that does not. */
export async function listPoints(world: World, platform: string): Promise<string[]> {
  const [worker] = (await world.workers(1)) as [Process]
  const tenant = await openTenant(world, platform)
  await worker.order({ do: 'record' })
  const uploadId = await tenant.send(newFilm(tenant.platform.bytes))
  if (!(await untilQuiet(world, uploadId))) throw new Error(`the dry run of ${platform} did not end`)
  const points = [...worker.points]
  await worker.order({ do: 'none' })
  return points
}

/** `kill -9` at one point. A worker that is started then takes over. */
export const killAt = (platform: string, name: string, point: string): History => ({
  name: `${platform}: killed ${point}`,
  group: `${name}, worker killed`,
  async run(world) {
    const [worker] = (await world.workers(1)) as [Process]
    const tenant = await openTenant(world, platform)
    const from = world.wire.seen.length
    const film = newFilm(tenant.platform.bytes)
    await worker.order({ do: 'kill', at: point })
    const uploadId = await tenant.send(film)
    const quiet = untilQuiet(world, uploadId)
    const diedAt = await untilDead(worker, quiet)
    if (diedAt === null) return { ...FLAWLESS, violations: ['the point was not reached'] }
    const next = world.start('worker', 'worker')
    const takeOver = await untilTakenOver(world, uploadId, worker.workerId, diedAt)
    await next
    await quiet
    return judge(world, tenant, uploadId, film, { kills: 1, from, takeOver })
  }
})

/** When it died. Null: the deliveries were over first. */
async function untilDead(worker: Process, quiet: Promise<unknown>): Promise<number | null> {
  let isQuiet = false
  void quiet.then(() => {
    isQuiet = true
  })
  while (worker.diedAt() === null && !isQuiet) await sleep(10)
  return worker.diedAt()
}

/** Seconds from a death until nothing is held by the dead any more. Undefined: it held nothing. */
async function untilTakenOver(
  world: World,
  uploadId: string,
  dead: string,
  diedAt: number
): Promise<number | undefined> {
  const isHeld = async () => (await readRows(world, uploadId)).some(row => row.isHeld && row.worker === dead)
  if (!(await isHeld())) return undefined
  while (await isHeld()) {
    await sleep(50)
    if (performance.now() - diedAt > 90_000) break
  }
  return (performance.now() - diedAt) / 1000
}
