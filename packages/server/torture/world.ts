import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { joinDatabase } from '../src/db/embedded.ts'
import { within } from '../src/lib/within.ts'
import type { Orders } from './points.ts'
import { reservePort } from './port.ts'
import { SECRET } from './time.ts'
import { openWire, type Wire } from './wire.ts'

const MAIN = join(import.meta.dirname, '../src/main.ts')
const PRELOAD = join(import.meta.dirname, 'preload.ts')

/** On a machine with a lot else to do. */
const START_SECONDS = 180

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
  /** It came to the point where it was to stop, and did. */
  isStopped(): boolean
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
  /** To the database as it runs now. */
  readonly pool: pg.Pool
  /** Those that run, or are stopped. */
  readonly processes: ReadonlySet<Process>
  start(name: string, roles: 'api' | 'worker' | 'api,worker'): Promise<Process>
  /** The process with the role `api`, started when it is not there. */
  api(): Promise<Process>
  /** So many workers run afterwards; answers them. `orders`: of those that are started for that, from their first moment on. */
  workers(count: number, orders?: Orders): Promise<Process[]>
  /** What a stopped process will have slept through when it wakes, beside the time that really passes. Seconds. */
  readonly clock: { add(seconds: number): Promise<void> }
  /** Counts no longer as one of the workers, though it may live. */
  retire(worker: Process): void
  close(): Promise<void>
}

export interface WorldOptions {
  /** Its data folder is made in this one. */
  readonly in: string
  readonly name: string
  /** Left out: the embedded PostgreSQL of its data folder, which its process with the role `api` starts. */
  readonly databaseUrl?: string
  /** A safeguard that is taken away. */
  readonly without?: string | undefined
}

/** Of all worlds: they end with this process, however it ends. */
export const children = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** The system as child processes on one data folder and one database. Nothing runs yet. */
export async function openWorld({ in: home, name, databaseUrl, without }: WorldOptions): Promise<World> {
  const dataDir = await mkdtemp(join(home, 'world-'))
  // PostgreSQL, as a user of its own, must get through.
  await chmod(dataDir, 0o711)
  const port = await reservePort()
  const wire = await openWire(`http://127.0.0.1:${port}`)
  const clock = join(dataDir, 'clock')
  await writeFile(clock, '0')
  let pool = databaseUrl === undefined ? undefined : connect({ connectionString: databaseUrl })
  const processes = new Set<Process>()
  const retired = new Set<Process>()
  let ahead = 0

  async function start(called: string, roles: 'api' | 'worker' | 'api,worker', orders?: Orders): Promise<Process> {
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
    const child = spawn(process.execPath, ['--import', PRELOAD, MAIN], {
      env: {
        PATH,
        HOME,
        NODE_COMPILE_CACHE,
        NODE_ENV: 'test',
        ROLES: roles,
        DATA_DIR: dataDir,
        PORT: String(port),
        PUBLIC_URL: wire.base,
        SECRET_KEY: SECRET,
        LOG_LEVEL: 'info',
        TORTURE: JSON.stringify({ without: without ?? null, clock, orders }),
        ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl })
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc']
    })
    const started = watch(called, child)
    processes.add(started)
    children.add(child)
    void once(child, 'close').then(() => processes.delete(started) && children.delete(child))
    const isReady = () => / is ready\b/.test(started.output())
    const giveUpAt = performance.now() + START_SECONDS * 1000
    while (!isReady() && started.diedAt() === null && performance.now() < giveUpAt) await sleep(10)
    // One with orders may die of them before it says that it is ready.
    const isObedient = orders?.do === 'kill' && started.diedAt() !== null
    if (!isReady() && !isObedient) throw new Error(`${called} did not start:\n${started.output()}`)
    if (databaseUrl === undefined && roles !== 'worker') {
      await pool?.end()
      pool = connect((await joinDatabase({ dataDir, database: { url: undefined } })).connection)
    }
    return started
  }

  const world: World = {
    name,
    base: wire.base,
    wire,
    dataDir,
    get pool() {
      if (!pool) throw new Error('no process with the role api has started the database yet')
      return pool
    },
    processes,
    start,
    async api() {
      const running = [...processes].find(each => each.name === 'api' && each.diedAt() === null)
      return running ?? start('api', 'api')
    },
    async workers(count, orders) {
      const running = [...processes].filter(
        each => each.name === 'worker' && each.diedAt() === null && !retired.has(each)
      )
      const more = Array.from({ length: Math.max(0, count - running.length) }, () => start('worker', 'worker', orders))
      await Promise.all(running.slice(count).map(each => each.kill()))
      return [...running.slice(0, count), ...(await Promise.all(more))]
    },
    retire: worker => void retired.add(worker),
    clock: {
      async add(seconds) {
        ahead += seconds
        await writeFile(clock, String(ahead))
      }
    },
    async close() {
      // The last one may have to stop a database.
      await Promise.all([...processes].map(each => (each.name === 'api' ? undefined : each.kill())))
      await Promise.all([...processes].map(each => each.kill(databaseUrl === undefined ? 'SIGTERM' : 'SIGKILL')))
      await pool?.end()
      await wire.close()
      await rm(dataDir, { recursive: true, force: true })
    }
  }
  return world
}

function connect(about: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ ...about, max: 2 })
  // A database that is killed ends connections that are idle, and those that are between two queries of a transaction.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

function watch(name: string, child: ChildProcess): Process {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', text => (output += text))
  let diedAt: number | null = null
  const ended = once(child, 'close')
  child.once('exit', () => (diedAt = performance.now()))
  const points: string[] = []
  let isStopped = false
  let heard = () => {}
  child.on('message', (told: { point?: string; armed?: true; stops?: true }) => {
    if (told.point !== undefined) points.push(told.point)
    if (told.stops) isStopped = true
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
    isStopped: () => isStopped,
    diedAt: () => diedAt,
    async order(orders) {
      points.length = 0
      isStopped = false
      const isHeard = new Promise<void>(resolve => {
        heard = resolve
      })
      child.send(orders)
      const gone = ended.then(() => Promise.reject(new Error(`${name} was gone before it knew what to do`)))
      await within(START_SECONDS * 1000, Promise.race([isHeard, gone]), `${name} does not answer`)
    },
    async kill(signal = 'SIGKILL') {
      if (diedAt === null) child.kill(signal)
      await ended
    }
  }
}
