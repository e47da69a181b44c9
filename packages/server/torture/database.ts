import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { startDatabase } from '../src/db/embedded.ts'
import { urlOf } from '../test/database.ts'
import { makeFolder } from '../test/processes.ts'

/** What is in it is thrown away: not waiting for the disk halves the time. Those that are killed keep PostgreSQL's own settings. */
const SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=400']

/** Where a run of the suite lives: one folder for all that it makes, and one PostgreSQL for the worlds whose database is not killed. */
export interface Ground {
  readonly folder: string
  /** A DATABASE_URL of a new, empty database. */
  create(): Promise<string>
  /** Stops every PostgreSQL that was started in the folder, and removes it. The worlds' processes have ended before. */
  clear(): Promise<void>
}

export async function openGround(): Promise<Ground> {
  const folder = await makeFolder()
  const running = await startDatabase({ dataDir: folder.path, database: { url: undefined } }, { settings: SETTINGS })
  const admin = new pg.Pool({ ...running.connection, max: 1 })
  admin.on('error', () => {})
  let made = 0
  return {
    folder: folder.path,
    async create() {
      const database = `world_${++made}`
      await admin.query(`create database ${database}`)
      return urlOf({ ...running.connection, database })
    },
    async clear() {
      await admin.end()
      await running.stop()
      for (const file of globSync('**/postmaster.pid', { cwd: folder.path })) {
        const [pid] = readFileSync(join(folder.path, file), 'utf8').split('\n')
        if (Number(pid) > 1) kill(Number(pid))
      }
      await folder.remove()
    }
  }
}

/** The file of a PostgreSQL that was killed names a process that is gone. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
