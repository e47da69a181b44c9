import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAILED, openChangeWorld } from '../../test/change-world.ts'
import { testDatabase } from '../../test/database.ts'
import { linkOne } from '../../test/linked-account.ts'
import { openLinkingWorld } from '../../test/linking-world.ts'
import type { Tenant } from '../../test/upload-world.ts'
import { accessToken } from './tokens.ts'

const database = await testDatabase()
const { pool } = database
const { schedule, set } = await openChangeWorld(database)
const linking = await openLinkingWorld(database)

const healthOf = async (tenant: Tenant) => (await tenant.asOwner('GET', '/accounts/health')).body.items

test('an account tells what it is doing and when it last posted', async () => {
  const { tenant, uploadId } = await schedule({ accounts: 2 })
  const [first, second] = await healthOf(tenant)
  assert.deepEqual(first.deliveries, { processing: 0, scheduled: 1 })
  assert.deepEqual([first.status, first.reason, first.pause, first.lastPost], ['active', null, null, null])
  await set(uploadId, `status = 'running'`, 1)
  await set(uploadId, `status = 'uploaded', remote_id = 'abc', remote_url = 'https://x.example/abc', ended_at = now()`)
  const [done, running] = await healthOf(tenant)
  assert.deepEqual(done.deliveries, { processing: 0, scheduled: 0 })
  assert.deepEqual([done.lastPost.uploadId, done.lastPost.externalUrl], [uploadId, 'https://x.example/abc'])
  assert.equal(running.accountId, second.accountId)
  assert.deepEqual(running.deliveries, { processing: 1, scheduled: 0 })
})

test('a pause tells its end and the words of whoever was refused, of the account or of its app', async () => {
  const { tenant } = await schedule({ accounts: 1 })
  const until = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000)
  await pool.query('update accounts set parked_until = $2 where tenant_id = $1', [tenant.tenantId, until])
  const [quiet] = await healthOf(tenant)
  assert.deepEqual(quiet.pause, { until: until.toISOString(), message: 'The platform asked for a pause.' })
  await pool.query('update accounts set parked_until = default where tenant_id = $1', [tenant.tenantId])
  const app = `sandbox:youtube:${tenant.tenantId}`
  const why = { code: 'rate_limited', message: 'Too many posts today.' }
  await pool.query('update apps set parked_until = $2, parked_for = $3 where app = $1', [app, until, why])
  const [told] = await healthOf(tenant)
  assert.deepEqual(told.pause, { until: until.toISOString(), message: 'Too many posts today.' })
})

test('a dead grant tells since when and why, and a new link ends that', async () => {
  const one = await linkOne(linking, database)
  const health = async () => (await one.call('GET', '/accounts/health')).body.items[0]
  await one.endGrant()
  await one.age(1)
  await assert.rejects(accessToken(linking.app, linking.platforms, one.account))
  const dead = await health()
  assert.equal(dead.status, 'needs_relink')
  assert.ok(Math.abs(Date.now() - Date.parse(dead.since)) < 60_000)
  assert.match(dead.reason.message, /YouTube|sign-in|access/)
  assert.equal(dead.grant, null)
  await one.link()
  const alive = await health()
  assert.deepEqual([alive.status, alive.reason], ['active', null])
  assert.ok(alive.since > dead.since)
})

test('an account that was unlinked is not told of', async () => {
  const { tenant, uploadId } = await schedule({ accounts: 2 })
  await set(uploadId, FAILED)
  await tenant.asOwner('DELETE', `/accounts/${tenant.accounts[0]}`)
  assert.deepEqual(
    (await healthOf(tenant)).map(({ accountId }: { accountId: string }) => accountId),
    [tenant.accounts[1]]
  )
})
