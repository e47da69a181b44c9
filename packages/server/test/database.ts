import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { basename, join } from 'node:path'
import { after, afterEach } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startDatabase } from '../src/db/embedded.ts'
import { migrate, readMigrations } from '../src/db/migrate.ts'
import { type Database, openDatabase } from '../src/db/open.ts'

export interface TestDatabase extends Database {
  readonly name: string
  readonly connection: pg.PoolConfig
  /** The same database as a DATABASE_URL, for child processes. */
  readonly url: string
}

/** A server to make databases on; `leave` when done. */
export interface TestServer {
  readonly connection: pg.ClientConfig
  readonly admin: pg.Client
  leave(): Promise<void>
}

const DATA_DIR = join(import.meta.dirname, '../../../.test')
/** Held shared by every user of the embedded test server; who gets it exclusively is the last one, and stops it. */
const USERS = 24_000_002
const TEMPLATE = 24_000_003
const IN_USE = '55006'

/**
 * A fresh, migrated database for one test file: call it once, at the top. It is dropped when the file is done; when a
 * test failed it stays and its name is printed.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await joinTestServer()
  const name = `test_${fileName()}_${Date.now().toString(36)}_${process.pid}`
  await server.admin.query(`create database ${name} template ${await ensureTemplate(server)}`)
  const connection = { ...server.connection, database: name, allowExitOnIdle: true }
  const { pool, db, close } = await openDatabase(connection, { applicationName: name })
  // While tests run they decide when the process ends, not this idle connection.
  const socket = (server.admin as unknown as { connection: { stream: Socket } }).connection.stream.unref()
  let hasFailed = false
  afterEach(context => {
    hasFailed ||= (context as { error?: unknown }).error != null
  })
  // Not in the hook itself: it runs before the file's own, which may still need the database to close what they opened.
  after(() => void process.once('beforeExit', finish))
  return { pool, db, close, name, connection, url: urlOf(connection) }

  async function finish(): Promise<void> {
    socket.ref()
    await close()
    if (hasFailed) console.log(`The database of the failed test is kept: ${urlOf(connection)}`)
    else await drop(server, name)
    await server.leave()
  }
}

/** Waits, as PostgreSQL does by itself, for connections that are just closing; force would make errors of them. */
async function drop(server: TestServer, name: string): Promise<void> {
  await server.admin.query(`drop database ${name}`).catch(async (error: { code?: string }) => {
    if (error.code !== IN_USE) throw error
    await server.admin.query(`drop database ${name} with (force)`)
  })
}

/** The server of TEST_DATABASE_URL (set by `npm test`), or an embedded one under .test/ that all test processes share. */
export async function joinTestServer(): Promise<TestServer> {
  const url = process.env.TEST_DATABASE_URL
  if (!url) return shareEmbedded()
  const connection = { connectionString: url }
  const admin = await connect(connection)
  return { connection: optionsOf(admin), admin, leave: () => admin.end() }
}

async function shareEmbedded(): Promise<TestServer> {
  const giveUpAt = Date.now() + 20_000
  for (;;) {
    try {
      // Test data may be lost with the machine; not waiting for the disk halves the time.
      const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300']
      const { connection, stop } = await startDatabase(
        { dataDir: DATA_DIR, database: { url: undefined } },
        { settings }
      )
      const admin = await connect(connection)
      await admin.query('select pg_advisory_lock_shared($1)', [USERS])
      return { connection: optionsOf(admin), admin, leave: () => leaveEmbedded(admin, stop) }
    } catch (error) {
      // The last user may just be stopping the server that we found running.
      if (Date.now() > giveUpAt) throw error
      await sleep(50)
    }
  }
}

async function leaveEmbedded(admin: pg.Client, stop: () => Promise<void>): Promise<void> {
  await admin.query('select pg_advisory_unlock_shared($1)', [USERS])
  const { rows } = await admin.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [USERS])
  if (rows[0]?.last) await stop()
  await admin.end().catch(() => {})
}

/** The migrated database that all others are copies of; its name follows the migrations' content. */
async function ensureTemplate(server: TestServer): Promise<string> {
  const hash = createHash('sha256')
  for (const { name, checksum } of await readMigrations()) hash.update(`${name} ${checksum}\n`)
  const template = `template_${hash.digest('hex').slice(0, 16)}`
  await server.admin.query('select pg_advisory_lock($1)', [TEMPLATE])
  try {
    const { rows } = await server.admin.query<{ datname: string }>(
      "select datname from pg_database where datname like 'template\\_%'"
    )
    if (rows.some(({ datname }) => datname === template)) return template
    await makeTemplate(server, template)
    for (const { datname } of rows) await server.admin.query(`drop database if exists ${datname}`).catch(() => {})
  } finally {
    await server.admin.query('select pg_advisory_unlock($1)', [TEMPLATE])
  }
  return template
}

async function makeTemplate(server: TestServer, template: string): Promise<void> {
  const draft = `${template}_draft`
  await server.admin.query(`drop database if exists ${draft} with (force)`)
  await server.admin.query(`create database ${draft}`)
  const pool = new pg.Pool({ ...server.connection, database: draft, max: 1 })
  try {
    await migrate(pool)
  } finally {
    await pool.end()
  }
  await server.admin.query(`alter database ${draft} rename to ${template}`)
}

async function connect(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({ ...connection, application_name: 'upload24 tests' })
  client.on('error', () => {})
  await client.connect()
  return client
}

function optionsOf({ host, port, user, password, ssl }: pg.Client): pg.ClientConfig {
  return { host, port, ...(user && { user }), ...(password && { password }), ...(ssl && { ssl }) }
}

/** A connection as a DATABASE_URL; the query carries it all, because a socket's folder cannot be a URL's host. */
export function urlOf({ host, port, user, password, database }: pg.PoolConfig): string {
  const query = new URLSearchParams({ host: host ?? 'localhost', port: String(port), user: user ?? '' })
  if (typeof password === 'string') query.set('password', password)
  return `postgresql:///${database ?? 'postgres'}?${query}`
}

const fileName = (): string =>
  basename(process.argv[1] ?? 'file')
    .replace(/\.test\.ts$/, '')
    .replace(/[^a-z0-9]+/gi, '_')
    .toLowerCase()
    .slice(0, 24)
