import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectors, type Failure, secondsToMidnight } from '@upload24/connectors'
import type { App } from '../src/app.ts'
import { openDatabase } from '../src/db/open.ts'
import { BudgetUsed, openBudget } from '../src/deliveries/budget.ts'
import { claim, type Found } from '../src/deliveries/claim-queries.ts'
import { openJournal } from '../src/deliveries/journal.ts'
import { apply, begin, type Event } from '../src/deliveries/machine.ts'
import { spendBudget } from '../src/deliveries/queries.ts'
import { clocks, deadlineAfter, toRow } from '../src/deliveries/rows.ts'
import { createStore } from '../src/deliveries/store.ts'
import { createSeal } from '../src/lib/seal.ts'
import { testDatabase } from './database.ts'
import { insertDue, insertWorker } from './delivery-rows.ts'
import { openDeliveryWorld } from './delivery-world.ts'
import { makeVideo } from './workspace.ts'

const LA = 'America/Los_Angeles'
const youtube = connectors.youtube!
const database = await testDatabase()
const { db, pool } = database
const others = await openDatabase({ ...database.connection, max: 4 })
after(() => others.close())
const worker = await insertWorker(pool)
const seal = createSeal(['a secret of more than thirty-two characters'])
const SHAPE = { commits: false, settleSeconds: 30, repeatableSeconds: -1 }
const PLAN = { publisher: SHAPE, wanted: () => [], locates: false }

await pool.query(`insert into apps (app) values ('youtube')`)
beforeEach(async () => {
  // Each of these is about one day: none begins a minute before its end.
  const left = secondsToMidnight(LA, new Date())
  if (left < 60) await sleep(left * 1000)
  await pool.query(`update deliveries set status = 'canceled', lease = null, alone_since = null`)
  await pool.query(`delete from budgets`)
  await pool.query(`update apps set parked_until = '-infinity', starts_parked_until = '-infinity'`)
})

const today = async () => (await pool.query(`select (now() at time zone $1)::date::text as day`, [LA])).rows[0].day
const used = async () => (await pool.query('select coalesce(sum(used), 0)::int as n from budgets')).rows[0].n as number
const setUsed = async (count: number) =>
  pool.query(`insert into budgets values ('youtube', $1, $2)`, [await today(), count])

/** So many deliveries on the installation's own app, claimed. */
async function claimed(count: number): Promise<Found[]> {
  await insertDue(pool, { accounts: count, perAccount: 1 })
  await pool.query(`update deliveries set app = 'youtube' where status = 'scheduled'`)
  const found = await claim(db, { worker, slots: count, busy: [] })
  assert.equal(found.length, count)
  return found
}

function hold(found: Found, on: Pick<typeof database, 'db'> = database, granted?: number) {
  const deadline = deadlineAfter(clocks())
  const app = { database: on, seal } as unknown as App
  const store = createStore(app, found, deadline, PLAN, openJournal(), openBudget(youtube, found, granted))
  const row = toRow(seal, found, deadline)
  const start = () => store.begin(row, begin(row.delivery, 'prepare', SHAPE))
  return { store, row, start }
}

async function startAnd(event: Event): Promise<void> {
  const { store, start } = hold((await claimed(1))[0]!)
  const row = await start()
  assert.ok(row)
  await store.save(row, apply(row.delivery, 'prepare', event, row.times, SHAPE))
}
const refusedAs = (failure: Partial<Failure>): Event => ({
  type: 'refused',
  failure: { kind: 'retry', scope: 'delivery', code: 'some_code', message: 'No.', ...failure }
})

test('of two workers that start at once with one unit left, one starts and the other has begun nothing', async () => {
  for (let round = 0; round < 5; round++) {
    await pool.query('delete from budgets')
    await setUsed(99)
    const [one, two] = await claimed(2)
    const ends = await Promise.allSettled([hold(one!).start(), hold(two!, others).start()])
    const lost = ends.filter(end => end.status === 'rejected')
    assert.equal(lost.length, 1)
    assert.ok((lost[0] as PromiseRejectedResult).reason instanceof BudgetUsed)
    assert.equal(await used(), 100)
    const { rows } = await pool.query('select doubt, attempts from deliveries where id = any($1) order by attempts', [
      [one!.id, two!.id]
    ])
    assert.deepEqual(rows, [
      { doubt: null, attempts: 0 },
      { doubt: 'prepare', attempts: 1 }
    ])
  }
})

test('a start that was refused, or for which no connection was made, gives its unit back; what may have counted keeps it', async () => {
  await startAnd(refusedAs({ code: 'platform_unreachable' }))
  assert.equal(await used(), 0)
  await startAnd(refusedAs({ kind: 'permanent' }))
  assert.equal(await used(), 0)
  await startAnd(refusedAs({ code: 'platform_error' }))
  assert.equal(await used(), 1)
  await startAnd({ type: 'lost' })
  assert.equal(await used(), 2)
  await startAnd({ type: 'answered', progress: { at: 'transfer', state: { session: 1 }, sent: 0, end: 100 } })
  assert.equal(await used(), 3)
})

test('a worker that dies at its start leaves its unit, and the start that follows takes another', async () => {
  const [found] = await claimed(1)
  await hold(found!).start()
  await pool.query(`update deliveries set lease_until = now() - interval '1 second' where id = $1`, [found!.id])
  const [again] = await claim(db, { worker, slots: 1, busy: [] })
  assert.equal(again!.id, found!.id)
  await hold(again!).start()
  assert.equal(await used(), 2)
})

test('a stop that was asked for before the start takes no unit', async () => {
  const [found] = await claimed(1)
  await pool.query(`update deliveries set stop = 'cancel' where id = $1`, [found!.id])
  assert.equal(await hold(found!).start(), null)
  assert.equal(await used(), 0)
})

test('the day ends at midnight in Los Angeles, also where it has 23 or 25 hours', async () => {
  await pool.query('create schema clock')
  await pool.query(`create function clock.now() returns timestamptz language sql as
    $$ select current_setting('clock.at')::timestamptz $$`)
  const client = await openDatabase(
    { ...database.connection, options: '-c search_path=clock,pg_catalog,public' },
    { max: 1 }
  )
  const at = async (time: string) => {
    await client.pool.query(`select set_config('clock.at', $1, false)`, [time])
    return spendBudget(client.db, 'clock', 1, LA)
  }
  // 8 March 2026 begins at 08:00 UTC and ends at 07:00; 1 November at 07:00 and 08:00.
  assert.equal(await at('2026-03-08T07:59:59Z'), '2026-03-07')
  assert.equal(await at('2026-03-08T08:00:00Z'), '2026-03-08')
  assert.equal(await at('2026-03-09T06:59:59Z'), null)
  assert.equal(await at('2026-03-09T07:00:00Z'), '2026-03-09')
  assert.equal(await at('2026-11-01T07:00:00Z'), '2026-11-01')
  assert.equal(await at('2026-11-02T07:59:59Z'), null)
  assert.equal(await at('2026-11-02T08:00:00Z'), '2026-11-02')
  await client.close()
})

test('an audit that granted more counts, and so does one that granted less', async () => {
  await setUsed(100)
  const [more, less] = (await claimed(2)) as [Found, Found]
  await assert.rejects(hold(less, database, 90).start(), BudgetUsed)
  assert.ok(await hold(more, database, 101).start())
  assert.equal(await used(), 101)
})

test('when the day is used up, the upload says so in plain words, waits for midnight and asks the platform nothing', async () => {
  const world = await openDeliveryWorld(database)
  const ada = await world.newWorkspace()
  const account = await ada.link()
  await setUsed(100)
  const began = Date.now()
  const scheduledOn = new Date(began + 3_600_000).toISOString()
  const { uploadId } = await ada.upload([account], makeVideo(2 ** 20), { scheduledOn })
  const from = world.wire.seen.length
  await pool.query(`update deliveries set app = 'youtube', ask_at = now(), due_at = now() where status = 'scheduled'`)
  await pool.query('notify deliveries')
  const waiting = await ada.waitFor(uploadId, ({ accounts }) => accounts[0]!.errorCode !== null)
  const [target] = waiting.accounts
  assert.equal(waiting.status, 'Processing')
  assert.equal(target!.errorCode, 'daily_budget_used')
  assert.match(target!.errorMessage!, /^YouTube allows this installation 100 uploads a day, and today's are used\./)
  const midnight = Date.now() + secondsToMidnight(LA, new Date()) * 1000
  // The seconds until then are counted before they are written down.
  const late = 5000 + Date.now() - began
  assert.ok(Math.abs(Date.parse(target!.nextAttemptAt!) - midnight) < late)
  assert.deepEqual(world.wire.seen.slice(from), [])
  const { rows } = await pool.query(`select starts_parked_until, parked_until from apps where app = 'youtube'`)
  assert.ok(Math.abs(rows[0].starts_parked_until.getTime() - midnight) < late, 'no other of the app starts')
  assert.equal(rows[0].parked_until, Number.NEGATIVE_INFINITY, 'what has begun goes on')
})
