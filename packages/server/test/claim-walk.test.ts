import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claim } from '../src/deliveries/claim-queries.ts'
import { testDatabase } from './database.ts'
import { insertDue, insertMany, insertWorker } from './delivery-rows.ts'

const { db, pool } = await testDatabase()
const worker = await insertWorker(pool)
const take = (slots: number) => claim(db, { worker, slots, busy: [] })

/** Rows of turns that a claim reads. It is taken back. */
async function countRead(): Promise<number> {
  const client = await pool.connect()
  // Of this connection, and not yet told to all: earlier transactions are in it.
  const read = async () => {
    const { rows } = await client.query(
      `select sum(seq_tup_read + idx_tup_fetch)::int as sum from pg_stat_xact_user_tables
       where relname in ('turns', 'tenant_turns')`
    )
    return rows[0].sum as number
  }
  try {
    await client.query('begin')
    const before = await read()
    const { rows } = await client.query(`select from claim_due($1, '{}', 8, 3, 60, 60)`, [worker])
    assert.equal(rows.length, 8)
    return (await read()) - before
  } finally {
    await client.query('rollback')
    client.release()
  }
}

test('those whose accounts are full are passed by, however many of them come first', async () => {
  for (let i = 0; i < 30; i++) await insertDue(pool, { accounts: 1, perAccount: 4 })
  assert.equal((await take(200)).length, 90)
  const { tenantId } = await insertDue(pool, { accounts: 2, perAccount: 1 })
  // Its second comes behind the thirty, whose last turns are older.
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(
      (await take(1)).map(found => found.tenantId),
      [tenantId]
    )
  }
  assert.deepEqual(await take(1), [])
})

test('a claim reads no more when 2,000 accounts are due than when 20 are', async () => {
  for (let i = 0; i < 10; i++) await insertDue(pool, { accounts: 2, perAccount: 2 })
  await take(1)
  const few = await countRead()
  for (let i = 0; i < 10; i++) await insertMany(pool, { accounts: 198, perAccount: 1 })
  // Notes what has come to be due meanwhile, once.
  await take(1)
  const many = await countRead()
  assert.ok(many <= few + 10, `${few} rows, then ${many}`)
})
