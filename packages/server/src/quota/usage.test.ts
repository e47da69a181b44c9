import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAILED, later, openChangeWorld, UNKNOWN } from '../../test/change-world.ts'
import { testDatabase } from '../../test/database.ts'
import { until } from '../../test/processes.ts'
import { faultsOf, form, type Tenant } from '../../test/upload-world.ts'
import { readId } from '../lib/ids.ts'

const database = await testDatabase()
const { pool } = database
const { world, set } = await openChangeWorld(database)
// Months and days are those of UTC: a test that begins in the last minute of one would be told of two.
const DAY = 86_400_000
await until(() => Date.now() % DAY < DAY - 50_000, 'the next day')

const usageOf = async (tenant: Tenant, query = '') => {
  const { status, body } = await tenant.asOwner('GET', `/quota/usage${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const add = async (tenant: Tenant, accounts = tenant.accounts): Promise<string> =>
  (await tenant.post('/api/upload', form({ title: 'Film', accounts }))).body.uploadId
const total = (rows: readonly { used: number; reserved: number }[]) => ({
  used: rows.reduce((sum, { used }) => sum + used, 0),
  reserved: rows.reduce((sum, { reserved }) => sum + reserved, 0)
})
/** As the engine does when a target ends: `use` whether the unit is spent. */
async function end(tenant: Tenant, uploadId: string, columns: string, position: number, isSpent: boolean) {
  await set(uploadId, columns, position)
  await pool.query(`update quotas set reserved = reserved - 1, used = used + $2 where tenant_id = $1`, [
    tenant.tenantId,
    isSpent ? 1 : 0
  ])
}
const UPLOADED = `status = 'uploaded', ended_at = now()`

test('each way of telling it adds up to the quota of the month', async () => {
  const tenant = await world.newTenant({ quota: 50, accounts: 3 })
  const uploadId = await add(tenant)
  await end(tenant, uploadId, UPLOADED, 0, true)
  await end(tenant, uploadId, UNKNOWN, 1, true)
  await end(tenant, uploadId, FAILED, 2, false)
  await add(tenant, tenant.accounts.slice(1))
  const usage = await usageOf(tenant)
  assert.deepEqual([usage.limit, usage.used, usage.reserved], [50, 2, 2])
  for (const kind of ['days', 'platforms', 'accounts', 'senders']) {
    assert.deepEqual(total(usage[kind]), { used: 2, reserved: 2 }, kind)
  }
  assert.deepEqual(usage.unlisted, { used: 0, reserved: 0 })
  assert.deepEqual(usage.platforms, [{ platform: 'youtube', used: 2, reserved: 2 }])
  const today = new Date().toISOString().slice(0, 10)
  assert.deepEqual(
    usage.days.find(({ date }: { date: string }) => date === today),
    { date: today, used: 2, reserved: 2 }
  )
  assert.deepEqual(
    usage.accounts.map(({ accountId, used, reserved }: Record<string, unknown>) => [accountId, used, reserved]),
    [
      [tenant.accounts[1], 1, 1],
      [tenant.accounts[0], 1, 0],
      [tenant.accounts[2], 0, 1]
    ]
  )
})

test('every day of the month is there, also of a leap February', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const { month, days, months } = await usageOf(tenant, '?month=2028-02')
  assert.deepEqual([month, days.length, days[0].date, days[28].date], ['2028-02', 29, '2028-02-01', '2028-02-29'])
  assert.deepEqual(months, [])
  const refused = await tenant.asOwner('GET', '/quota/usage?month=2026-13')
  assert.deepEqual(faultsOf(refused), ['month invalid_format'])
})

test('who sent it is told apart: people by their name, keys by theirs', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  await add(tenant)
  await tenant.asOwner('POST', '/api/upload', { body: form({ title: 'Film', accounts: tenant.accounts }) })
  const { senders } = await usageOf(tenant)
  const kinds = senders.map(({ by, name, reserved }: { by: string; name: string | null; reserved: number }) => [
    by.split('_')[0],
    name,
    reserved
  ])
  assert.deepEqual(kinds.sort(), [
    ['key', null, 1],
    ['user', 'Ada', 1]
  ])
})

test('what a deleted upload and an open session took stands in no list', async () => {
  const tenant = await world.newTenant({ accounts: 2 })
  const uploadId = await add(tenant)
  await end(tenant, uploadId, UPLOADED, 0, true)
  await end(tenant, uploadId, UPLOADED, 1, true)
  assert.equal((await tenant.ask('DELETE', `/api/upload/${uploadId}`)).status, 204)
  const about = { title: 'Film', fileName: 'film.mp4', fileSize: 9, contentType: 'video/mp4' }
  await tenant.post('/api/upload/presign-put', { ...about, accounts: tenant.accounts })
  const usage = await usageOf(tenant)
  assert.deepEqual([usage.used, usage.reserved, usage.unlisted], [2, 2, { used: 2, reserved: 2 }])
})

test('a retry counts in the month and on the day in which it was made', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const { uploadId } = (
    await tenant.post('/api/upload', form({ title: 'Film', accounts: tenant.accounts, scheduledOn: later(1) }))
  ).body
  await end(tenant, uploadId, FAILED, 0, false)
  await pool.query(`update uploads set created_at = created_at - interval '70 days' where id = $1`, [
    readId('upload', uploadId)
  ])
  assert.equal((await tenant.post(`/api/upload/${uploadId}/retry`, {})).status, 200)
  const { days } = await usageOf(tenant)
  const today = new Date().toISOString().slice(0, 10)
  assert.deepEqual(
    days.filter(({ reserved }: { reserved: number }) => reserved > 0),
    [{ date: today, used: 0, reserved: 1 }]
  )
})
