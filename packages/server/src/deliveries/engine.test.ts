import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Context, type Doubt, type Post, Refused } from '@upload24/connectors'
import { z } from 'zod'
import { committing, fresh } from '../../test/machine-samples.ts'
import { type Row, run, type Store } from './engine.ts'
import type { Next, Times } from './machine.ts'
import { CEILING } from './machine.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const SETTLE = 90

/** One row that nobody else holds, and what was saved of it. */
function open(row: Partial<Row>) {
  const saved: Next[] = []
  const asked: Doubt[] = []
  const times: Times = { doubtAge: 20, settlesIn: 100, left: 3600, crashes: 0 }
  const fence = { deadline: Number.POSITIVE_INFINITY }
  const about = { id: 'd', lease: 'l', times, now: NOW, doubtSince: NOW, taken: [], stop: null, fence }
  const first: Row = { ...about, delivery: fresh, ...row }
  const store: Store = {
    begin: async (held, next) => ({ ...held, delivery: next.delivery }),
    save: async (held, next) => {
      saved.push(next)
      return next.delivery.status === 'running' && next.wait === 0 ? { ...held, delivery: next.delivery } : null
    },
    reload: async held => held,
    beat: async () => {}
  }
  const publisher = {
    state: z.any(),
    settleSeconds: SETTLE,
    prepare: async () => ({ at: 'processing', state: 's', askAgainIn: 0 }) as const,
    commit: async () => ({ at: 'published' }) as const,
    check: async (_state: unknown, _ctx: Context, doubt?: Doubt) => {
      if (doubt) asked.push(doubt)
      return { at: 'unclear', askAgainIn: 5 } as const
    }
  }
  const work = {
    store,
    publisher,
    post: {} as Post<unknown>,
    context: () => ({}) as Context,
    open: () => assert.fail('there is nothing to send'),
    beating: () => ({ stop() {} })
  }
  return { first, work, saved, asked }
}

test('a connector is told when the unanswered try was over at the latest: where the time to settle counts from', async () => {
  const { first, work, asked } = open({ delivery: committing })
  await run(work, first)
  const overFor = CEILING + SETTLE - 100
  assert.deepEqual(asked[0]?.until, new Date(NOW.getTime() - overFor * 1000))
})

test('of a doubt that can have made nothing, no time is told', async () => {
  const doubt = { call: 'send', commits: false, repeat: false } as const
  const { first, work, asked } = open({ delivery: { ...fresh, stage: 'transfer', state: 's', end: 50, doubt } })
  await run(work, first)
  assert.deepEqual([asked[0]?.commits, asked[0]?.until], [false, undefined])
})

test('what the answers of a step ask is waited for after it, and is parked beside what a failure parks', async () => {
  const calm = open({})
  await run(calm.work, calm.first)
  assert.deepEqual(
    calm.saved.map(({ wait }) => wait),
    [0, 5],
    'without a pause the next step follows at once'
  )
  const pauses = [{ app: 300 }, {}]
  const { first, work, saved } = open({})
  await run({ ...work, takePauses: () => pauses.shift() ?? {} }, first)
  assert.deepEqual(
    saved.map(({ wait, pauses: asked, patient, park }) => ({ wait, asked, patient, park })),
    [{ wait: 300, asked: { app: 300 }, patient: true, park: undefined }]
  )
})

const LATE: Times = { doubtAge: 90_000, settlesIn: 0, left: -1, crashes: 0 }

test('past its deadline, what may be posted is asked about once more before it is unknown', async () => {
  const { first, work, saved, asked } = open({ delivery: committing, times: LATE })
  await run(work, first)
  assert.equal(asked.length, 1)
  assert.deepEqual(
    saved.map(({ delivery: { status, failure } }) => [status, failure?.code]),
    [['failed', 'outcome_unknown']]
  )
  const seen = open({ delivery: committing, times: LATE })
  const check = async () => ({ at: 'published', post: { id: 'p' } }) as const
  await run({ ...seen.work, publisher: { ...seen.work.publisher, check } }, seen.first)
  assert.deepEqual(
    seen.saved.map(({ delivery: { status, post } }) => [status, post?.id]),
    [['uploaded', 'p']]
  )
})

test('past its deadline nothing is asked where nothing may be posted, or where asking took workers down', async () => {
  for (const row of [
    { delivery: fresh, times: LATE },
    { delivery: committing, times: { ...LATE, crashes: 6 } }
  ]) {
    const { first, work, saved, asked } = open(row)
    await run(work, first)
    assert.deepEqual([asked.length, saved.length, saved[0]?.delivery.status], [0, 1, 'failed'])
  }
})

test('a cap on new posts is another pause than one that usage headers ask of everybody', async () => {
  const { first, work, saved } = open({})
  const capped = { kind: 'retry', scope: 'app', stops: 'starts', code: 'cap', message: 'Cap.', after: 900 } as const
  const prepare = () => Promise.reject(new Refused(capped))
  await run({ ...work, publisher: { ...work.publisher, prepare }, takePauses: () => ({ app: 60 }) }, first)
  assert.deepEqual(
    saved.map(({ wait, pauses, park }) => ({ wait, pauses, park })),
    [{ wait: 900, pauses: { app: 60 }, park: 'app' }]
  )
})
