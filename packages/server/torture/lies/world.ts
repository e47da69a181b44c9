import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '../../src/db/open.ts'
import { createSeal } from '../../src/lib/seal.ts'
import { reservePort } from '../port.ts'
import { SECRET } from '../time.ts'
import { children } from '../world.ts'
import { startClock } from './clock.ts'
import { openRegistry } from './registry.ts'
import { openLyingWire } from './wire.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const PRELOAD = join(import.meta.dirname, 'preload.ts')

interface LyingOptions {
  /** The folder that its data folder is made in. */
  readonly in: string
  /** Of an empty database. */
  readonly databaseUrl: string
  /** A safeguard that is taken away. */
  readonly without?: string | undefined
}

export type LyingWorld = Awaited<ReturnType<typeof openLyingWorld>>

/** An API with the sandbox, two workers, the wire between them, and the clocks of the histories in it. */
export async function openLyingWorld({ in: home, databaseUrl, without }: LyingOptions) {
  const dataDir = await mkdtemp(join(home, 'lies-'))
  const database = await openDatabase({ connectionString: databaseUrl }, { applicationName: 'lies' })
  const port = await reservePort()
  const registry = openRegistry(database.pool)
  const wire = await openLyingWire(`http://127.0.0.1:${port}`, registry)
  const seal = createSeal([SECRET])
  const running: ChildProcess[] = []

  async function start(name: string, roles: string): Promise<ChildProcess> {
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
    const child = spawn(process.execPath, ['--import', PRELOAD, MAIN], {
      env: {
        PATH,
        HOME,
        NODE_COMPILE_CACHE,
        NODE_ENV: 'test',
        ROLES: roles,
        DATA_DIR: dataDir,
        DATABASE_URL: databaseUrl,
        PORT: String(port),
        PUBLIC_URL: wire.base,
        SECRET_KEY: SECRET,
        QUOTA_DEFAULT: '100000',
        LOG_LEVEL: 'info',
        ...(without === undefined ? {} : { TORTURE_WITHOUT: without })
      },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    running.push(child)
    children.add(child)
    child.once('close', () => children.delete(child))
    let output = ''
    await new Promise<void>((resolve, reject) => {
      const hear = (text: string) => {
        output = (output + text).slice(-20_000)
        if (/ is ready\b/.test(output)) resolve()
      }
      for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear)
      child.once('close', () => reject(new Error(`${name} ended:\n${output}`)))
    })
    return child
  }

  await start('api', 'api')
  await Promise.all([start('first', 'worker'), start('second', 'worker')])
  const clock = startClock(database.pool, registry.all)

  return {
    base: wire.base,
    pool: database.pool,
    seal,
    registry,
    /** Never ends well: rejects when the clock of the histories breaks, or the wire. */
    failed: Promise.race([clock.failed, wire.failed]),
    /** Moves the clock of one history on by so many seconds. */
    skip: clock.skip,
    async close(): Promise<void> {
      await clock.stop()
      for (const child of running) child.kill('SIGKILL')
      await Promise.all(running.map(child => (children.has(child) ? once(child, 'close') : undefined)))
      await wire.close()
      await database.close()
      await rm(dataDir, { recursive: true, force: true })
    }
  }
}
