import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { pino } from 'pino'
import type { App } from '../src/app.ts'
import { listen } from '../src/db/listen.ts'
import { announce } from '../src/db/presence.ts'
import { returnLeases } from '../src/deliveries/claim-queries.ts'
import { startWorker } from '../src/deliveries/worker.ts'
import { newId } from '../src/lib/ids.ts'
import type { Platforms } from '../src/platforms/platforms.ts'
import { testDatabase } from './database.ts'
import { insertDue } from './delivery-rows.ts'
import { bestOf, until } from './processes.ts'

const database = await testDatabase()
const { pool } = database
const app = { database, log: pino({ level: 'silent' }) } as unknown as App
// What is claimed ends there: when it was claimed is all that is asked here.
const platforms = { connectorOf: () => null } as unknown as Platforms
const presence = await announce(database, error => assert.fail(String(error)))
const hear = (heard: () => void) => listen(database.connection, 'deliveries', heard, app.log)
const worker = await startWorker(app, platforms, presence, hear)
after(async () => {
  await worker.stop()
  await presence.stop()
})

const TRIES = 7

/** Milliseconds, the median: looking every second alone would make it hundreds. */
async function lateBy(make: (tenantId: string) => Promise<unknown>): Promise<number> {
  const lags: number[] = []
  for (let i = 0; i < TRIES; i++) {
    const { tenantId } = await insertDue(pool, { accounts: 1, perAccount: 1 }, 3600)
    await make(tenantId)
    const read = async () => {
      const { rows } = await pool.query(
        'select extract(epoch from started_at - ask_at)::float8 * 1000 as ms from deliveries where tenant_id = $1',
        [tenantId]
      )
      return rows[0].ms as number | null
    }
    await until(async () => (await read()) !== null, 'the claim')
    lags.push((await read()) as number)
  }
  return lags.toSorted((a, b) => a - b)[Math.floor(TRIES / 2)] as number
}

test('what is due now starts within 100 ms on an idle system', async () => {
  const make = async (tenantId: string) => {
    await pool.query('update deliveries set ask_at = clock_timestamp() where tenant_id = $1', [tenantId])
    await pool.query('notify deliveries')
  }
  const lag = await bestOf(100, () => lateBy(make))
  assert.ok(lag < 100, `${lag} ms`)
})

test('what is scheduled starts within 100 ms of its time', async () => {
  const make = async (tenantId: string) => {
    await pool.query(`update deliveries set ask_at = clock_timestamp() + interval '0.4 seconds' where tenant_id = $1`, [
      tenantId
    ])
    await pool.query('notify deliveries')
  }
  const lag = await bestOf(100, () => lateBy(make))
  assert.ok(lag >= 0 && lag < 100, `${lag} ms`)
})

test('what a claim leased whose answer was lost is given back, and what is at work is not', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 2 }, 3600)
  const someone = newId()
  const { rows } = await pool.query<{ id: string }>(
    `update deliveries set lease = gen_random_uuid(), lease_until = now() + interval '1 minute', worker = $1
     where id in (select id from deliveries where status = 'scheduled' limit 2) returning id`,
    [someone]
  )
  const [lost, held] = rows.map(({ id }) => id) as [string, string]
  await returnLeases(database.db, someone, [held])
  const leased = await pool.query('select id from deliveries where worker = $1 and lease is not null', [someone])
  assert.deepEqual(leased.rows, [{ id: held }])
  assert.notEqual(lost, held)
})
