import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import type { App } from '../src/app.ts'
import { openDatabase } from '../src/db/open.ts'
import { claim as claimNext, type Found } from '../src/deliveries/claim-queries.ts'
import { newDelivery } from '../src/deliveries/delivery.ts'
import { LeaseLost } from '../src/deliveries/engine.ts'
import { openJournal } from '../src/deliveries/journal.ts'
import { begin, type Next } from '../src/deliveries/machine.ts'
import * as queries from '../src/deliveries/queries.ts'
import { clocks, deadlineAfter, toRow } from '../src/deliveries/rows.ts'
import { createStore } from '../src/deliveries/store.ts'
import { newId } from '../src/lib/ids.ts'
import { createSeal } from '../src/lib/seal.ts'
import { testDatabase } from './database.ts'
import { insertDue, insertWorker } from './delivery-rows.ts'

const database = await testDatabase()
const { db, pool } = database
const other = await openDatabase({ ...database.connection, max: 10 })
after(() => other.close())
const [one, two] = [await insertWorker(pool), await insertWorker(pool)]

const seal = createSeal(['a secret of more than thirty-two characters'])
const app = { database, seal } as unknown as App
const SHAPE = { commits: false, settleSeconds: 30, repeatableSeconds: -1 }
const PLAN = { publisher: SHAPE, wanted: () => [], locates: false }
const UPLOADED: Next = { delivery: { ...newDelivery(100), status: 'uploaded' }, wait: 0 }

const claim = async (worker: string, on = db) => (await claimNext(on, { worker, slots: 1, busy: [] }))[0]
const rowOf = async (id: string) => (await pool.query('select * from deliveries where id = $1', [id])).rows[0]

/** What a worker does with a row that it claimed. */
function hold(claimed: Found) {
  const deadline = deadlineAfter(clocks())
  return { row: toRow(seal, claimed, deadline), store: createStore(app, claimed, deadline, PLAN, openJournal()) }
}

beforeEach(async () => {
  await pool.query(`update deliveries set status = 'canceled', lease = null, alone_since = null`)
})

test('two workers claim 200 due rows of several tenants: none twice, never more than three of an account', async () => {
  for (let i = 0; i < 5; i++) await insertDue(pool, { accounts: 4, perAccount: 10 })
  const claims = new Map<string, number>()
  const underWay = new Map<string, number>()
  let most = 0
  const work = async (worker: string, on: typeof db) => {
    while (claims.size < 200) {
      const found = await claim(worker, on)
      if (!found) continue
      const { id, accountId } = found
      claims.set(id, (claims.get(id) ?? 0) + 1)
      underWay.set(accountId, (underWay.get(accountId) ?? 0) + 1)
      most = Math.max(most, underWay.get(accountId)!)
      const { row, store } = hold(found)
      await store.begin(row, begin(row.delivery, 'prepare', SHAPE))
      underWay.set(accountId, underWay.get(accountId)! - 1)
      await store.save(row, UPLOADED)
    }
  }
  await Promise.all([
    ...Array(4)
      .fill(0)
      .map(() => work(one, db)),
    ...Array(4)
      .fill(0)
      .map(() => work(two, other.db))
  ])
  assert.equal(claims.size, 200)
  assert.ok([...claims.values()].every(times => times === 1))
  assert.ok(most <= 3, `${most} of one account at once`)
  const { rows } = await pool.query('select sum(used)::int as used, sum(reserved)::int as reserved from quotas')
  assert.deepEqual(rows[0], { used: 200, reserved: 0 })
})

test('of many claims at once, one account gives three', async () => {
  for (let round = 0; round < 30; round++) {
    const { accounts } = await insertDue(pool, { accounts: 1, perAccount: 8 })
    const workers = Array.from({ length: 8 }, async (_, i) => {
      for (let tries = 0; tries < 3; tries++) await claim(i % 2 ? one : two, i % 2 ? db : other.db)
    })
    await Promise.all(workers)
    const { rows } = await pool.query(
      'select count(*)::int as held from deliveries where account_id = $1 and lease is not null',
      [accounts[0]]
    )
    assert.ok(rows[0].held <= 3, `${rows[0].held} are held in round ${round}`)
    await pool.query(`update deliveries set status = 'canceled', lease = null`)
  }
})

test('the delivery of one tenant is not behind fifty of another', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 50 })
  const small = await insertDue(pool, { accounts: 1, perAccount: 1 })
  const tenants = [await claim(one), await claim(one)].map(found => found?.tenantId)
  assert.ok(tenants.includes(small.tenantId))
})

test('deliveries with one key run one after the other', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 4, aloneKey: 'the board' })
  const found = await Promise.all([one, two, one, two].map((worker, i) => claim(worker, i % 2 ? db : other.db)))
  assert.equal(found.filter(each => each !== undefined).length, 1)
  const { row, store } = hold(found.find(each => each !== undefined)!)
  await store.save(row, { ...UPLOADED, delivery: { ...UPLOADED.delivery, post: { id: 'v1' } } })
  assert.ok(await claim(two))
})

test('of two accounts with one key, both found by one claim, one is leased', async () => {
  await insertDue(pool, { accounts: 2, perAccount: 1, aloneKey: newId() })
  const found = await claimNext(db, { worker: one, slots: 24, busy: [] })
  assert.equal(found.length, 1)
})

test('a worker whose lease is gone can write nothing', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 1 })
  const late = hold((await claim(one))!)
  const begun = await late.store.begin(late.row, begin(late.row.delivery, 'prepare', SHAPE))
  await pool.query(`update deliveries set lease_until = now() - interval '1 second' where id = $1`, [late.row.id])
  const now = await claim(two)
  assert.equal(now?.id, late.row.id)
  assert.equal(now.crashes, 1)
  assert.equal(now.isFirst, false)
  const before = await rowOf(late.row.id)

  const parked: Next = { ...UPLOADED, park: 'account', wait: 60 }
  await assert.rejects(late.store.save(begun!, UPLOADED), LeaseLost)
  await assert.rejects(late.store.save(begun!, parked), LeaseLost)
  await assert.rejects(late.store.begin(begun!, begin(begun!.delivery, 'prepare', SHAPE)), LeaseLost)
  await assert.rejects(late.store.beat(begun!), LeaseLost)
  await assert.rejects(late.store.reload(begun!), LeaseLost)
  assert.deepEqual(await rowOf(late.row.id), before)
  const { rows } = await pool.query(
    `select q.used, q.reserved, a.parked_until = '-infinity' as free from quotas q join accounts a using (tenant_id)
     where tenant_id = $1`,
    [now.tenantId]
  )
  assert.deepEqual(rows[0], { used: 0, reserved: 1, free: true })
})

test('what a silent worker holds may be taken; what a living one holds may not', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 1 })
  const silent = await insertWorker(pool)
  const held = await claim(silent)
  assert.ok(held)
  assert.equal(await claim(two), undefined)
  await pool.query(`update workers set beat_at = now() - interval '8 seconds' where id = $1`, [silent])
  assert.equal((await claim(two))?.id, held.id)
})

test('a worker that stops hands over what it holds, and no crash is counted', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 2 })
  const held = [await claim(one), await claim(one)]
  await queries.handOver(db, one)
  const taken = [await claim(two), await claim(two)]
  assert.deepEqual(new Set(taken.map(each => each?.id)), new Set(held.map(each => each?.id)))
  assert.deepEqual(
    taken.map(each => each?.crashes),
    [0, 0]
  )
})

test('a parked account is passed by, except for what is to stop', async () => {
  const { tenantId, accounts } = await insertDue(pool, { accounts: 1, perAccount: 2 })
  const { row, store } = hold((await claim(one))!)
  const failure = { kind: 'retry', scope: 'account', code: 'slow', message: 'Slow.' } as const
  const before = Date.now()
  await store.save(row, { delivery: { ...row.delivery, failure }, wait: 60, park: 'account', patient: true })
  const after = Date.now()
  assert.equal(await claim(one), undefined)
  const askAt = (await rowOf(row.id)).ask_at.getTime() - 60_000
  assert.ok(askAt >= before - 1000 && askAt <= after + 1000, 'the time of the platform is kept as it is')

  await queries.stopForUnlink(db, tenantId, accounts[0]!)
  assert.equal((await claim(one))?.stop, 'unlink')
})

test('a cancel that was granted stays granted when the account is linked again', async () => {
  const { tenantId, accounts } = await insertDue(pool, { accounts: 1, perAccount: 2 })
  await pool.query(
    `update deliveries set status = 'failed', ended_at = now(), failure = '{"kind": "relink"}' where tenant_id = $1`,
    [tenantId]
  )
  await pool.query(
    `update deliveries set stop = 'cancel' where id = (select id from deliveries where tenant_id = $1 limit 1)`,
    [tenantId]
  )
  const stopped = await queries.listStoppedByGrant(db, tenantId, accounts[0]!)
  assert.deepEqual(
    stopped.map(each => each.stop),
    [null]
  )
})
