import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { openHome, prepareHome } from './embedded-home.ts'
import { connectionTo, findReady, type Postmaster, startPostmaster, stopPostmaster } from './embedded-postmaster.ts'
import { type Supervisor, supervise } from './embedded-supervisor.ts'

export interface RunningDatabase {
  readonly connection: pg.PoolConfig
  /** True when it ran already. */
  readonly adopted: boolean
  /** From now on what `startDatabase` started or adopted is started again when it dies. */
  supervise(log: Logger): void
  /** Stops what `startDatabase` started or adopted; nothing else. */
  stop(): Promise<void>
}

export interface StartOptions {
  readonly say?: (line: string) => void
  /** More `name=value` settings for the server. */
  readonly settings?: readonly string[]
}

const DATABASE = 'upload24'

type About = Pick<Config, 'dataDir' | 'database'>

/** The database of DATABASE_URL, or a PostgreSQL of our own in DATA_DIR/postgres: started, or adopted from a killed process. */
export async function startDatabase(config: About, options: StartOptions = {}): Promise<RunningDatabase> {
  if (config.database.url) return notOurs({ connectionString: config.database.url.reveal() })
  const home = await prepareHome(config.dataDir, options.say ?? (() => {}))
  const { adopted, ...postmaster } = await startPostmaster(home, options.settings ?? [])
  await makeDatabase(postmaster)
  let supervisor: Supervisor | undefined
  return {
    connection: connectionTo(postmaster, DATABASE),
    adopted,
    supervise(log) {
      supervisor = supervise(home, options.settings ?? [], postmaster, log)
    },
    stop: () => (supervisor ? supervisor.stop() : stopPostmaster(home.data, postmaster))
  }
}

/** For a process with the worker role alone: the database that the main process of this DATA_DIR runs, and it alone starts and stops. */
export async function joinDatabase(config: About): Promise<RunningDatabase> {
  if (config.database.url) return notOurs({ connectionString: config.database.url.reveal() })
  const at = join(config.dataDir, 'postgres')
  const isThere = await lstat(at).then(
    () => true,
    () => false
  )
  const postmaster = isThere ? await findReady((await openHome(at)).data) : undefined
  if (!postmaster) {
    throw new Error(
      `No Upload24 is running on ${config.dataDir} for this worker to join: start one with the role "api" first, or set DATABASE_URL.`
    )
  }
  return notOurs(connectionTo(postmaster, DATABASE))
}

const notOurs = (connection: pg.PoolConfig): RunningDatabase => ({
  connection,
  adopted: true,
  supervise: () => {},
  stop: async () => {}
})

async function makeDatabase(postmaster: Postmaster): Promise<void> {
  const client = new pg.Client(connectionTo(postmaster, 'postgres'))
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}
