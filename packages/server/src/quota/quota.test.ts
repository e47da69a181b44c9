import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { until } from '../../test/processes.ts'
import { FILM, form, openUploadWorld, type Tenant } from '../../test/upload-world.ts'
import { readId } from '../lib/ids.ts'
import { expireSessions } from '../sessions/end.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
// Months and days are those of UTC: a test that begins in the last minute of one would be told of two.
const DAY = 86_400_000
await until(() => Date.now() % DAY < DAY - 50_000, 'the next day')

const about = { title: 'Film', fileName: 'film.mp4', fileSize: FILM.length, contentType: 'video/mp4' }
const start = (tenant: Tenant, accounts = tenant.accounts) =>
  tenant.post('/api/upload/presign-put', { ...about, accounts })
const send = (tenant: Tenant, accounts = tenant.accounts) =>
  tenant.post('/api/upload', form({ title: 'Film', accounts }))
const nextMonth = () => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)).toISOString()
}

test('a workspace without a limit is told of none', async () => {
  const tenant = await world.newTenant()
  await start(tenant)
  assert.deepEqual(await tenant.readQuota(), {
    limit: null,
    used: 0,
    reserved: 2,
    remaining: null,
    resetsAt: nextMonth()
  })
})

test('each target costs one, whichever way the bytes come', async () => {
  const tenant = await world.newTenant({ quota: 7, accounts: 2 })
  assert.equal((await send(tenant)).status, 201)
  assert.equal((await start(tenant)).status, 201)
  const multipart = await tenant.post('/api/upload/multipart', { ...about, accounts: tenant.accounts })
  assert.equal(multipart.status, 201)
  const { used, reserved, remaining } = await tenant.readQuota()
  assert.deepEqual({ used, reserved, remaining }, { used: 0, reserved: 6, remaining: 1 })
})

test('two targets with one left are refused whole, with the figures and the time of the reset', async () => {
  const tenant = await world.newTenant({ quota: 3, accounts: 2 })
  assert.equal((await start(tenant)).status, 201)
  const before = await world.traces()
  const multipart = () => tenant.post('/api/upload/multipart', { ...about, accounts: tenant.accounts })
  for (const call of [() => start(tenant), () => send(tenant), multipart]) {
    const began = Date.now()
    const { status, headers, body } = await call()
    const { code, limit, used, requested, resetsAt } = body
    assert.deepEqual(
      { status, code, limit, used, requested, resetsAt },
      { status: 429, code: 'quota_exceeded', limit: 3, used: 2, requested: 2, resetsAt: nextMonth() }
    )
    const answeredAt = Date.parse(resetsAt) - Number(headers.get('retry-after')) * 1000
    assert.ok(answeredAt > began - 1000 && answeredAt <= Date.now(), headers.get('retry-after') as string)
    assert.deepEqual(await world.traces(), before)
  }
  assert.equal((await start(tenant, tenant.accounts.slice(1))).status, 201)
})

test('of two requests that race for the last unit exactly one wins', async () => {
  for (let round = 0; round < 20; round++) {
    const tenant = await world.newTenant({ quota: 1, accounts: 1 })
    const rivals = round % 2 ? [start(tenant), start(tenant)] : [send(tenant), start(tenant)]
    const statuses = (await Promise.all(rivals)).map(answer => answer.status)
    assert.deepEqual(statuses.sort(), [201, 429])
    assert.equal((await tenant.readQuota()).reserved, 1)
  }
})

test('of thirty requests that race for ten units ten win', async () => {
  const tenant = await world.newTenant({ quota: 20, accounts: 2 })
  const answers = await Promise.all(Array.from({ length: 30 }, () => start(tenant)))
  assert.equal(answers.filter(answer => answer.status === 201).length, 10)
  assert.deepEqual(await tenant.readQuota(), { limit: 20, used: 0, reserved: 20, remaining: 0, resetsAt: nextMonth() })
})

test('abort gives back once, however often it is called', async () => {
  const tenant = await world.newTenant({ quota: 2, accounts: 2 })
  const { sessionToken } = (await start(tenant)).body
  assert.equal((await start(tenant)).status, 429)
  const aborts = await Promise.all([1, 2, 3].map(() => tenant.post('/api/upload/abort', { sessionToken })))
  assert.deepEqual(
    aborts.map(answer => answer.status),
    [200, 200, 200]
  )
  assert.equal((await tenant.readQuota()).remaining, 2)
})

test('expiry gives back to the month that it was taken from', async () => {
  const tenant = await world.newTenant({ quota: 2, accounts: 2 })
  const { fileId } = (await start(tenant)).body
  await database.pool.query(
    `with moved as (update quotas set month = '2026-01-01' where tenant_id = $1)
     update upload_sessions set expires_at = now(), quota_month = '2026-01-01' where file_id = $2`,
    [tenant.tenantId, readId('file', fileId)]
  )
  assert.equal((await start(tenant)).status, 201)
  await expireSessions(world.app)
  const { rows } = await database.pool.query(
    'select month::text, reserved, used from quotas where tenant_id = $1 order by month',
    [tenant.tenantId]
  )
  assert.deepEqual(rows[0], { month: '2026-01-01', reserved: 0, used: 0 })
  assert.equal(rows[1].reserved, 2)
})

test('completing costs nothing more, and a form that is refused costs nothing', async () => {
  const tenant = await world.newTenant({ quota: 4, accounts: 2 })
  const { sessionToken, uploadUrl } = (await start(tenant)).body
  await world.send('PUT', uploadUrl, { body: FILM, headers: { 'content-type': 'video/mp4' } })
  assert.equal((await tenant.post('/api/upload/complete', { sessionToken, parts: [] })).status, 201)
  const refused = await tenant.post('/api/upload', form({ title: '', accounts: tenant.accounts }))
  assert.equal(refused.status, 422)
  assert.equal((await tenant.readQuota()).reserved, 2)
})
