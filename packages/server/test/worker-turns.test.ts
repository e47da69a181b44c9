import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { z } from 'zod'
import type { App } from '../src/app.ts'
import { announce } from '../src/db/presence.ts'
import { SLOTS, startWorker } from '../src/deliveries/worker.ts'
import { createSeal } from '../src/lib/seal.ts'
import type { Platforms } from '../src/platforms/platforms.ts'
import { testDatabase } from './database.ts'
import { insertDue } from './delivery-rows.ts'
import { until } from './processes.ts'

const database = await testDatabase()
const { pool } = database
const seal = createSeal(['a secret of more than thirty-two characters'])
const app = { config: { platforms: {} }, database, seal, log: pino({ level: 'silent' }) } as unknown as App
let mayEnd = false
/** Each delivery takes many short steps, as a long film takes many chunks; none ends before it may. */
const publisher = {
  state: z.number(),
  settleSeconds: 0,
  async prepare(state: number | null) {
    await sleep(100)
    return mayEnd ? { at: 'published', post: { id: crypto.randomUUID() } } : { at: 'prepare', state: (state ?? 0) + 1 }
  }
}
const connector = { publisher, hosts: () => ({}), followUps: {} }
const platforms = { connectorOf: () => connector, hostsOf: () => ({}) } as unknown as Platforms
const presence = await announce(database, error => assert.fail(String(error)))
const worker = await startWorker(app, platforms, presence, async () => ({ close: async () => {} }))
after(async () => {
  await worker.stop()
  await presence.stop()
})

const countOf = async (tenantId: string, condition: string): Promise<number> => {
  const { rows } = await pool.query(
    `select count(*)::int as count from deliveries where tenant_id = $1 and ${condition}`,
    [tenantId]
  )
  return rows[0].count
}

test('a tenant that fills every slot with long transfers makes room between two of their steps', async () => {
  const big = await insertDue(pool, { accounts: SLOTS / 2, perAccount: 3 })
  await until(async () => (await countOf(big.tenantId, 'lease is not null')) === SLOTS, 'a full worker')
  const small = await insertDue(pool, { accounts: 1, perAccount: 1 })
  await until(async () => (await countOf(small.tenantId, 'attempts > 0')) === 1, 'a step of the other tenant')
  const begun = await countOf(big.tenantId, 'attempts > 0')
  assert.ok(begun <= SLOTS + 1, `${begun} began: who made room goes on before those that have not begun`)
  mayEnd = true
  await until(
    async () => (await countOf(big.tenantId, `status = 'uploaded'`)) === SLOTS * 1.5,
    'all of the first tenant'
  )
  assert.equal(await countOf(big.tenantId, 'crashes > 0 or failure is not null'), 0)
})
