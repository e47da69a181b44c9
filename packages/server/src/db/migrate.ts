import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'

export const MIGRATIONS = join(import.meta.dirname, '../../migrations')

const LOCK = 24_000_001

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** The files NNNN_name.sql of a folder, in order. */
export async function readMigrations(folder = MIGRATIONS): Promise<Migration[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
  const migrations = await Promise.all(
    names.map(async name => {
      if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(name)) throw new Error(`migrations/${name}: a name is NNNN_name.sql.`)
      const sql = await readFile(join(folder, name), 'utf8')
      return { number: Number(name.slice(0, 4)), name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
  )
  for (const [index, { number, name }] of migrations.entries()) {
    if (number !== index + 1)
      throw new Error(`migrations/${name}: expected number ${index + 1}, with no gap and no double.`)
  }
  return migrations
}

/** Brings the database to the newest migration; answers the names applied now. Safe when several processes start at once. */
export async function migrate(pool: pg.Pool, folder = MIGRATIONS): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    return await applyMissing(client, migrations)
  } finally {
    // Closing the session gives the lock back, whatever state an error left it in.
    client.release(true)
  }
}

async function applyMissing(client: pg.PoolClient, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(`create table if not exists schema_migrations (
    number int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`)
  const { rows } = await client.query<Migration>('select number, name, checksum from schema_migrations order by number')
  for (const row of rows) checkApplied(row, migrations[row.number - 1])
  const missing = migrations.slice(rows.length)
  for (const migration of missing) await apply(client, migration)
  return missing.map(({ name }) => name)
}

function checkApplied(applied: Migration, file: Migration | undefined): void {
  if (!file) {
    throw new Error(
      `The database already has ${applied.name}, which this version does not know: start the newer version.`
    )
  }
  if (file.name !== applied.name || file.checksum !== applied.checksum) {
    throw new Error(
      `migrations/${file.name} was changed after this database applied it (as ${applied.name}): add a new file instead.`
    )
  }
}

async function apply(client: pg.PoolClient, { number, name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('begin')
    await client.query(sql)
    await client.query('insert into schema_migrations (number, name, checksum) values ($1, $2, $3)', [
      number,
      name,
      checksum
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw new Error(`migrations/${name} failed: ${(error as Error).message}`, { cause: error })
  }
}
