import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { type EventReader, readEvents } from '../../test/event-reader.ts'
import { openEventWorld, typesOf } from '../../test/event-world.ts'
import { until } from '../../test/processes.ts'
import { openUploadWorld, type Tenant } from '../../test/upload-world.ts'
import { newId } from '../lib/ids.ts'
import { NOTHING } from './position.ts'
import { readBatch } from './queries.ts'

const database = await testDatabase()
const { pool, db } = database
const { world, open, serve, upload, change } = await openEventWorld(database)

test('a transaction that began first and ends last is neither left out nor told twice', async () => {
  const tenant = await world.newTenant({ accounts: 2 })
  const { deliveries } = await upload(tenant)
  const [first = '', second = ''] = deliveries
  const reader = await open(tenant)
  const slow = await pool.connect()
  await slow.query('begin')
  await slow.query('set local idle_in_transaction_session_timeout = 0')
  await slow.query(`update deliveries set sent = 1, stage = 'transfer' where id = $1`, [first])
  const { rows } = await slow.query('select max(seq)::int as seq from events')
  await change(second, `sent = 2, stage = 'transfer'`)
  // Not held up by the one that is open.
  await reader.waitFor(1)
  const last = reader.lastId()
  const third = await open(tenant, { last })
  await slow.query('commit')
  slow.release()
  await Promise.all([reader.waitFor(2), third.waitFor(1)])
  await change(second, 'sent = 3')
  await Promise.all([reader.waitFor(3), third.waitFor(2)])
  const sent = ({ received }: EventReader) =>
    received.map(({ data }) => ('progress' in data ? data.progress.bytesSent : null))
  assert.deepEqual(
    [sent(reader), sent(third)],
    [
      [2, 1, 3],
      [1, 3]
    ]
  )
  const batch = await readBatch(
    db,
    tenant.tenantId,
    { seen: NOTHING, until: null, after: 0 },
    { types: undefined, accountIds: null, limit: 99 }
  )
  const seqs = batch.events.map(({ seq }) => seq)
  assert.ok(seqs.indexOf(rows[0].seq) < seqs.length - 2, 'the late one has the lower number')
  reader.cut()
  third.cut()
})

test('what began before the first reader came is told when it ends', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const { deliveries } = await upload(tenant)
  const slow = await pool.connect()
  await slow.query('begin')
  await slow.query('set local idle_in_transaction_session_timeout = 0')
  await slow.query(`update deliveries set stage = 'transfer' where id = $1`, [deliveries[0]])
  const reader = await open(tenant)
  await until(async () => (await listReaders(tenant)) === 1, 'the reader to be known')
  await slow.query('commit')
  slow.release()
  await reader.waitFor(1)
  reader.cut()
  await until(async () => (await listReaders(tenant)) === 0, 'the reader to be forgotten')
})

const listReaders = async ({ tenantId }: Tenant) =>
  (await pool.query('select from event_readers where tenant_id = $1', [tenantId])).rows.length

test('nothing is announced where nobody reads', async () => {
  const [quiet, read] = [await world.newTenant({ accounts: 1 }), await world.newTenant({ accounts: 1 })]
  const reader = await open(read)
  const client = await pool.connect()
  const heard: (string | undefined)[] = []
  client.on('notification', ({ payload }) => heard.push(payload))
  await client.query('listen events')
  await upload(quiet)
  await upload(read)
  await reader.waitFor(2)
  // Whoever reads may be told before this connection is.
  await until(() => heard.length > 0, 'the notice')
  await client.query('unlisten events')
  client.release()
  assert.deepEqual(heard, [read.tenantId])
  reader.cut()
})

test('readers that break off again and again see each of 400 changes once, in the order of each delivery', async () => {
  const tenant = await world.newTenant({ accounts: 4 })
  const { deliveries } = await upload(tenant)
  const mark = await open(tenant)

  /** Reads from one id on, cut off and begun anew after every few events. */
  async function follow(every: number, first: EventReader): Promise<EventReader['received']> {
    const all: EventReader['received'] = []
    let reader = first
    for (let last: string | undefined; ; ) {
      await until(
        () => reader.received.length >= every || all.length + reader.received.length >= 400,
        'more events',
        () => `${all.length + reader.received.length} so far`
      )
      const isLast = all.length + reader.received.length >= 400
      // What it does not know of yet comes again.
      const known = isLast ? reader.received : reader.received.slice(0, every)
      all.push(...known)
      if (isLast) {
        reader.cut()
        return all
      }
      last = known.at(-1)?.id
      reader.cut()
      reader = await open(tenant, { last })
    }
  }
  const followers = [follow(7, mark), follow(31, await open(tenant)), follow(1000, await open(tenant))]
  const writers = deliveries
    .flatMap(id => [id])
    .map(async id => {
      for (let n = 1; n <= 100; n++) {
        const client = await pool.connect()
        await client.query('begin')
        await client.query('update deliveries set sent = $2 where id = $1', [id, n])
        // They end in another order than they began in.
        await client.query('select pg_sleep($1)', [((n * 7 + id.charCodeAt(35)) % 5) / 1000])
        await client.query('commit')
        client.release()
      }
    })
  await Promise.all(writers)
  for (const all of await Promise.all(followers)) {
    assert.equal(all.length, 400)
    assert.equal(new Set(all.map(({ data }) => data.eventId)).size, 400)
    const byAccount = Map.groupBy(all, ({ data }) => ('accountId' in data ? data.accountId : ''))
    assert.equal(byAccount.size, 4)
    for (const own of byAccount.values()) {
      assert.deepEqual(
        own.map(({ data }) => ('progress' in data ? data.progress.bytesSent : null)),
        Array.from({ length: 100 }, (_, n) => n + 1)
      )
    }
  }
})

test('a reader far behind gets all of it in pieces, and may break off within one', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const before = await open(tenant, { query: '?since=2020-01-01T00:00:00Z' })
  await pool.query(
    `select record_event($1, 'upload.updated', $2, null, jsonb_build_object('title', n, 'status', 'Scheduled', 'scheduledOn', null))
     from generate_series(1, 1200) n`,
    [tenant.tenantId, newId()]
  )
  // One for its account.
  await before.waitFor(1201)
  const middle = before.received[700]
  const rest = await open(tenant, { query: '?follow=false', last: middle?.id })
  await rest.ended
  assert.deepEqual(
    rest.received.map(({ data }) => data.eventId),
    before.received.slice(701).map(({ data }) => data.eventId)
  )
  before.cut()
})

test('a reader that takes nothing for too long is cut', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  await pool.query(
    `select record_event($1, 'upload.updated', $2, null, jsonb_build_object('title', repeat('x', 2000), 'status', 'Scheduled',
      'scheduledOn', null)) from generate_series(1, 20000)`,
    [tenant.tenantId, newId()]
  )
  const { port, ended } = await serve(tenant, { patience: 0.3 })
  const lazy = connect(port, '127.0.0.1')
  lazy.on('error', () => {})
  lazy.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  lazy.pause()
  await ended
  lazy.destroy()
})

test('a reader that takes nothing costs no memory, and does not hold others up', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  await pool.query(
    `select record_event($1, 'upload.updated', $2, null, jsonb_build_object('title', repeat('x', 2000), 'status', 'Scheduled',
      'scheduledOn', null)) from generate_series(1, 16000)`,
    [tenant.tenantId, newId()]
  )
  const { port, response } = await serve(tenant, { patience: 600 })
  const lazy = connect(port, '127.0.0.1')
  lazy.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(lazy, 'data')
  lazy.pause()
  const reader = await open(tenant, { query: '?since=2020-01-01T00:00:00Z' })
  await reader.waitFor(16_001)
  // Of 35 MB no more waits here than one batch.
  const held = await response
  await until(() => held.writableLength > 0, 'the lazy one to be waited for')
  assert.ok(held.writableLength < 2e6, `${held.writableLength / 1e6} MB`)
  reader.cut()
  lazy.destroy()
})

test('a server that stops ends its streams at once, and readers go on elsewhere', async () => {
  const stopping = await openUploadWorld(database)
  const tenant = await world.newTenant({ accounts: 1 })
  const reader = await readEvents(`${stopping.base}/events`, { 'x-api-key': tenant.key })
  await upload(tenant)
  await reader.waitFor(2)
  const began = performance.now()
  await stopping.http.close()
  await reader.ended
  // A stream that is not told would say nothing until its next sign of life, after 15 s.
  assert.ok(performance.now() - began < 10_000)
  const next = await open(tenant, { last: reader.lastId() })
  await upload(tenant)
  await next.waitFor(2)
  assert.deepEqual(typesOf(next), ['upload.created', 'delivery.created'])
  next.cut()
})

test('what happens once a credential has ended is not told, also while the stream is read', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const { deliveries } = await upload(tenant)
  let asked = 0
  const { port, ended } = await serve(tenant, {
    heartbeat: 0.01,
    authenticate: async () => {
      if (asked++ > 0) throw new Error('revoked')
      await change(deliveries[0] as string, `sent = 7, stage = 'transfer'`)
    }
  })
  const text = await (await fetch(`http://127.0.0.1:${port}`)).text()
  await ended
  assert.match(text, /event: upload\.created/)
  assert.doesNotMatch(text, /"bytesSent":7/)
})
