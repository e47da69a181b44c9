import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { after, test } from 'node:test'
import pg from 'pg'
import { pino } from 'pino'
import { testDatabase } from '../../test/database.ts'
import { until } from '../../test/processes.ts'
import { listen } from './listen.ts'
import { openDatabase } from './open.ts'

const { pool, connection, name } = await testDatabase()
const elsewhere = new pg.Client({ ...connection, database: 'postgres' })
await elsewhere.connect()
after(() => elsewhere.end())

const listeners = async (): Promise<number[]> => {
  const { rows } = await pool.query(
    `select pid from pg_stat_activity where application_name = 'upload24 listener' and datname = current_database()`
  )
  return rows.map(row => row.pid as number)
}
const cutAll = async () => {
  for (const pid of await listeners()) await pool.query('select pg_terminate_backend($1)', [pid])
}

test('a listener whose connection is cut listens again, over one connection, however often it is refused', async t => {
  let [heard, tries] = [0, 0]
  const stream = () => {
    tries++
    return new Socket()
  }
  const told: string[] = []
  const log = pino({}, { write: line => told.push(`${JSON.parse(line).level} ${JSON.parse(line).msg}`) })
  const listener = await listen({ ...connection, stream }, 'news', () => heard++, log)
  t.after(() => listener.close())
  assert.equal(heard, 1, 'what was notified before is looked for')
  await pool.query('notify news')
  await until(() => heard === 2, 'the news')

  await elsewhere.query(`alter database ${name} allow_connections false`)
  await cutAll()
  // The first of these tries was let in. Each of the others begins when the one before has been refused.
  await until(() => tries > 4, 'three refusals')
  assert.equal(heard, 2)
  const [deaf = ''] = told
  assert.deepEqual(told, [deaf], 'the first refusal is told, the others are not')
  assert.match(deaf, /^40 .* not heard/)
  await elsewhere.query(`alter database ${name} allow_connections true`)
  await until(() => heard === 3, 'the connection')
  await until(() => told.length > 1, 'the end of it to be told')
  assert.match(told[1] ?? '', /^30 .* heard again/)
  const openAt = Date.now()
  await until(() => Date.now() - openAt > 1_500, 'further connections, were there any')
  assert.equal((await listeners()).length, 1)
  await pool.query('notify news')
  await until(() => heard === 4, 'the news')
  assert.equal(told.length, 2)
  await listener.close()
  await until(async () => (await listeners()).length === 0, 'the connection to be closed')
})

test('a connection that breaks while it is in use fails its query and nothing else', async () => {
  const other = await openDatabase(connection)
  const client = await other.pool.connect()
  const { rows } = await client.query('select pg_backend_pid() as pid')
  const ended = new Promise<void>(resolve => client.once('end', () => resolve()))
  await pool.query('select pg_terminate_backend($1)', [rows[0].pid])
  await ended
  await assert.rejects(client.query('select 1'))
  client.release(true)
  assert.equal((await other.pool.query('select 1 as one')).rows[0].one, 1)
  await other.close()
})

test('a statement with parameters is planned once a connection; one without is not kept', async () => {
  const { pool: one, close } = await openDatabase(connection, { max: 1 })
  try {
    for (const number of [1, 2, 3]) await one.query('select $1::int as "planned once"', [number])
    await one.query('select 7')
    const { rows } = await one.query<{ statement: string; name: string }>(
      'select statement, name from pg_prepared_statements order by prepare_time'
    )
    assert.deepEqual(
      rows.map(({ statement }) => statement).filter(text => !text.includes('current_setting')),
      ['select $1::int as "planned once"']
    )
    await assert.rejects(one.query('select 1 / $1::int', [0]), /division by zero/)
    assert.deepEqual((await one.query('select $1::int as n', [7])).rows, [{ n: 7 }])
  } finally {
    await close()
  }
})

test('every connection of the pool ends a transaction that nobody goes on with', async () => {
  const { rows } = await pool.query('show idle_in_transaction_session_timeout')
  assert.deepEqual(rows, [{ idle_in_transaction_session_timeout: '10s' }])
})
