import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { App } from '../src/app.ts'
import { claim, type Found, lookAhead } from '../src/deliveries/claim-queries.ts'
import { openJournal } from '../src/deliveries/journal.ts'
import type { Next } from '../src/deliveries/machine.ts'
import { clocks, deadlineAfter, toRow } from '../src/deliveries/rows.ts'
import { createStore } from '../src/deliveries/store.ts'
import { createSeal } from '../src/lib/seal.ts'
import { testDatabase } from './database.ts'
import { insertDue, insertMany, insertWorker } from './delivery-rows.ts'

const database = await testDatabase()
const { db, pool } = database
const worker = await insertWorker(pool)

const seal = createSeal(['a secret of more than thirty-two characters'])
const app = { database, seal } as unknown as App
const PLAN = { publisher: { settleSeconds: 30 }, wanted: () => [], locates: false }
const LATER = { kind: 'retry', scope: 'account', code: 'slow', message: 'Slow.' } as const

const take = (slots: number) => claim(db, { worker, slots, busy: [] })

/** What a worker writes of one step, as its store does. */
async function save(found: Found, next: (delivery: Next['delivery']) => Next): Promise<void> {
  const deadline = deadlineAfter(clocks())
  const row = toRow(seal, found, deadline)
  await createStore(app, found, deadline, PLAN, openJournal()).save(row, next(row.delivery))
}
const goOn = (found: Found) => save(found, delivery => ({ delivery: { ...delivery, tries: 0 }, wait: 0 }))
const putOff = (found: Found, park: 'account' | 'app', wait = 60) =>
  save(found, d => ({
    delivery: { ...d, failure: { ...LATER, scope: park }, tries: d.tries + 1 },
    wait,
    park,
    patient: true
  }))
const lose = (found: Found) => save(found, d => ({ delivery: { ...d, tries: d.tries + 1 }, wait: 5 }))

/** The time of all that is parked has come. */
async function letTimePass(): Promise<void> {
  for (const table of ['accounts', 'apps']) {
    for (const column of ['parked_until', 'starts_parked_until']) {
      await pool.query(`update ${table} set ${column} = now() - interval '1 second' where ${column} > now()`)
    }
  }
  await pool.query(`update deliveries set ask_at = now() where status = 'running' and lease is null`)
}

beforeEach(async () => {
  await pool.query(
    `update deliveries set status = 'canceled', lease = null, alone_since = null where status in ('scheduled', 'running')`
  )
  await pool.query(`update accounts set parked_until = '-infinity', starts_parked_until = '-infinity'`)
  await pool.query(`update apps set parked_until = '-infinity', starts_parked_until = '-infinity'`)
  // The accounts of other tests: one that had to wait is looked at again a second later.
  await pool.query('delete from turns')
  await pool.query('delete from tenant_turns')
})

for (const accounts of [1, 200]) {
  test(`20,000 due of one tenant on ${accounts} account(s) do not delay another tenant by more than a round`, async () => {
    const big = await insertMany(pool, { accounts, perAccount: 20_000 / accounts })
    const small = await insertDue(pool, { accounts: 1, perAccount: 3 })
    let sinceLast = 0
    let of = 0
    // Three of the small one: the second and the third also come when their tenant was just served.
    while (of < 3) {
      const [found] = await take(1)
      assert.ok(found)
      if (found.tenantId === small.tenantId) of++
      sinceLast = found.tenantId === small.tenantId ? 0 : sinceLast + 1
      assert.ok(sinceLast <= 1, `${sinceLast} of the big tenant in a row`)
      if (found.tenantId === big.tenantId)
        await pool.query(`update deliveries set lease = null where id = $1`, [found.id])
    }
  })
}

test('of one claim for many slots every tenant gets one before any gets two', async () => {
  await insertDue(pool, { accounts: 6, perAccount: 2 })
  for (let i = 0; i < 4; i++) await insertDue(pool, { accounts: 1, perAccount: 1 })
  const found = await take(6)
  assert.equal(new Set(found.map(each => each.tenantId)).size, 5)
  assert.equal(found.length, 6)
})

test('the accounts of a tenant take turns, and each gives what is due longest', async () => {
  const { accounts } = await insertDue(pool, { accounts: 3, perAccount: 3 })
  await pool.query(
    `update deliveries set ask_at = ask_at - interval '1 minute' where id = (
    select max(id::text)::uuid from deliveries where account_id = $1 and status = 'scheduled')`,
    [accounts[1]]
  )
  const order = []
  for (let i = 0; i < 9; i++) order.push((await take(1))[0])
  const first = order.slice(0, 3).map(each => each?.accountId)
  assert.deepEqual(new Set(first), new Set(accounts))
  assert.deepEqual(
    order.map(each => each?.accountId),
    [...first, ...first, ...first]
  )
  const earliest = order.find(each => each?.accountId === accounts[1])
  const { rows } = await pool.query(
    'select ask_at < now() - interval $$50 seconds$$ as is from deliveries where id = $1',
    [earliest?.id]
  )
  assert.equal(rows[0].is, true)
})

test('when the time of a parked account comes, one goes first; once it is answered the rest follows', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 6 })
  const [first, ...others] = await take(3)
  assert.equal(first?.isProbe, false)
  for (const each of others) await goOn(each)
  await putOff(first as Found, 'account')
  for (const each of others) await putOff(each, 'account')
  assert.deepEqual(await take(8), [])
  await letTimePass()
  const probes = await take(8)
  assert.deepEqual(
    probes.map(each => each.isProbe),
    [true]
  )
  assert.deepEqual(await take(8), [], 'nobody else while it is under way')

  await putOff(probes[0] as Found, 'account')
  assert.deepEqual(await take(8), [], 'parked again')
  await letTimePass()
  const [probe, ...rest] = await take(8)
  assert.deepEqual([probe?.isProbe, rest], [true, []])
  await goOn(probe as Found)
  const followers = await take(8)
  assert.deepEqual(
    followers.map(each => each.isProbe),
    [false, false],
    'up to the three of an account'
  )
})

test('when the time of a parked app comes, one of all its accounts goes first', async () => {
  await insertDue(pool, { accounts: 10, perAccount: 2 })
  const aside = await insertDue(pool, { accounts: 1, perAccount: 1 })
  const [first] = (await take(1)) as [Found]
  const isAside = first.tenantId === aside.tenantId
  const [ours] = isAside ? ((await take(1)) as [Found]) : [first]
  await putOff(ours, 'app')
  const left = await take(20)
  assert.ok(
    left.every(each => each.tenantId === aside.tenantId),
    'others are not held back'
  )
  await letTimePass()
  const probes = await take(20)
  assert.deepEqual(
    probes.map(each => each.isProbe),
    [true]
  )
  await goOn(probes[0] as Found)
  assert.equal((await take(30)).length, 19)
})

test('a probe that learns nothing makes room for the next one', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 3 })
  await putOff((await take(1))[0] as Found, 'account')
  await letTimePass()
  const [probe] = (await take(8)) as [Found]
  await lose(probe)
  const [next, ...rest] = (await take(8)) as [Found]
  assert.notEqual(next.id, probe.id)
  assert.deepEqual([next.isProbe, rest], [true, []])
})

test('who takes over a probe goes on as the probe', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 3 })
  await putOff((await take(1))[0] as Found, 'account')
  await letTimePass()
  const [probe] = (await take(8)) as [Found]
  await pool.query(`update deliveries set lease_until = now() - interval '1 second' where id = $1`, [probe.id])
  const [again, ...rest] = (await take(8)) as [Found]
  assert.deepEqual([again.id, again.isTakenOver, again.isProbe, rest], [probe.id, true, true, []])
  await goOn(again)
  assert.equal((await take(8)).length, 2)
})

test('a probe that ends without asking the platform tells nothing', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 3 })
  await putOff((await take(1))[0] as Found, 'account')
  await letTimePass()
  const [probe] = (await take(8)) as [Found]
  await pool.query(`update deliveries set stop = 'cancel' where id = $1`, [probe.id])
  await save({ ...probe, stop: 'cancel' }, delivery => ({ delivery: { ...delivery, status: 'canceled' }, wait: 0 }))
  const [next, ...rest] = await take(8)
  assert.deepEqual([next?.isProbe, rest], [true, []])
})

test('a key that is held keeps its own deliveries waiting, and no others of the account', async () => {
  const { tenantId } = await insertDue(pool, { accounts: 1, perAccount: 4, aloneKey: 'one board' })
  await pool.query(
    `update deliveries set alone_key = 'another' where id = (select max(id::text)::uuid from deliveries where tenant_id = $1)`,
    [tenantId]
  )
  const found = await take(8)
  const { rows } = await pool.query('select alone_key from deliveries where lease is not null')
  assert.deepEqual(rows.map(row => row.alone_key).sort(), ['another', 'one board'])
  assert.equal(found.length, 2)
})

test('looking ahead tells of what is due, marked or left behind, and of nothing else', async () => {
  const isDue = async () => (await lookAhead(db)).isDue
  await take(8)
  assert.equal(await isDue(), false)
  await insertDue(pool, { accounts: 1, perAccount: 2 })
  assert.equal(await isDue(), true, 'what was just made')
  const [found] = (await take(1)) as [Found]
  assert.equal(await isDue(), true, 'the rest')
  await take(8)
  assert.equal(await isDue(), false)
  await pool.query(`update deliveries set lease_until = now() - interval '1 second' where id = $1`, [found.id])
  assert.equal(await isDue(), true, 'a lease that ran out')
})

test('the time of the next turn is known, also of what no claim has seen yet', async () => {
  const { tenantId } = await insertDue(pool, { accounts: 1, perAccount: 2 })
  await pool.query(`update deliveries set ask_at = now() + interval '2000 seconds' where tenant_id = $1`, [tenantId])
  // What was marked as due when it was made is found to be later by the first claim.
  assert.deepEqual(await take(8), [])
  const wait = (await lookAhead(db)).dueIn ?? 0
  assert.ok(wait > 1800 && wait <= 2000, `${wait} s`)
  await pool.query(`update deliveries set ask_at = now() + interval '500 seconds' where tenant_id = $1`, [tenantId])
  const sooner = (await lookAhead(db)).dueIn ?? 0
  assert.ok(sooner > 300 && sooner <= 500, `${sooner} s`)
})

test('a claim waits for nobody who changes accounts, deliveries or apps', async () => {
  const { tenantId, accounts } = await insertDue(pool, { accounts: 2, perAccount: 1 })
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('select from accounts where tenant_id = $1 for update', [tenantId])
    await client.query('select from apps for update')
    await client.query(`update deliveries set ask_at = now() - interval '1 second' where account_id = $1`, [
      accounts[0]
    ])
    const found = await take(8)
    assert.deepEqual(
      found.map(each => each.accountId),
      [accounts[1]]
    )
    await client.query('commit')
  } finally {
    client.release()
  }
  assert.deepEqual(
    (await take(8)).map(each => each.accountId),
    [accounts[0]]
  )
})
