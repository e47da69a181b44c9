import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import type { Tables } from './tables.ts'

export type Db = Kysely<Tables> | Transaction<Tables>

export interface Database {
  readonly pool: pg.Pool
  readonly db: Kysely<Tables>
  close(): Promise<void>
}

export interface OpenOptions {
  /** Connections at most. */
  readonly max?: number
  readonly applicationName?: string
  readonly onError?: (error: Error) => void
}

const OLDEST = 15
/** A process that is frozen within a transaction would keep its rows locked, and nobody could take its deliveries over: the database ends it. */
const BOUND = { idle_in_transaction_session_timeout: 10_000 }
const INT8 = pg.types.builtins.INT8

/** Opens a pool and checks the server. timestamptz → Date, int8 → number (throws when it is not exact), jsonb → parsed. */
export async function openDatabase(connection: pg.PoolConfig, options: OpenOptions = {}): Promise<Database> {
  const pool = new pg.Pool({
    ...connection,
    ...BOUND,
    max: options.max ?? 20,
    application_name: options.applicationName ?? 'upload24',
    types: { getTypeParser }
  })
  // Without a listener, an idle connection that breaks (a restarted server) would end the process.
  pool.on('error', options.onError ?? (() => {}))
  // So would one that breaks in use; its query fails, and tells.
  pool.on('connect', client => {
    client.on('error', () => {})
    prepareStatements(client)
  })
  try {
    await checkVersion(pool)
  } catch (error) {
    await pool.end()
    throw error
  }
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return { pool, db, close }

  async function close(): Promise<void> {
    // Kysely ends the pool only if a query has gone through it.
    await db.destroy()
    if (!pool.ending) await pool.end()
  }
}

/** Names the statements with parameters, so that the server parses and plans each once a connection: that is most of their cost. */
function prepareStatements(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  client.query = ((text: unknown, values: unknown, ...rest: unknown[]) => {
    const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined
    return name === undefined ? query(text, values, ...rest) : query({ name, text, values }, ...rest)
  }) as typeof client.query
}

/** Lists of parameters make statements without end, and a connection keeps each it was told. */
const MOST_NAMES = 500
const names = new Map<string, string>()

function nameOf(text: string): string | undefined {
  if (!names.has(text) && names.size < MOST_NAMES) names.set(text, `u24_${names.size}`)
  return names.get(text)
}

async function checkVersion(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ version: string }>('select current_setting($1) as version', [
    'server_version_num'
  ])
  const major = Math.floor(Number(rows[0]?.version) / 10_000)
  if (!(major >= OLDEST)) {
    throw new Error(
      `The database is PostgreSQL ${major}, but ${OLDEST} or later is needed: set DATABASE_URL to a newer one.`
    )
  }
}

function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === INT8 && format !== 'binary') return readInt8
  return pg.types.getTypeParser(oid, format as 'text')
}

function readInt8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`${text} is too large for an exact number: select it as text.`)
  return value
}
