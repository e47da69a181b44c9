import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { Event } from '@upload24/contract'
import { testDatabase } from '../../test/database.ts'
import { type EventReader, readEvents } from '../../test/event-reader.ts'
import { until } from '../../test/processes.ts'
import { form, openUploadWorld, type Tenant } from '../../test/upload-world.ts'
import { newId, readId } from '../lib/ids.ts'
import { NOTHING, readPosition, writePosition } from './position.ts'
import { readBatch, sweepEvents } from './queries.ts'

const database = await testDatabase()
const { pool, db } = database
const world = await openUploadWorld(database)

const open = (tenant: Tenant, { query = '', last }: { query?: string; last?: string | undefined } = {}) =>
  readEvents(`${world.base}/events${query}`, {
    'x-api-key': tenant.key,
    ...(last === undefined ? {} : { 'last-event-id': last })
  })

/** An upload, and its deliveries' row ids. */
async function upload(tenant: Tenant, fields: Record<string, string> = {}) {
  const { status, body } = await tenant.post('/api/upload', form({ title: 'A', accounts: tenant.accounts, ...fields }))
  assert.equal(status, 201, JSON.stringify(body))
  const { rows } = await pool.query('select id from deliveries where upload_id = $1 order by position', [
    readId('upload', body.uploadId)
  ])
  return { uploadId: body.uploadId as string, deliveries: rows.map(row => row.id as string) }
}

const change = (id: string, columns: string) => pool.query(`update deliveries set ${columns} where id = $1`, [id])
const typesOf = ({ received }: EventReader) => received.map(({ event }) => event)

test('what happens to an upload is told in public words, in order', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const reader = await open(tenant)
  assert.equal(reader.response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  assert.equal(reader.response.headers.get('x-accel-buffering'), 'no')
  assert.match(reader.response.headers.get('x-request-id') ?? '', /^req_/)
  const { uploadId, deliveries } = await upload(tenant)
  const [id = ''] = deliveries
  await change(id, `lease = gen_random_uuid(), lease_until = now()`)
  await change(id, `stage = 'transfer', sent = 0, bytes = 100`)
  await change(id, 'sent = 40')
  await change(id, `failure = '{"kind":"retry","code":"busy","message":"It is busy.","scope":"delivery"}'`)
  await change(id, `stage = 'committed', state = 'secret', failure = null, remote_id = 'abc'`)
  await change(id, `status = 'uploaded', ended_at = now()`)
  await reader.waitFor(7)
  assert.deepEqual(typesOf(reader), [
    'upload.created',
    'delivery.created',
    'delivery.processing',
    'delivery.progress',
    'delivery.processing',
    'delivery.processing',
    'delivery.uploaded'
  ])
  for (const { data, event } of reader.received) {
    assert.deepEqual(Event.parse(data), data)
    assert.equal(data.type, event)
    assert.ok('uploadId' in data && data.uploadId === uploadId)
  }
  const [, , , progress, waiting, , over] = reader.received.map(({ data }) => data as Record<string, unknown>)
  assert.deepEqual(progress?.progress, { phase: 'sending', bytesSent: 40, bytesTotal: 100 })
  assert.deepEqual([waiting?.status, waiting?.errorCode], ['Processing', 'busy'])
  assert.deepEqual([over?.status, over?.externalId, over?.accountId], ['Uploaded', 'abc', tenant.accounts[0]])
  assert.ok(!JSON.stringify(reader.received).includes('secret'))
  reader.cut()
})

test('people and accounts are told of too', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const { uploadId } = await upload(tenant, { scheduledOn: '2027-04-18T09:30:00Z' })
  const path = `/api/upload/${uploadId}`
  const reader = await open(tenant)
  await tenant.ask('PATCH', path, { body: { title: 'B' } })
  await tenant.post(`${path}/cancel`, {})
  await tenant.ask('DELETE', path)
  await tenant.newAccount()
  await pool.query(`update accounts set status = 'needs_relink' where tenant_id = $1`, [tenant.tenantId])
  await reader.waitFor(8)
  assert.deepEqual(typesOf(reader), [
    'delivery.updated',
    'upload.updated',
    'delivery.canceled',
    'upload.updated',
    'upload.deleted',
    'account.linked',
    'account.needs_relink',
    'account.needs_relink'
  ])
  reader.cut()
})

test('a transaction that began first and ends last is neither left out nor told twice', async () => {
  const tenant = await world.newTenant({ accounts: 2 })
  const { deliveries } = await upload(tenant)
  const [first = '', second = ''] = deliveries
  const reader = await open(tenant)
  const slow = await pool.connect()
  await slow.query('begin')
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
  await client.query('unlisten events')
  client.release()
  assert.deepEqual(heard, [read.tenantId])
  reader.cut()
})

test('readers that break off again and again see each of 400 changes once, in the order of each delivery', async () => {
  const tenant = await world.newTenant({ accounts: 4 })
  const { deliveries } = await upload(tenant)
  const [mark] = await Promise.all([open(tenant)])
  const start = mark.response
  assert.ok(start.ok)

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

test('a reader takes what it asks for, and begins where it asks to', async () => {
  const tenant = await world.newTenant({ accounts: 2 })
  await upload(tenant)
  const since = new Date().toISOString()
  await upload(tenant)
  const read = async (query: string) => {
    const reader = await open(tenant, { query: `?follow=false${query}` })
    await reader.ended
    return typesOf(reader)
  }
  assert.deepEqual(await read(''), [])
  assert.deepEqual(await read(`&since=${since}`), ['upload.created', 'delivery.created', 'delivery.created'])
  assert.deepEqual(await read('&since=2020-01-01T00:00:00Z&types=upload.created'), ['upload.created', 'upload.created'])
  assert.deepEqual(await read('&since=2100-01-01T00:00:00Z'), [])
})

test('a key that is limited to accounts sees only uploads that are wholly its own', async () => {
  const tenant = await world.newTenant({ accounts: 2 })
  const [own = ''] = tenant.accounts
  const key = await tenant.newKey([readId('account', own) as string])
  const { uploadId: mixed } = await upload(tenant)
  const mine = (await tenant.post('/api/upload', form({ title: 'Mine', accounts: own }))).body.uploadId
  await pool.query(`update deliveries set status = 'uploaded' where tenant_id = $1`, [tenant.tenantId])
  for (const id of [mixed, mine]) assert.equal((await tenant.ask('DELETE', `/api/upload/${id}`)).status, 204)
  const other = (await tenant.post('/api/upload', form({ title: 'Mine too', accounts: own }))).body.uploadId
  const reader = await readEvents(`${world.base}/events?follow=false&since=2020-01-01T00:00:00Z`, { 'x-api-key': key })
  await reader.ended
  const seen = reader.received.map(({ event, data }) => [event, 'uploadId' in data ? data.uploadId : data.accountId])
  assert.deepEqual(seen, [
    ['account.linked', own],
    ['upload.deleted', mine],
    ['upload.created', other],
    ['delivery.created', other]
  ])
})

test('a revoked key ends its stream before anything more is sent', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const reader = await open(tenant)
  const { deliveries } = await upload(tenant)
  await reader.waitFor(2)
  await pool.query('update api_keys set revoked_at = now() where tenant_id = $1', [tenant.tenantId])
  await change(deliveries[0] ?? '', 'sent = 9')
  await reader.ended
  assert.equal(reader.received.length, 2)
})

test('positions that are none are refused, also those of another instance and of long ago', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const now = Date.now()
  const cases: [string, number, string][] = [
    ['nonsense', 400, 'bad_request'],
    [`9:5:@${now}`, 400, 'bad_request'],
    [`5:9:7,6@${now}`, 400, 'bad_request'],
    [`999999999999:999999999999:@${now}`, 410, 'events_expired'],
    [`5:9:@${now - 31 * 86_400_000}`, 410, 'events_expired']
  ]
  for (const [last, status, code] of cases) {
    const answer = await tenant.ask('GET', '/events', { headers: { 'x-api-key': tenant.key, 'last-event-id': last } })
    assert.deepEqual([answer.status, answer.body.code], [status, code], last)
  }
  assert.equal((await tenant.ask('GET', '/events?types=upload.made')).status, 422)
  assert.equal((await fetch(`${world.base}/events`, { method: 'HEAD' })).status, 405)
  const position = { seen: '5:9:6,8', until: '7:12:', after: 3 }
  assert.deepEqual(readPosition(writePosition(position, new Date(now))), { position, at: new Date(now) })
})

test('a reader that takes nothing costs no memory, and does not hold others up', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const lazy = connect(world.port, '127.0.0.1')
  lazy.write(`GET /events HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${tenant.key}\r\n\r\n`)
  lazy.setEncoding('latin1')
  await once(lazy, 'data')
  lazy.pause()
  const reader = await open(tenant)
  const before = process.memoryUsage().rss
  for (let n = 0; n < 40; n++) {
    await pool.query(
      `select record_event($1, 'upload.updated', $2, null, jsonb_build_object('title', repeat('x', 2000), 'status', 'Scheduled',
        'scheduledOn', null)) from generate_series(1, 400)`,
      [tenant.tenantId, newId()]
    )
  }
  await reader.waitFor(16_000)
  // 35 MB were sent to the one that reads.
  assert.ok(process.memoryUsage().rss - before < 200e6, `${(process.memoryUsage().rss - before) / 1e6} MB`)
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
  assert.ok(performance.now() - began < 1000)
  const next = await open(tenant, { last: reader.lastId() })
  await upload(tenant)
  await next.waitFor(2)
  assert.deepEqual(typesOf(next), ['upload.created', 'delivery.created'])
  next.cut()
})

test('after thirty days events go', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  await pool.query(`update events set at = now() - interval '31 days' where tenant_id = $1`, [tenant.tenantId])
  const count = async () => (await pool.query('select count(*)::int as n from events')).rows[0].n as number
  const before = await count()
  assert.equal(await sweepEvents(db, 1_000_000), 1)
  assert.equal(await count(), before - 1)
})
