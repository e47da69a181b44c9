import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { makeFolder, until } from '../test/processes.ts'
import { freePort } from '../test/world.ts'
import type { Orders } from './points.ts'
import { openWire, type Wire } from './wire.ts'

const MAIN = join(import.meta.dirname, '../src/main.ts')
const PRELOAD = join(import.meta.dirname, 'preload.ts')

/** One process of the system under test. */
export interface Process {
  readonly name: string
  readonly child: ChildProcess
  /** The id by which it holds leases. */
  readonly workerId: string
  /** The points that it reported, in their order. */
  readonly points: readonly string[]
  output(): string
  /** What it is to do at which point of the next step; resolves when it knows. */
  order(orders: Orders): Promise<void>
  /** Null while it lives: milliseconds, monotonic. */
  diedAt(): number | null
  /** SIGKILL, or another signal; resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
}

export interface World {
  readonly name: string
  /** Where everybody reaches the API: the wire. */
  readonly base: string
  readonly wire: Wire
  readonly dataDir: string
  readonly pool: pg.Pool
  /** Those that run, or are stopped. */
  readonly processes: ReadonlySet<Process>
  start(name: string, roles: 'api' | 'worker' | 'api,worker'): Promise<Process>
  /** The process with the role `api`, started when it is not there. */
  api(): Promise<Process>
  /** So many workers run afterwards; answers them. */
  workers(count: number): Promise<Process[]>
  /** Brings time forward: what is written in rows moves into the past, the platforms' clock ahead. Seconds. */
  advance(seconds: number): Promise<void>
  close(): Promise<void>
}

export interface WorldOptions {
  readonly name: string
  /** Left out: an embedded PostgreSQL of its own, which `databaseUrl` tells when it runs. */
  readonly databaseUrl?: string
  /** A safeguard that is taken away. */
  readonly without?: string | undefined
}

/** The system as child processes on one data folder and one database. Nothing runs yet. */
export async function openWorld({ name, databaseUrl, without }: WorldOptions): Promise<World> {
  const folder = await makeFolder()
  const port = await freePort()
  const wire = await openWire(`http://127.0.0.1:${port}`)
  const clock = join(folder.path, 'clock')
  await writeFile(clock, '0')
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  // A database that is killed ends idle connections too.
  pool.on('error', () => {})
  const processes = new Set<Process>()
  const abandon = () => {
    for (const { child } of processes) child.kill('SIGKILL')
  }
  process.once('exit', abandon)
  let ahead = 0

  async function start(called: string, roles: 'api' | 'worker' | 'api,worker'): Promise<Process> {
    const { PATH = '', HOME = '' } = process.env
    const child = spawn(process.execPath, ['--import', PRELOAD, MAIN], {
      env: {
        PATH,
        HOME,
        NODE_ENV: 'test',
        ROLES: roles,
        DATA_DIR: folder.path,
        PORT: String(port),
        PUBLIC_URL: wire.base,
        SECRET_KEY: 'a secret of more than thirty-two characters',
        LOG_LEVEL: 'info',
        TORTURE: JSON.stringify({ without: without ?? null, clock }),
        ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl })
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc']
    })
    const started = watch(called, child)
    processes.add(started)
    void once(child, 'close').then(() => processes.delete(started))
    const isReady = () => / is ready\b/.test(started.output())
    await until(
      () => isReady() || started.diedAt() !== null,
      `${called} to be ready`,
      () => started.output()
    )
    if (!isReady()) throw new Error(`${called} ended:\n${started.output()}`)
    return started
  }

  const world: World = {
    name,
    base: wire.base,
    wire,
    dataDir: folder.path,
    pool,
    processes,
    start,
    async api() {
      const running = [...processes].find(each => each.name === 'api' && each.diedAt() === null)
      return running ?? start('api', 'api')
    },
    async workers(count) {
      const running = [...processes].filter(each => each.name === 'worker' && each.diedAt() === null)
      const more = Array.from({ length: Math.max(0, count - running.length) }, () => start('worker', 'worker'))
      await Promise.all(running.slice(count).map(each => each.kill()))
      return [...running.slice(0, count), ...(await Promise.all(more))]
    },
    async advance(seconds) {
      ahead += seconds
      await writeFile(clock, String(ahead))
      await moveRows(pool, seconds)
    },
    async close() {
      process.off('exit', abandon)
      await Promise.all([...processes].map(each => each.kill()))
      await pool.end()
      await wire.close()
      await folder.remove()
    }
  }
  return world
}

function watch(name: string, child: ChildProcess): Process {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', text => (output += text))
  let diedAt: number | null = null
  const ended = once(child, 'close')
  child.once('exit', () => (diedAt = performance.now()))
  const points: string[] = []
  let heard = () => {}
  child.on('message', (told: { point?: string; armed?: true }) => {
    if (told.point !== undefined) points.push(told.point)
    if (told.armed) heard()
  })
  child.on('error', () => {})
  return {
    name,
    child,
    points,
    get workerId() {
      return /"worker":"([0-9a-f-]{36})"/.exec(output)?.[1] ?? ''
    },
    output: () => output,
    diedAt: () => diedAt,
    async order(orders) {
      points.length = 0
      const isHeard = new Promise<void>(resolve => {
        heard = resolve
      })
      child.send(orders)
      await isHeard
    },
    async kill(signal = 'SIGKILL') {
      if (diedAt === null) child.kill(signal)
      await ended
    }
  }
}

/** All that deliveries wait for. Who looks at them still waits for each of these times. */
async function moveRows(pool: pg.Pool, seconds: number): Promise<void> {
  const earlier = (...columns: string[]) => columns.map(each => `${each} = ${each} - make_interval(secs => $1)`).join()
  await pool.query(
    `update deliveries set ${earlier('ask_at', 'settled_at', 'doubt_since', 'give_up_at', 'lease_until')}
     where status in ('scheduled', 'running')`,
    [seconds]
  )
  await pool.query(`update accounts set ${earlier('parked_until', 'refresh_until')}`, [seconds])
  await pool.query(`update apps set ${earlier('parked_until')}`, [seconds])
}
