import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { isGone, until } from '../../test/processes.ts'
import { nextFilm } from '../films.ts'
import { type History, type Outcome, unreached } from '../history.ts'
import { judge } from '../judge.ts'
import { untilQuiet } from '../quiet.ts'
import { untilReached } from '../reach.ts'
import { openTenant } from '../tenant.ts'
import { openWorld, type Process, type World } from '../world.ts'
import { FLOWS } from './flows.ts'

/** What a world of its own is made with. */
export interface Own {
  readonly n: number
  readonly in: string
  readonly without: string | undefined
}

/** The whole tree at once, at one point of a step: the process with both roles, and PostgreSQL under it. Then a new start. */
export const killTreeAt = (platform: string, point: string): History<Own> => ({
  name: `tree: ${platform}, killed ${point}`,
  group: 'whole tree killed',
  run: own =>
    inOwnWorld(own, async world => {
      const whole = await world.start('api', 'api,worker')
      const outcome = await upTo(world, whole, platform, point, 'kill', async () => {
        const pid = await killPostmaster(world)
        await until(() => isGone(pid), 'the database to be gone')
        await world.start('api', 'api,worker')
      })
      return outcome
    })
})

/** How PostgreSQL dies, with all its connections, while the server lives and goes on at once. */
const DEATHS = {
  /** One of its processes, which brings the others down: it comes back by itself, from its log. */
  backend: { word: 'a backend killed', group: 'PostgreSQL crashed', kill: killBackend },
  /** All of it: the server has to start it again. */
  postmaster: { word: 'the postmaster killed', group: 'PostgreSQL killed', kill: killPostmaster }
} as const

export const killDatabaseAt = (platform: string, point: string, whose: keyof typeof DEATHS): History<Own> => ({
  name: `database: ${platform}, ${DEATHS[whose].word} ${point}`,
  group: DEATHS[whose].group,
  run: own =>
    inOwnWorld(own, async world => {
      const whole = await world.start('api', 'api,worker')
      try {
        return await upTo(world, whole, platform, point, 'stop', async () => {
          // It says so before it does: what wakes it must not come first.
          await until(() => isFrozen(whole), 'the server to be stopped')
          const watcher = await watch(world)
          await DEATHS[whose].kill(world)
          await watcher.cutOff
          whole.child.kill('SIGCONT')
          await until(async () => (await answers(world)) || sleep(50, false), 'the database to be back')
        })
      } finally {
        whole.child.kill('SIGCONT')
      }
    })
})

async function upTo(
  world: World,
  whole: Process,
  platform: string,
  point: string,
  how: 'kill' | 'stop',
  then: () => Promise<void>
): Promise<Outcome> {
  const tenant = await openTenant(world, platform)
  const film = nextFilm(tenant.platform.bytes)
  await whole.order({ do: how, at: point })
  const sending = FLOWS.form(tenant, film)
  // Until it is asked for below.
  sending.catch(() => {})
  const isThere = () => (how === 'kill' ? whole.diedAt() !== null : whole.isStopped())
  const early = await Promise.race([sending, untilTrue(isThere)])
  const isReached =
    early === undefined || (await untilReached(isThere, untilQuiet(world, tenant, early, { until: isThere })))
  if (!isReached) return unreached(await judge(world, tenant, await sending, film))
  await then()
  return judge(world, tenant, await sending, film)
}

async function untilTrue(condition: () => boolean): Promise<undefined> {
  while (!condition()) await sleep(10)
}

async function inOwnWorld(own: Own, run: (world: World) => Promise<Outcome>): Promise<Outcome> {
  const world = await openWorld({ in: own.in, name: `own ${own.n}`, without: own.without })
  try {
    return await run(world)
  } finally {
    await world.close()
  }
}

/** SIGKILL to the embedded PostgreSQL, which outlives the process that started it. */
async function killPostmaster({ dataDir }: World): Promise<number> {
  const [file] = globSync('postgres/**/postmaster.pid', { cwd: dataDir })
  const pid = Number((await readFile(join(dataDir, file as string), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  return pid
}

const isFrozen = ({ child }: Process): boolean =>
  execFileSync('ps', ['-o', 'stat=', '-p', String(child.pid)], { encoding: 'utf8' }).startsWith('T')

async function killBackend({ pool }: World): Promise<void> {
  const { rows } = await pool.query('select pg_backend_pid() as pid')
  process.kill(rows[0].pid, 'SIGKILL')
}

/** A connection that does nothing: its end shows that the database has noticed the death of one of its processes. */
async function watch(world: World): Promise<{ cutOff: Promise<unknown> }> {
  const client = await connect(world)
  // What ends it is told as an error first, on which `once` would reject.
  return { cutOff: new Promise(resolve => client.once('end', resolve)) }
}

/** By a connection of its own: one of the pool may still be about to die. */
const answers = (world: World): Promise<boolean> =>
  connect(world).then(
    client => client.end().then(() => true),
    () => false
  )

async function connect({ pool }: World): Promise<pg.Client> {
  const client = new pg.Client(pool.options)
  client.on('error', () => {})
  await client.connect()
  return client
}
