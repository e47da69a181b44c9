import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { pino } from 'pino'
import type { App } from '../src/app.ts'
import { announce } from '../src/db/presence.ts'
import { SLOTS, startWorker } from '../src/deliveries/worker.ts'
import { hasWorker } from '../src/health/queries.ts'
import type { Platforms } from '../src/platforms/platforms.ts'
import { testDatabase } from './database.ts'
import { insertDue } from './delivery-rows.ts'
import { until } from './processes.ts'

const database = await testDatabase()
const { db, pool } = database
const app = { config: { platforms: {} }, database, log: pino({ level: 'silent' }) } as unknown as App
let underway = 0
const publisher = {
  settleSeconds: 0,
  prepare: () => {
    underway++
    return new Promise(() => {})
  }
}
const platforms = { connectorOf: () => ({ publisher, hosts: () => ({}) }), hostsOf: () => ({}) } as unknown as Platforms
const presence = await announce(database, error => assert.fail(String(error)))
const worker = await startWorker(app, platforms, presence, async () => ({ close: async () => {} }))
after(async () => {
  await worker.stop()
  await presence.stop()
})

test('a worker whose slots are all taken is one that looks: the instance stays ready', async () => {
  await insertDue(pool, { accounts: SLOTS / 2, perAccount: 3 })
  await until(() => underway === SLOTS, 'a full worker')
  // The first sign of life may still tell of the look that filled it.
  for (const sign of ['first', 'second']) {
    await pool.query(`update workers set claimed_at = now() - interval '1 hour'`)
    await until(() => hasWorker(db), `the ${sign} sign of life of a full worker`)
  }
  assert.equal(underway, SLOTS)
})
