import assert from 'node:assert/strict'
import { test } from 'node:test'
import { later, openChangeWorld } from '../../test/change-world.ts'
import { testDatabase } from '../../test/database.ts'
import { faultsOf } from '../../test/upload-world.ts'
import { readId } from '../lib/ids.ts'
import { mergePatch } from './merge-patch.ts'

const database = await testDatabase()
const { pool } = database
const { schedule, rowsOf, set } = await openChangeWorld(database)

const category = (round: number) => ['20', '22'][round % 2] as string
const YOUTUBE = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en' }

test('a change is merged into what was sent, and composed anew for each account', async () => {
  const { tenant, uploadId, path } = await schedule({}, { youtube: JSON.stringify(YOUTUBE), description: 'Long text' })
  const [, second = ''] = tenant.accounts
  const patch = {
    title: 'After',
    youtube: { categoryId: '20' },
    accountOptions: { [second]: { title: 'Here another' } },
    description: null
  }
  const { status, body } = await tenant.ask('PATCH', path, { body: patch })
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual([body.title, body.status], ['After', 'Scheduled'])
  const rows = await rowsOf(uploadId)
  assert.deepEqual(
    rows.map(row => [row.title, row.options.categoryId, row.options.defaultLanguage]),
    [
      ['After', '20', 'en'],
      ['Here another', '20', 'en']
    ]
  )
  assert.ok(rows.every(row => !row.description.includes('Long text')))
  await tenant.ask('PATCH', path, { body: { accountOptions: { [second]: null } } })
  assert.equal((await rowsOf(uploadId))[1].title, 'After')
})

test('what was sent is told with every change since, and sent again makes the same', async () => {
  const { tenant, path } = await schedule({}, { youtube: JSON.stringify(YOUTUBE), description: 'Long text' })
  const [first = '', second = ''] = tenant.accounts
  const sent = (await tenant.ask('GET', path)).body
  assert.deepEqual([sent.title, sent.description, sent.youtube], ['Before', 'Long text', YOUTUBE])
  await tenant.ask('PATCH', path, {
    body: { description: null, youtube: { categoryId: '20' }, accountOptions: { [second]: { title: 'Here another' } } }
  })
  const changed = (await tenant.ask('GET', path)).body
  assert.deepEqual(changed, {
    title: 'Before',
    accounts: [first, second],
    scheduledOn: sent.scheduledOn,
    youtube: { ...YOUTUBE, categoryId: '20' },
    accountOptions: { [second]: { title: 'Here another' } }
  })
  const { body } = await tenant.post('/api/upload/check', changed)
  assert.equal(body.ok, true, JSON.stringify(body))
})

test('a time is moved, kept when it is not written, and taken away for now', async () => {
  const { tenant, uploadId, path } = await schedule()
  const moved = later(5)
  const one = await tenant.ask('PATCH', path, { body: { scheduledOn: moved } })
  assert.equal(one.body.scheduledOn, moved)
  assert.ok((await rowsOf(uploadId)).every(row => row.due_at.toISOString() === moved && row.ask_at >= row.due_at))
  const two = await tenant.ask('PATCH', path, { body: { title: 'Only the title' } })
  assert.deepEqual([two.body.scheduledOn, two.body.title], [moved, 'Only the title'])
  const local = await tenant.ask('PATCH', path, {
    body: { scheduledOn: `${moved.slice(0, 10)}T09:30:00`, timezone: 'Asia/Tokyo' }
  })
  assert.equal(local.body.scheduledOn, `${moved.slice(0, 10)}T00:30:00.000Z`)
  const zone = await tenant.ask('PATCH', path, { body: { timezone: 'UTC' } })
  assert.equal(zone.body.scheduledOn, `${moved.slice(0, 10)}T09:30:00.000Z`)
  const now = await tenant.ask('PATCH', path, { body: { scheduledOn: null } })
  assert.deepEqual([now.status, now.body.status, now.body.scheduledOn], [200, 'Processing', null])
})

test('a change that breaks a rule changes nothing, and all faults are told', async () => {
  const { tenant, uploadId, path } = await schedule()
  const before = JSON.stringify(await rowsOf(uploadId))
  const cases: [unknown, string[]][] = [
    [{ title: '' }, ['title too_small']],
    [{ title: null }, ['title required']],
    [
      { sheduledOn: later(1), scheduledOn: '2020-01-01T00:00:00Z' },
      ['scheduledOn in_the_past', 'sheduledOn unknown_field']
    ],
    [{ accounts: tenant.accounts }, ['accounts unknown_field']],
    [{ fileName: 'other.mp4' }, ['fileName unknown_field']],
    [{ tiktok: { privacy: 'x' } }, ['tiktok not_a_target']],
    ['text', [' invalid_type']]
  ]
  for (const [body, faults] of cases) {
    const answer = await tenant.ask('PATCH', path, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' }
    })
    assert.equal(answer.status, 422, JSON.stringify(answer.body))
    assert.deepEqual(faultsOf(answer), faults)
  }
  assert.equal((await tenant.ask('PATCH', path, { body: { youtube: {} } })).body.code, 'target_refused')
  assert.equal(JSON.stringify(await rowsOf(uploadId)), before)
})

test('what was canceled is not changed any more, and an account whose grant ended still is', async () => {
  const { tenant, uploadId, path } = await schedule()
  const [first = '', second = ''] = tenant.accounts
  assert.equal((await tenant.post(`${path}/cancel`, { accounts: [first] })).status, 200)
  await pool.query(`update accounts set status = 'needs_relink' where id = $1`, [readId('account', second)])
  const answer = await tenant.ask('PATCH', path, { body: { title: 'After' } })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  assert.deepEqual(
    (await rowsOf(uploadId)).map(row => row.title),
    ['Before', 'After']
  )
  await tenant.post(`${path}/cancel`, {})
  assert.equal((await tenant.ask('PATCH', path, { body: { title: 'Late' } })).body.code, 'not_scheduled')
})

test('once publishing has begun a change is refused', async () => {
  const { tenant, uploadId, path } = await schedule()
  await set(uploadId, `status = 'running', lease = gen_random_uuid(), lease_until = now() + interval '1 minute'`)
  const answer = await tenant.ask('PATCH', path, { body: { title: 'Late' } })
  assert.deepEqual([answer.status, answer.body.code], [409, 'already_publishing'])
})

test('two changes at once are both there afterwards', async () => {
  const { tenant, uploadId, path } = await schedule({}, { youtube: JSON.stringify(YOUTUBE) })
  const moved = later(7)
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all([
      tenant.ask('PATCH', path, { body: { title: `Round ${round}` } }),
      tenant.ask('PATCH', path, { body: { youtube: { categoryId: category(round) } } }),
      tenant.ask('PATCH', path, { body: { scheduledOn: moved } })
    ])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200]
    )
    const [row] = await rowsOf(uploadId)
    assert.deepEqual(
      [row.title, row.options.categoryId, row.due_at.toISOString()],
      [`Round ${round}`, category(round), moved]
    )
  }
})

test('a merge patch is that of RFC 7396', () => {
  const cases: [unknown, unknown, unknown][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd']
    ],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{}, JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{"x":1}}')]
  ]
  for (const [target, patch, merged] of cases) assert.deepEqual(mergePatch(target, patch), merged)
})
