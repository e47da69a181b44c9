import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { insertDue } from '../../test/delivery-rows.ts'
import { newId } from '../lib/ids.ts'
import { readGauges } from './queries.ts'

const { db, pool } = await testDatabase()
const { tenantId } = await insertDue(pool, { accounts: 1, perAccount: 1 })

/** Held by a process whose last sign of life is so old; null: nothing is known of it. */
async function hold({ silent, leaseEndsIn }: { silent: number | null; leaseEndsIn: number }) {
  const worker = newId()
  if (silent !== null)
    await pool.query('insert into workers (id, beat_at) values ($1, now() - make_interval(secs => $2))', [
      worker,
      silent
    ])
  await pool.query(
    `update deliveries set status = 'running', ask_at = now() - interval '1 hour', lease = gen_random_uuid(),
       lease_until = now() + make_interval(secs => $2), worker = $1`,
    [worker, leaseEndsIn]
  )
}
const lateBy = async () => Math.floor((await readGauges(db)).lateBy)

test('what a living worker holds is not late, however long it takes', async () => {
  await hold({ silent: 0, leaseEndsIn: 30 })
  assert.equal(await lateBy(), 0)
})

test('what a dead worker holds is late from when it fell silent or its lease ended', async () => {
  await hold({ silent: 67, leaseEndsIn: 30 })
  assert.equal(await lateBy(), 60)
  await hold({ silent: 0, leaseEndsIn: -20 })
  assert.equal(await lateBy(), 20)
  await hold({ silent: null, leaseEndsIn: -40 })
  assert.equal(await lateBy(), 40)
})

test('what waits for its platform is not late, whoever held it, unless it is to stop', async () => {
  await hold({ silent: 67, leaseEndsIn: 30 })
  const park = (until: string) =>
    pool.query('update accounts set parked_until = $2 where tenant_id = $1', [tenantId, until])
  await park('infinity')
  assert.equal(await lateBy(), 0)
  await pool.query(`update deliveries set stop = 'cancel'`)
  assert.equal(await lateBy(), 60)
})
