import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openWorld } from '../torture/world.ts'
import { testDatabase, urlOf } from './database.ts'
import { makeFolder } from './processes.ts'

const { pool, connection } = await testDatabase()

test('a database that dies while the suite moves time ends that query, and not the run', async t => {
  const folder = await makeFolder()
  const world = await openWorld({ in: folder.path, name: 'a world', databaseUrl: urlOf(connection) })
  const client = await world.pool.connect()
  t.after(async () => {
    client.release(true)
    await world.close()
    await folder.remove()
  })
  const { rows } = await client.query('select pg_backend_pid() as pid')
  await client.query('begin')
  const ended = new Promise<void>(resolve => client.once('end', () => resolve()))
  await pool.query('select pg_terminate_backend($1)', [rows[0].pid])
  await ended
  await assert.rejects(client.query('select 1'))
  assert.equal((await world.pool.query('select 1 as one')).rows[0].one, 1)
})
