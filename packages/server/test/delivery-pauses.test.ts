import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { Failure } from '@upload24/connectors'
import type { App } from '../src/app.ts'
import { claim, type Found } from '../src/deliveries/claim-queries.ts'
import { openJournal } from '../src/deliveries/journal.ts'
import { apply, type Delivery, type Next, newDelivery } from '../src/deliveries/machine.ts'
import * as queries from '../src/deliveries/queries.ts'
import { clocks, deadlineAfter, toRow } from '../src/deliveries/rows.ts'
import { createStore } from '../src/deliveries/store.ts'
import { createSeal } from '../src/lib/seal.ts'
import { testDatabase } from './database.ts'
import { insertDue, insertWorker } from './delivery-rows.ts'
import { committed, EARLY, LAST_BYTE } from './machine-samples.ts'

/** Who waits for whose pause, for how long, and what becomes of the deadlines of those who do. */

const HOUR = 3600
const database = await testDatabase()
const { db, pool } = database
const ours = await insertWorker(pool)

const seal = createSeal(['a secret of more than thirty-two characters'])
const app = { database, seal } as unknown as App
const PLAN = { publisher: { settleSeconds: 30 }, wanted: () => [], locates: false }

const take = (slots = 8, worker = ours) => claim(db, { worker, slots, busy: [] })

async function save(found: Found, next: (delivery: Delivery) => Next): Promise<void> {
  const deadline = deadlineAfter(clocks())
  const row = toRow(seal, found, deadline)
  await createStore(app, found, deadline, PLAN, openJournal()).save(row, next(row.delivery))
}
const later = (scope: Failure['scope'], after: number, extra: Partial<Failure> = {}): Failure => ({
  kind: 'retry',
  scope,
  code: 'slow',
  message: 'Slow.',
  after,
  ...extra
})
const refuse = (found: Found, failure: Failure) =>
  save(found, d => apply(d, 'prepare', { type: 'refused', failure }, EARLY, LAST_BYTE))
const isProbe = (found: readonly Found[]) => found.map(each => each.isProbe)
const look = () =>
  pool.query(
    `insert into turn_marks select account_id, tenant_id, app, '-infinity' from deliveries where lease is null`
  )

/** Hours from the delivery's time to a column of it. */
async function hoursTo(column: 'ask_at' | 'give_up_at', id: string): Promise<number> {
  const { rows } = await pool.query(
    `select extract(epoch from ${column} - due_at)::float8 / 3600 as hours from deliveries where id = $1`,
    [id]
  )
  return rows[0].hours
}

/** So much time goes by for everything that waits. */
async function wait(seconds: number): Promise<void> {
  for (const table of ['accounts', 'apps']) {
    await pool.query(
      `update ${table} set parked_until = parked_until - $1 * interval '1 second',
        starts_parked_until = starts_parked_until - $1 * interval '1 second'`,
      [seconds]
    )
  }
  await pool.query(
    `update deliveries set ask_at = ask_at - $1 * interval '1 second', due_at = due_at - $1 * interval '1 second',
      give_up_at = give_up_at - $1 * interval '1 second' where status in ('scheduled', 'running')`,
    [seconds]
  )
  await look()
}

beforeEach(async () => {
  await pool.query(`update deliveries set status = 'canceled', lease = null where status in ('scheduled', 'running')`)
  for (const table of ['accounts', 'apps'])
    await pool.query(`update ${table} set parked_until = default, starts_parked_until = default`)
})

for (const scope of ['account', 'app'] as const) {
  test(`a cap on new posts of the ${scope} lets go on what has begun, and then lets one find out`, async () => {
    await insertDue(pool, { accounts: 1, perAccount: 4 })
    const [begun, capped] = (await take(2)) as [Found, Found]
    await save(begun, d => ({ delivery: { ...d, stage: 'committed', state: {} }, wait: 600 }))
    await refuse(capped, later(scope, 24 * HOUR, { stops: 'starts' }))
    assert.deepEqual(await take(), [], 'nothing starts')
    await wait(700)
    const [again, ...others] = await take()
    assert.deepEqual([again?.id, again?.isProbe, others], [begun.id, false, []])
    await save(again as Found, d => ({ delivery: { ...d, status: 'uploaded', post: { id: 'p' } }, wait: 0 }))
    assert.deepEqual(await take(), [])

    await wait(24 * HOUR)
    const [probe, ...rest] = (await take()) as [Found]
    assert.deepEqual([probe.isProbe, rest], [true, []], 'one goes first')
    assert.deepEqual(await take(), [])
    await save(probe, d => ({ delivery: { ...d, state: {}, stage: 'transfer', end: 50 }, wait: 0 }))
    assert.deepEqual(isProbe(await take()), [false, false])
  })
}

test('a probe whose worker died and whose account is parked does not keep the app waiting', async () => {
  const { tenantId } = await insertDue(pool, { accounts: 2, perAccount: 1 })
  await pool.query(`update apps set parked_until = now() - interval '1 second' where app = $1`, [`app of ${tenantId}`])
  const dead = await insertWorker(pool)
  const [probe] = (await take(8, dead)) as [Found]
  assert.equal(probe.isProbe, true)
  await pool.query(`update accounts set parked_until = now() + interval '1 day' where id = $1`, [probe.accountId])
  await pool.query(`update workers set beat_at = now() - interval '1 hour' where id = $1`, [dead])
  await look()
  assert.deepEqual(await take(), [], 'its lease still runs')
  await pool.query(`update deliveries set lease_until = now() - interval '1 second' where id = $1`, [probe.id])
  await look()
  assert.deepEqual(isProbe(await take()), [true], 'the other account finds out')
})

test('however late a platform says, the deadline is looked at in time, also while all are to wait', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 1 })
  const [found] = (await take()) as [Found]
  await refuse(found, later('account', 30 * 24 * HOUR))
  assert.ok((await hoursTo('ask_at', found.id)) <= 72)
  assert.equal(Math.round(await hoursTo('give_up_at', found.id)), 72)
  const { rows } = await pool.query(
    'select parked_until < now() + interval $$25 hours$$ as is from accounts where id = $1',
    [found.accountId]
  )
  assert.equal(rows[0].is, true, 'a day later one finds out')
  await pool.query(`update deliveries set ask_at = now(), give_up_at = now() - interval '1 second' where id = $1`, [
    found.id
  ])
  await look()
  const [last] = (await take()) as [Found]
  assert.deepEqual([last.id, last.isProbe], [found.id, false])
})

test('what waits for the pause of another has six hours after it, and at most three days in all', async () => {
  await insertDue(pool, { accounts: 2, perAccount: 2 })
  const [found] = (await take(1)) as [Found]
  const { rows } = await pool.query(`select id from deliveries where status = 'scheduled'`)
  const others: string[] = rows.map(row => row.id)
  assert.equal(others.length, 3)
  const [old, ...young] = others as [string, ...string[]]
  const shift = `interval '60 hours'`
  await pool.query(
    `update deliveries set due_at = due_at - ${shift}, give_up_at = give_up_at - ${shift} where id = $1`,
    [old]
  )
  await refuse(found, later('app', 23 * HOUR, { stops: 'starts' }))
  for (const id of [found.id, ...young]) assert.equal(Math.round(await hoursTo('give_up_at', id)), 29)
  assert.equal(Math.round(await hoursTo('give_up_at', old)), 72)
})

test('the three days count from the retry of a person', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 1 })
  const [found] = (await take()) as [Found]
  await pool.query(
    `update deliveries set due_at = due_at - interval '100 hours', give_up_at = give_up_at - interval '100 hours' where id = $1`,
    [found.id]
  )
  await queries.wake(db, found.id, newDelivery(100), null, '2026-01-01')
  await pool.query('update deliveries set lease = null where id = $1', [found.id])
  await look()
  const [again] = (await take()) as [Found]
  await refuse(again, later('delivery', 24 * HOUR))
  assert.equal(Math.round(await hoursTo('give_up_at', found.id)), 130)
})

test('a verdict on a grant that its owner has replaced ends nothing', async () => {
  const dead: Failure = { kind: 'relink', scope: 'account', code: 'sign_in_expired', message: 'Link it again.' }
  await insertDue(pool, { accounts: 1, perAccount: 2 })
  const [late, plain] = (await take()) as [Found, Found]
  await pool.query('update accounts set linked_at = now() where id = $1', [late.accountId])
  await save(late, d => apply(d, 'prepare', { type: 'refused', failure: dead }, EARLY, LAST_BYTE))
  await pool.query(`update accounts set linked_at = now() - interval '1 hour' where id = $1`, [late.accountId])
  await save(plain, d => apply(d, 'prepare', { type: 'refused', failure: dead }, EARLY, LAST_BYTE))
  const { rows } = await pool.query('select id, status from deliveries where account_id = $1', [late.accountId])
  assert.deepEqual(
    new Map(rows.map(row => [row.id, row.status])),
    new Map([
      [late.id, 'running'],
      [plain.id, 'failed']
    ])
  )
})

test('when a post without an id was made stays known: an older doubt must not take it for its own', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 1, aloneKey: 'one caption' })
  const [found] = (await take()) as [Found]
  await pool.query(`update deliveries set doubt = 'commit', doubt_commits = true, doubt_since = now() where id = $1`, [
    found.id
  ])
  await save(found, () => ({ delivery: { ...committed, status: 'uploaded', post: null }, wait: 0 }))
  const { rows } = await pool.query('select doubt, doubt_since from deliveries where id = $1', [found.id])
  assert.equal(rows[0].doubt, null)
  assert.ok(rows[0].doubt_since)
})

test('a wrong count of quota keeps no post from being told', async () => {
  const { tenantId } = await insertDue(pool, { accounts: 1, perAccount: 1 })
  await pool.query('update quotas set reserved = 0 where tenant_id = $1', [tenantId])
  const [found] = (await take()) as [Found]
  await save(found, d => ({ delivery: { ...d, status: 'uploaded', post: { id: 'p' } }, wait: 0 }))
  const { rows } = await pool.query('select used, reserved from quotas where tenant_id = $1', [tenantId])
  assert.deepEqual(rows[0], { used: 1, reserved: 0 })
})

for (const [hours, isListed] of [
  [71, true],
  [73, false]
] as const) {
  test(`what a dead grant stopped ${hours} hours ago is ${isListed ? '' : 'not '}taken up by a new one`, async () => {
    const { tenantId, accounts } = await insertDue(pool, { accounts: 1, perAccount: 1 })
    await pool.query(
      `update deliveries set status = 'failed', failure = '{"kind": "relink"}', ended_at = now() - $2 * interval '1 hour'
       where tenant_id = $1`,
      [tenantId, hours]
    )
    assert.equal((await queries.listStoppedByGrant(db, tenantId, accounts[0] as string)).length, isListed ? 1 : 0)
  })
}
