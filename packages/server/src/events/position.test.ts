import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { readEvents } from '../../test/event-reader.ts'
import { openEventWorld, typesOf } from '../../test/event-world.ts'
import { until } from '../../test/processes.ts'
import { readPosition } from './position.ts'

const database = await testDatabase()
const { pool } = database
const { world, open, serve, upload, change } = await openEventWorld(database)

/** A transaction that has written, and is still open. */
async function beginWrite() {
  const client = await pool.connect()
  await client.query('begin')
  await client.query('set local idle_in_transaction_session_timeout = 0')
  await client.query('select pg_current_xact_id()')
  // A snapshot knows of running transactions up to the last one that ended.
  await pool.query('select pg_current_xact_id()')
  let isOpen = true
  const end = async () => {
    if (isOpen) await client.query('commit')
    if (isOpen) client.release()
    isOpen = false
  }
  after(end)
  return { client, end }
}

test('a reader that breaks off before its first event goes on from where it began', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const { deliveries } = await upload(tenant)
  const { client, end } = await beginWrite()
  await client.query(`update deliveries set sent = 1, stage = 'transfer' where id = $1`, deliveries)
  const reader = await open(tenant)
  await until(() => reader.lastId() !== undefined, 'its position')
  assert.deepEqual(reader.received, [])
  reader.cut()
  await end()
  const next = await open(tenant, { last: reader.lastId() })
  await next.waitFor(1)
  assert.deepEqual(typesOf(next), ['delivery.processing'])
  next.cut()
})

test('the position of a reader moves on past what it did not ask for, and stays young', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const { port } = await serve(tenant, { types: ['upload.deleted'], heartbeat: 0.1 })
  const reader = await readEvents(`http://127.0.0.1:${port}`, {})
  await until(() => reader.lastId() !== undefined, 'its position')
  const began = readPosition(reader.lastId() as string)
  const { deliveries } = await upload(tenant)
  const { rows } = await pool.query('select now() as now')
  // A position that was under way while the upload was made tells of nothing yet.
  const at = () => readPosition(reader.lastId() as string)?.at ?? new Date(0)
  await until(() => at() > rows[0].now, 'a later position')
  reader.cut()
  const now = readPosition(reader.lastId() as string)
  assert.ok(began && now && now.at > began.at)
  const rest = await open(tenant, { last: reader.lastId() })
  await change(deliveries[0] ?? '', 'sent = 9')
  await rest.waitFor(1)
  assert.deepEqual(typesOf(rest), ['delivery.progress'])
  rest.cut()
})

test('a line where nothing happens gives signs of life, also beside a transaction that stays open', async () => {
  const tenant = await world.newTenant({ accounts: 0 })
  for (const isBeside of [false, true]) {
    const write = isBeside ? await beginWrite() : null
    const { port } = await serve(tenant, { heartbeat: 0.1 })
    const reader = await readEvents(`http://127.0.0.1:${port}`, {})
    for (let sign = 0; sign < 4; sign++) {
      const before = reader.lastId()
      await until(() => reader.lastId() !== before, 'a sign of life')
    }
    assert.deepEqual(reader.received, [])
    reader.cut()
    await write?.end()
  }
})

test('who asks without following gets a position also where there is nothing', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  await upload(tenant)
  const none = await open(tenant, { query: '?follow=false&types=upload.deleted&since=2020-01-01T00:00:00Z' })
  await none.ended
  assert.deepEqual([none.received, typeof none.lastId()], [[], 'string'])
  const some = await open(tenant, { query: '?follow=false&since=2020-01-01T00:00:00Z' })
  await some.ended
  assert.equal(some.lastId(), some.received.at(-1)?.id)
})
