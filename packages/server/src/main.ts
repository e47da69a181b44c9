import { connectors } from '@upload24/connectors'
import { withSecretKey } from './config/secret-key.ts'
import { ConfigFaults, loadConfig } from './config.ts'
import { joinDatabase, startDatabase } from './db/embedded.ts'
import { migrate } from './db/migrate.ts'
import { openDatabase } from './db/open.ts'
import { offerDemo, whereThingsAre } from './demo/offer.ts'
import { createLog } from './lib/log.ts'
import { DataDirTaken, lockDataDir } from './lifecycle/lock.ts'
import { createStopper, Stopping, stopOnSignals } from './lifecycle/stop.ts'
import { startSystem } from './system.ts'

const say = (line: string): void => console.log(line)
const stopper = createStopper({ say })
stopOnSignals(() => stopper.stop(), say)

try {
  await start()
} catch (error) {
  if (!(error instanceof Stopping)) {
    console.error(explain(error))
    await stopper.stop()
    process.exit(1)
  }
}

async function start(): Promise<void> {
  const read = loadConfig(Object.values(connectors))
  const isAlone = read.roles.api
  if (isAlone)
    await stopper.open('The lock', lockDataDir(read.dataDir, { url: read.http.publicUrl }), lock => lock.release())
  const config = await withSecretKey(read)
  say(config.database.url ? 'Connecting to the database…' : 'Starting PostgreSQL…')
  const starting = isAlone ? startDatabase(config, { say }) : joinDatabase(config)
  const database = await stopper.open('PostgreSQL', starting, running => running.stop())
  if (database.adopted && isAlone && !config.database.url) say('PostgreSQL was still running: taken over.')
  const log = createLog(config)
  database.supervise(log)
  const { connection } = database
  const opened = await stopper.open('The connections', openDatabase(connection), opened => opened.close())
  const applied = await migrate(opened.pool)
  if (applied.length > 0) say(`The database is at ${applied.at(-1)}.`)
  const system = await startSystem({ config, log, database: opened, connection }, stopper.open)
  const demo = await offerDemo(system, say)
  const lines = config.roles.api ? whereThingsAre(config, demo) : [`The worker is ready (data in ${config.dataDir}).`]
  for (const line of lines) say(line)
}

/** Faults of the operator are told in their own words; anything else is our bug and shows where it happened. */
function explain(error: unknown): string {
  if (error instanceof ConfigFaults || error instanceof DataDirTaken) return error.message
  if (error instanceof Error && error.constructor === Error && !('code' in error)) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
