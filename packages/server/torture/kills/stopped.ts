import { setTimeout as sleep } from 'node:timers/promises'
import { nextFilm } from '../films.ts'
import { type History, unreached } from '../history.ts'
import { judge } from '../judge.ts'
import { untilQuiet } from '../quiet.ts'
import { untilReached } from '../reach.ts'
import { openTenant, type Tenant } from '../tenant.ts'
import type { Process, World } from '../world.ts'
import { DUE, type Life, PLAIN, untilLived } from './lives.ts'
import { losesGrant, untilHeldByNobody } from './worker.ts'

/** Seconds of the suite's time for which it sleeps at least: more than a lease. */
const PAST_LEASE = 70
/** Milliseconds in which a worker that woke and does not say that it lost its lease does what it still would do. */
const AWAKE = 5000
/** And a little more, for what is on its way when it says so. */
const MORE = 300

/** SIGSTOP at one point; another worker does the work; SIGCONT past the lease: nothing leaves it, and no row changes. */
export const stopAt = (platform: string, name: string, point: string, life: Life): History<World> => ({
  name: `${platform}: ${life.name}stopped ${point}, awake past its lease`,
  group: `${name}, worker stopped`,
  async run(world) {
    const stopped = await startStopped(world, platform, point, life)
    const { sleeper, tenant, film, uploadId } = stopped
    if (!sleeper.isStopped()) return unreached(await judge(world, tenant, uploadId, film))
    await world.workers(1)
    await untilHeldByNobody(world, uploadId, sleeper.workerId)
    await untilLived(world, tenant, uploadId)
    const allowed = { isAwake: true, mayRelink: losesGrant(platform, point) ? 1 : 0 }
    const outcome = await judge(world, tenant, uploadId, film, allowed)
    if (outcome.stuck > 0) {
      await sleeper.kill()
      return outcome
    }
    await world.clock.add(PAST_LEASE)
    // The right to renew a grant is a lease of its own: where nobody took that, what the sleeper was given is still to be kept.
    const tables = life === DUE ? TABLES.filter(table => table !== 'accounts') : TABLES
    const read = () => readAll(world, tenant, tables)

    const [before, from, said] = [await read(), world.wire.seen.length, sleeper.output().length]
    sleeper.child.kill('SIGCONT')
    await untilAtRest(sleeper, said)
    const late = world.wire.seen.slice(from).map(({ method, path }) => `${method} ${path.split('?')[0]}`)
    const violations = late.map(each => `it sent after its lease: ${each}`)
    if ((await read()) !== before) violations.push('it changed a row after its lease')
    const after = await judge(world, tenant, uploadId, film, allowed)
    await sleeper.kill()
    return { ...after, violations: [...new Set([...outcome.violations, ...violations, ...after.violations])] }
  }
})

/** SIGSTOP at one point; SIGCONT as soon as another worker has the delivery, before the fence: both run at once. */
export const wakeAt = (platform: string, name: string, point: string): History<World> => ({
  name: `${platform}: stopped ${point}, awake when taken over`,
  group: `${name}, worker stopped`,
  async run(world) {
    const stopped = await startStopped(world, platform, point, PLAIN)
    const { sleeper, tenant, film, uploadId } = stopped
    if (!sleeper.isStopped()) return unreached(await judge(world, tenant, uploadId, film))
    await world.workers(1)
    await untilHeldByNobody(world, uploadId, sleeper.workerId)
    const said = sleeper.output().length
    sleeper.child.kill('SIGCONT')
    const outcome = await judge(world, tenant, uploadId, film, { isAwake: true })
    // What it would still do counts, too.
    await untilAtRest(sleeper, said)
    const after = await judge(world, tenant, uploadId, film, { isAwake: true })
    await sleeper.kill()
    return { ...after, violations: [...new Set([...outcome.violations, ...after.violations])] }
  }
})

async function startStopped(world: World, platform: string, point: string, life: Life) {
  const [sleeper] = (await world.workers(1)) as [Process]
  const tenant = await openTenant(world, platform)
  await life.begin(tenant)
  const film = nextFilm(tenant.platform.bytes)
  await sleeper.order({ do: 'stop', at: point })
  const uploadId = await tenant.send(film)
  const isThere = () => sleeper.isStopped()
  await untilReached(isThere, untilQuiet(world, tenant, uploadId, { until: isThere }))
  // Not one of the workers that are counted: another one takes its place.
  if (sleeper.isStopped()) world.retire(sleeper)
  return { sleeper, tenant, film, uploadId }
}

/** `said`: how much it had said before it woke. */
async function untilAtRest(sleeper: Process, said: number): Promise<void> {
  await sleeper.order({ do: 'none' })
  const hasSaid = () => /the lease of a delivery was lost|a delivery stopped/.test(sleeper.output().slice(said))
  for (const giveUpAt = performance.now() + AWAKE; !hasSaid() && performance.now() < giveUpAt; ) await sleep(20)
  await sleep(MORE)
}

/** All that a worker could change. */
const TABLES = ['deliveries', 'uploads', 'accounts', 'quotas', 'attempts']

/** As one text. */
async function readAll(world: World, { tenantId }: Tenant, tables: readonly string[]): Promise<string> {
  const rows = await Promise.all(
    tables.map(async table => {
      const key = table === 'quotas' ? 'month' : table === 'attempts' ? 'delivery_id, n' : 'id'
      const { rows } = await world.pool.query(`select * from ${table} where tenant_id = $1 order by ${key}`, [tenantId])
      return rows
    })
  )
  return JSON.stringify(rows)
}
