import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { App } from './app.ts'
import type { Config } from './config.ts'
import { listen } from './db/listen.ts'
import type { Database } from './db/open.ts'
import { announce } from './db/presence.ts'
import { startWorker } from './deliveries/worker.ts'
import { startImporter } from './imports/importer.ts'
import { createSeal } from './lib/seal.ts'
import { createPlatforms, type Platforms } from './platforms/platforms.ts'
import { type DiskStorage, openDisk } from './storage/disk.ts'
import { startSweeper } from './sweeper.ts'

export interface Parts {
  readonly config: Config
  readonly log: Logger
  readonly database: Database
  /** For connections beside the pool: LISTEN. */
  readonly connection: pg.PoolConfig
}

/** Opens something, and closes it when the process stops: last first. */
export type Open = <T>(name: string, opening: Promise<T>, close: (opened: T) => Promise<void> | void) => Promise<T>

export interface System {
  readonly app: App
  readonly platforms: Platforms
  /** Where the API listens; null without that role. */
  readonly port: number | null
}

/** The parts that every role stands on. */
export async function createApp(
  config: Config,
  log: Logger,
  database: Database
): Promise<{ app: App; disk: DiskStorage }> {
  const [first, ...others] = config.secretKeys.map(secret => secret.reveal())
  const seal = createSeal([first as string, ...others])
  const disk = await openDisk({
    folder: join(config.dataDir, 'objects'),
    publicUrl: config.http.publicUrl,
    signingKey: seal.derive('storage addresses')
  })
  return { app: { config, log, database, storage: disk, seal }, disk }
}

/** Everything above the database, by the roles of the configuration. */
export async function startSystem({ config, log, database, connection }: Parts, open: Open): Promise<System> {
  const { app, disk } = await createApp(config, log, database)
  const warn = (error: unknown) => log.error({ err: error }, 'the sign of life was not written')
  const presence = await open('The presence', announce(database, warn), presence => presence.stop())
  const platforms = await open('The platforms', Promise.resolve(createPlatforms(app)), platforms => platforms.close())

  let port: number | null = null
  if (config.roles.api) {
    // Half of all modules, which a process that is a worker alone neither reads nor keeps.
    const { createApi } = await import('./api.ts')
    const http = await open('The API', createApi(app, platforms, presence, disk), http => http.close())
    await http.listen({ host: config.http.host, port: config.http.port })
    port = (http.server.address() as AddressInfo).port
  }
  if (!config.roles.api && config.metrics.port !== undefined) {
    const [{ createHttp }, { healthRoutes }] = await Promise.all([
      import('./http/server.ts'),
      import('./health/routes.ts')
    ])
    const http = await open('The metrics', createHttp(app), http => http.close())
    healthRoutes(http, app)
    await http.listen({ host: config.http.host, port: config.metrics.port })
  }
  if (config.roles.worker) {
    const hear = (heard: () => void) => listen(connection, 'deliveries', heard, log)
    await open('The sweeper', Promise.resolve(startSweeper(app, platforms, disk)), sweeper => sweeper.stop())
    const hearImports = (heard: () => void) => listen(connection, 'imports', heard, log)
    const importer = startImporter(app, platforms, presence, hearImports)
    await open('The importer', importer, importer => importer.stop())
    await open('The worker', startWorker(app, platforms, presence, hear), worker => worker.stop())
  }
  return { app, platforms, port }
}
