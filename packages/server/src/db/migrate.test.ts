import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, beforeEach, test } from 'node:test'
import pg from 'pg'
import { testDatabase } from '../../test/database.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open.ts'

const { connection } = await testDatabase()
const admin = new pg.Pool({ ...connection, max: 1 })
// A schema of its own for each test: migrations meet it empty.
const { pool, close } = await openDatabase({ ...connection, options: '-c search_path=fresh' })
let folder: string

after(async () => {
  await close()
  await admin.end()
})
beforeEach(async () => {
  await admin.query('drop schema if exists fresh cascade')
  await admin.query('create schema fresh')
  folder = await mkdtemp(join(tmpdir(), 'upload24-migrations-'))
  await write('0001_first.sql', 'create table first (id int8)')
  await write('0002_second.sql', 'create table second (id int8); insert into first values (1)')
})
afterEach(() => rm(folder, { recursive: true }))

test('each file is applied once, also by several processes at once', async () => {
  const applied = await Promise.all([migrate(pool, folder), migrate(pool, folder), migrate(pool, folder)])
  assert.deepEqual(applied.flat(), ['0001_first.sql', '0002_second.sql'])
  assert.deepEqual(await migrate(pool, folder), [])
  assert.equal((await pool.query('select from first')).rowCount, 1)
})

test('a file that fails leaves nothing behind, and is named', async () => {
  await write('0003_third.sql', 'create table third (id int8); select 1 / 0')
  await assert.rejects(migrate(pool, folder), /migrations\/0003_third\.sql failed: division by zero/)
  assert.equal((await pool.query("select to_regclass('third') as there")).rows[0].there, null)
  await write('0003_third.sql', 'create table third (id int8)')
  assert.deepEqual(await migrate(pool, folder), ['0003_third.sql'])
})

test('a file changed after it was applied is refused', async () => {
  await migrate(pool, folder)
  await write('0001_first.sql', 'create table first (id int4)')
  await assert.rejects(migrate(pool, folder), /0001_first\.sql was changed/)
})

test('a database of a newer version is refused', async () => {
  await migrate(pool, folder)
  await rm(join(folder, '0002_second.sql'))
  await assert.rejects(migrate(pool, folder), /already has 0002_second\.sql/)
})

test('a gap, a double and a strange name are refused before anything is applied', async () => {
  for (const name of ['0004_gap.sql', '0002_double.sql', 'later.sql']) {
    await write(name, 'select 1')
    await assert.rejects(migrate(pool, folder), new RegExp(`migrations/(${name}|0002_second\\.sql):`), name)
    await rm(join(folder, name))
  }
  assert.equal((await pool.query("select to_regclass('schema_migrations') as there")).rows[0].there, null)
})

test('times come as dates, counts as numbers, and a number that would be rounded is an error', async () => {
  const { rows } = await pool.query('select now() as at, count(*) as n from (values (1)) as v')
  assert.ok(rows[0].at instanceof Date)
  assert.equal(rows[0].n, 1)
  await assert.rejects(pool.query('select 9007199254740993::int8'), /too large for an exact number/)
})

const write = (name: string, sql: string): Promise<void> => writeFile(join(folder, name), sql)
