import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { Lost } from '@upload24/connectors'
import type { App } from '../src/app.ts'
import { claim as claimNext } from '../src/deliveries/claim-queries.ts'
import { newDelivery } from '../src/deliveries/delivery.ts'
import { LeaseLost } from '../src/deliveries/engine.ts'
import { openJournal } from '../src/deliveries/journal.ts'
import { begin, type Call, type Delivery } from '../src/deliveries/machine.ts'
import { clocks, deadlineAfter, toRow } from '../src/deliveries/rows.ts'
import { createStore } from '../src/deliveries/store.ts'
import { createSeal } from '../src/lib/seal.ts'
import { listAttempts } from '../src/uploads/journal-queries.ts'
import { testDatabase } from './database.ts'
import { insertDue, insertWorker } from './delivery-rows.ts'

const database = await testDatabase()
const { db, pool } = database
const worker = await insertWorker(pool)

const seal = createSeal(['a secret of more than thirty-two characters'])
const app = { database, seal } as unknown as App
const SHAPE = { commits: false, settleSeconds: 30, repeatableSeconds: -1 }
const PLAN = { publisher: SHAPE, wanted: () => [], locates: false }

beforeEach(async () => {
  await pool.query(`update deliveries set status = 'canceled', lease = null`)
})

/** The only delivery that is due, as a worker holds it. */
async function claim() {
  const [found] = await claimNext(db, { worker, slots: 1, busy: [] })
  assert.ok(found)
  const deadline = deadlineAfter(clocks())
  const journal = openJournal()
  return {
    found,
    journal,
    row: toRow(seal, found, deadline),
    store: createStore(app, found, deadline, PLAN, journal),
    ask(call: Call, status?: number) {
      const came = status === undefined ? { error: 'Lost' } : { status }
      journal.exchanged(call, { host: 'example.com', method: 'PUT', path: '/video', ms: 5, bytes: 50, ...came }, {})
      journal.judge(call, status === undefined ? new Lost('cut') : undefined)
    },
    read: async () => {
      const wanted = { accountId: null, after: null, limit: 1000 }
      const rows = await listAttempts(db, found.tenantId, found.uploadId, wanted)
      return rows.map(({ call, verdict, n }) => ({ call, verdict, n }))
    }
  }
}

const toldBy = (rows: readonly { call: string | null; verdict: string }[]) =>
  rows.map(({ call, verdict }) => [call, verdict])
const endLease = () => pool.query(`update deliveries set lease_until = now() - interval '1 second', ask_at = now()`)
const SENDING: Delivery = { ...newDelivery(100), stage: 'transfer', state: {}, end: 50 }

test('a step whose worker died is told as begun, once, and stays told when the next worker has asked', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 1 })
  const first = await claim()
  await first.store.begin(first.row, begin(first.row.delivery, 'prepare', SHAPE))
  first.ask('prepare', 200)
  assert.deepEqual(toldBy(await first.read()), [['prepare', 'began']])
  await endLease()

  const second = await claim()
  assert.deepEqual(toldBy(await second.read()), [['prepare', 'began']])
  second.ask('check', 200)
  await second.store.save(second.row, { delivery: SENDING, wait: 0 })
  second.ask('send', 200)
  await second.store.save(second.row, { delivery: { ...SENDING, sent: 50, end: 100 }, wait: 0 })
  assert.deepEqual(toldBy(await second.read()), [
    ['prepare', 'began'],
    ['check', 'answered'],
    ['send', 'answered']
  ])
  await assert.rejects(first.store.save(first.row, { delivery: SENDING, wait: 0 }), LeaseLost)
  assert.equal((await second.read()).length, 3, 'whoever lost the lease adds nothing')
})

test('a call whose answer was lost is told once, also by the worker that takes the delivery over', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 1 })
  const first = await claim()
  const begun = await first.store.begin(first.row, begin(SENDING, 'send', SHAPE))
  assert.ok(begun)
  first.ask('send')
  await first.store.save(begun, { delivery: begun.delivery, wait: 0 })
  assert.deepEqual(toldBy(await first.read()), [['send', 'lost']])
  await endLease()
  const second = await claim()
  second.ask('check', 200)
  await second.store.save(second.row, { delivery: SENDING, wait: 0 })
  assert.deepEqual(toldBy(await second.read()), [
    ['send', 'lost'],
    ['check', 'answered']
  ])
})

test('of many entries the chunks that were taken go first, and what went wrong stays', async () => {
  await insertDue(pool, { accounts: 1, perAccount: 1 })
  const { ask, store, row, read } = await claim()
  const save = () => store.save(row, { delivery: SENDING, wait: 0 })
  ask('prepare', 200)
  ask('send')
  await save()
  for (let i = 0; i < 250; i++) {
    ask('send', 200)
    await save()
  }
  const rows = await read()
  assert.ok(rows.length >= 200 && rows.length < 220, String(rows.length))
  assert.deepEqual(toldBy(rows.slice(0, 2)), [
    ['prepare', 'answered'],
    ['send', 'lost']
  ])
  assert.equal(rows.at(-1)?.n, 251)
})
