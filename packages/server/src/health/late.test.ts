import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { testDatabase } from '../../test/database.ts'
import { insertDue } from '../../test/delivery-rows.ts'
import type { Db } from '../db/open.ts'
import { newId } from '../lib/ids.ts'
import { readGauges } from './queries.ts'

const { db, pool } = await testDatabase()
const { tenantId } = await insertDue(pool, { accounts: 1, perAccount: 1 })

/** In one transaction it is the same moment throughout, however slow the machine is. */
const atOnce = (work: (trx: Db) => Promise<void>) => db.transaction().execute(work)

/** Held by a process whose last sign of life is so old; null: nothing is known of it. */
async function hold(trx: Db, { silent, leaseEndsIn }: { silent: number | null; leaseEndsIn: number }) {
  const worker = newId()
  if (silent !== null)
    await sql`insert into workers (id, beat_at) values (${worker}, now() - make_interval(secs => ${silent}))`.execute(
      trx
    )
  await sql`
    update deliveries set status = 'running', ask_at = now() - interval '1 hour', lease = gen_random_uuid(),
      lease_until = now() + make_interval(secs => ${leaseEndsIn}), worker = ${worker}`.execute(trx)
}
const lateBy = async (trx: Db) => (await readGauges(trx)).lateBy

test('what a living worker holds is not late, however long it takes', () =>
  atOnce(async trx => {
    await hold(trx, { silent: 0, leaseEndsIn: 30 })
    assert.equal(await lateBy(trx), 0)
  }))

test('what a dead worker holds is late from when it fell silent or its lease ended', () =>
  atOnce(async trx => {
    await hold(trx, { silent: 67, leaseEndsIn: 30 })
    assert.equal(await lateBy(trx), 60)
    await hold(trx, { silent: 0, leaseEndsIn: -20 })
    assert.equal(await lateBy(trx), 20)
    await hold(trx, { silent: null, leaseEndsIn: -40 })
    assert.equal(await lateBy(trx), 40)
  }))

test('what waits for its platform is not late, whoever held it, unless it is to stop', () =>
  atOnce(async trx => {
    await hold(trx, { silent: 67, leaseEndsIn: 30 })
    await sql`update accounts set parked_until = 'infinity' where tenant_id = ${tenantId}`.execute(trx)
    assert.equal(await lateBy(trx), 0)
    await sql`update deliveries set stop = 'cancel'`.execute(trx)
    assert.equal(await lateBy(trx), 60)
  }))
