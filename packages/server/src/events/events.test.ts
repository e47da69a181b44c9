import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Event } from '@upload24/contract'
import { later } from '../../test/change-world.ts'
import { testDatabase } from '../../test/database.ts'
import { readEvents } from '../../test/event-reader.ts'
import { openEventWorld, typesOf } from '../../test/event-world.ts'
import { form } from '../../test/upload-world.ts'
import { createFollowUps } from '../deliveries/follow-ups/queries.ts'
import { UNKNOWN } from '../deliveries/outcomes.ts'
import { readId } from '../lib/ids.ts'
import { readPosition, writePosition } from './position.ts'
import { sweepEvents } from './queries.ts'

const database = await testDatabase()
const { pool, db } = database
const { world, open, upload, change } = await openEventWorld(database)

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

test('of what may have been posted, events and the status route say the same, also where the grant died', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const { uploadId, deliveries } = await upload(tenant)
  const [id = ''] = deliveries
  const wanted = { followUp: 'comment', part: 'firstComment', fileId: null, notBefore: null }
  await createFollowUps(db, { tenantId: tenant.tenantId, id }, [wanted])
  const { rows } = await pool.query('select id from deliveries where parent_id = $1', [id])
  const reader = await open(tenant)
  const ended = `status = 'failed', stage = 'committed', ended_at = now()`
  await change(id, `${ended}, failure = '${JSON.stringify({ ...UNKNOWN, kind: 'relink' })}'`)
  await change(rows[0].id, `${ended}, failure = '${JSON.stringify(UNKNOWN)}'`)
  await reader.waitFor(2)
  const { body } = await tenant.ask('GET', `/api/upload/${uploadId}/status`)
  const [target] = body.accounts
  const told = reader.received.map(({ data }) => data as Record<string, unknown>)
  assert.deepEqual(
    told.map(({ followUp, errorCode }) => [followUp, errorCode]),
    [
      [null, 'outcome_unknown'],
      ['firstComment', 'outcome_unknown']
    ]
  )
  for (const [index, shown] of [target, target.followUps[0]].entries()) {
    const { status, errorCode, errorMessage } = told[index] ?? {}
    assert.deepEqual(
      { status, errorCode, errorMessage },
      { status: shown.status, errorCode: shown.errorCode, errorMessage: shown.errorMessage }
    )
  }
  assert.deepEqual(told[0]?.progress, target.progress)
  reader.cut()
})

test('a change and its event are one transaction: neither is there without the other', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const { uploadId, deliveries } = await upload(tenant)
  const id = readId('upload', uploadId)
  const told = async () =>
    (await pool.query('select seq, xmin::text from events where upload_id = $1 order by seq', [id])).rows
  const before = await told()
  const client = await pool.connect()
  await client.query('begin')
  await client.query(`update deliveries set stage = 'transfer' where id = $1`, [deliveries[0]])
  await client.query('select refresh_upload($1, $2)', [tenant.tenantId, id])
  await client.query('rollback')
  client.release()
  assert.deepEqual(await told(), before)
  await change(deliveries[0]!, `stage = 'transfer'`)
  const after = await told()
  const { rows } = await pool.query('select xmin::text from deliveries where id = $1', [deliveries[0]])
  assert.deepEqual(
    after.slice(before.length).map(({ xmin }) => xmin),
    rows.map(({ xmin }) => xmin)
  )
})

test('people and accounts are told of too', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const { uploadId } = await upload(tenant, { scheduledOn: later(30) })
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

test('a position of another workspace tells of the own one alone', async () => {
  const [one, other] = [await world.newTenant({ accounts: 1 }), await world.newTenant({ accounts: 1 })]
  const reader = await open(one)
  await upload(one)
  await reader.waitFor(2)
  reader.cut()
  await upload(one)
  const { uploadId } = await upload(other)
  const taken = await open(other, { query: '?follow=false', last: reader.lastId() })
  await taken.ended
  assert.deepEqual(
    taken.received.map(({ data }) => ('uploadId' in data ? data.uploadId : null)),
    [uploadId, uploadId]
  )
})

test('after thirty days events go', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  await pool.query(`update events set at = now() - interval '31 days' where tenant_id = $1`, [tenant.tenantId])
  const count = async () => (await pool.query('select count(*)::int as n from events')).rows[0].n as number
  const before = await count()
  assert.equal(await sweepEvents(db, 1_000_000), 1)
  assert.equal(await count(), before - 1)
})
