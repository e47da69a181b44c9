import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { faultsOf, form, openUploadWorld, type Tenant } from '../../test/upload-world.ts'
import { newId, publicId, readId } from '../lib/ids.ts'
import { mergePatch } from './merge-patch.ts'

const database = await testDatabase()
const { pool } = database
const world = await openUploadWorld(database)

const category = (round: number) => ['20', '22'][round % 2] as string
const later = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000).toISOString()
const YOUTUBE = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en' }

/** A scheduled upload to all accounts of a new workspace. */
async function schedule(options: Parameters<typeof world.newTenant>[0] = {}, fields: Record<string, string> = {}) {
  const tenant = await world.newTenant(options)
  const about = { title: 'Before', accounts: tenant.accounts, scheduledOn: later(3), ...fields }
  const { status, body } = await tenant.post('/api/upload', form(about))
  assert.equal(status, 201, JSON.stringify(body))
  const uploadId = body.uploadId as string
  return { tenant, uploadId, path: `/api/upload/${uploadId}` }
}

const rowsOf = async (uploadId: string) => {
  const { rows } = await pool.query('select * from deliveries where upload_id = $1 order by position', [
    readId('upload', uploadId)
  ])
  return rows
}
const set = (uploadId: string, columns: string, position = 0) =>
  pool.query(`update deliveries set ${columns} where upload_id = $1 and position = $2`, [
    readId('upload', uploadId),
    position
  ])
const refresh = (tenant: Tenant, uploadId: string) =>
  pool.query('select refresh_upload($1, $2)', [tenant.tenantId, readId('upload', uploadId)])
const UNKNOWN = `status = 'failed', stage = 'transfer', doubt = 'send', doubt_commits = true, state = null,
  doubt_since = now() - interval '10 minutes', ended_at = now(), settled_at = now() - interval '1 minute',
  failure = '{"kind":"unknown","scope":"delivery","code":"outcome_unknown","message":"Please look."}'`
const FAILED = `status = 'failed', ended_at = now(), tries = 3, sent = 5,
  failure = '{"kind":"permanent","scope":"delivery","code":"gave_up","message":"It could not be reached."}'`

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

test('a cancel gives the quota back, once, and is repeatable', async () => {
  const { tenant, path } = await schedule({ quota: 10 })
  const key = { 'idempotency-key': 'cancel' }
  const one = await tenant.post(`${path}/cancel`, {}, key)
  assert.deepEqual([one.status, one.body.status], [200, 'Canceled'])
  assert.deepEqual((await tenant.post(`${path}/cancel`, {}, key)).body, one.body)
  assert.equal((await tenant.post(`${path}/cancel`, {})).status, 200)
  assert.equal((await tenant.readQuota()).reserved, 0)
})

test('a cancel does what can be done, and names what cannot', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 4 })
  await set(uploadId, `status = 'running', doubt = 'send', doubt_commits = true, doubt_since = now()`, 0)
  await set(uploadId, `status = 'running', stage = 'committed'`, 1)
  await set(uploadId, `status = 'running', lease = gen_random_uuid(), lease_until = now() + interval '1 minute'`, 2)
  const answer = await tenant.post(`${path}/cancel`, {})
  assert.deepEqual([answer.status, answer.body.code], [409, 'already_publishing'])
  assert.deepEqual(
    answer.body.errors.map((each: { accountId: string; code: string }) => [each.accountId, each.code]),
    [
      [tenant.accounts[0], 'already_publishing'],
      [tenant.accounts[1], 'already_publishing']
    ]
  )
  assert.deepEqual(
    answer.body.upload.accounts.map((each: { status: string }) => each.status),
    ['Processing', 'Processing', 'Canceled', 'Canceled']
  )
  const rows = await rowsOf(uploadId)
  assert.deepEqual(
    rows.map(row => [row.status, row.stop]),
    [
      ['running', null],
      ['running', null],
      ['running', 'cancel'],
      ['canceled', 'cancel']
    ]
  )
  assert.equal((await tenant.readQuota()).reserved, 3)
})

test('accounts that are none of the upload are refused', async () => {
  const { tenant, path } = await schedule({ accounts: 1 })
  const other = await tenant.newAccount()
  for (const verb of ['cancel', 'retry']) {
    const answer = await tenant.post(`${path}/${verb}`, { accounts: [tenant.accounts[0], other] })
    assert.deepEqual([answer.status, faultsOf(answer)], [422, ['accounts[1] not_a_target']])
  }
})

test('a retry starts what failed anew, and reserves its quota again', async () => {
  const { tenant, uploadId, path } = await schedule({ quota: 3, accounts: 2 })
  await set(uploadId, FAILED)
  await pool.query('update quotas set reserved = reserved - 1 where tenant_id = $1', [tenant.tenantId])
  const one = await tenant.post(`${path}/retry`, {}, { 'idempotency-key': 'again' })
  assert.deepEqual([one.status, one.body.accounts[0].status], [200, 'Processing'])
  assert.deepEqual((await tenant.post(`${path}/retry`, {}, { 'idempotency-key': 'again' })).body, one.body)
  assert.equal((await tenant.post(`${path}/retry`, {})).body.code, 'not_failed')
  assert.equal((await tenant.readQuota()).reserved, 2)
  const [row] = await rowsOf(uploadId)
  assert.deepEqual([row.sent, row.tries, row.failure, row.ended_at], [0, 0, null, null])

  await set(uploadId, FAILED)
  await pool.query('update quotas set reserved = 0, used = 3 where tenant_id = $1', [tenant.tenantId])
  const short = await tenant.post(`${path}/retry`, {})
  assert.deepEqual([short.status, short.body.code], [429, 'quota_exceeded'])
})

test('a retry never starts what may have been posted, nor on an account without a grant', async () => {
  const { tenant, uploadId, path } = await schedule()
  await set(uploadId, UNKNOWN, 0)
  await set(uploadId, FAILED, 1)
  const unknown = await tenant.post(`${path}/retry`, {})
  assert.deepEqual([unknown.status, unknown.body.code], [409, 'needs_resolve'])
  assert.equal(unknown.body.errors[0].accountId, tenant.accounts[0])
  await pool.query(`update accounts set status = 'needs_relink' where id = $1`, [
    readId('account', tenant.accounts[1] ?? '')
  ])
  const inactive = await tenant.post(`${path}/retry`, { accounts: [tenant.accounts[1]] })
  assert.deepEqual([inactive.status, faultsOf(inactive)], [422, ['accounts account_not_active']])
  assert.deepEqual(
    (await rowsOf(uploadId)).map(row => row.status),
    ['failed', 'failed']
  )
})

test('"it is there" ends an unknown outcome, and says who told it', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 1 })
  await set(uploadId, UNKNOWN)
  const [accountId] = tenant.accounts
  const body = { accountId, live: true, externalId: 'abc', externalUrl: 'https://youtu.be/abc' }
  const answer = await tenant.asOwner('POST', `${path}/resolve`, { body })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  const [target] = answer.body.accounts
  assert.deepEqual([target.status, target.externalId, target.errorCode], ['Uploaded', 'abc', null])
  assert.ok(Date.parse(target.publishedAt) < Date.now() - 500_000)
  assert.equal((await tenant.post(`${path}/resolve`, body)).body.code, 'not_unknown')
  const { rows } = await pool.query('select decision, user_id, key_id from decisions where upload_id = $1', [
    readId('upload', uploadId)
  ])
  assert.deepEqual(rows, [{ decision: 'posted', user_id: tenant.userId, key_id: null }])
})

test('the post of another upload is not taken, also after that upload was deleted', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 1 })
  const other = (await tenant.post('/api/upload', form({ title: 'B', accounts: tenant.accounts }))).body.uploadId
  await set(other, `status = 'uploaded', remote_id = 'abc', ended_at = now()`)
  await set(uploadId, UNKNOWN)
  const body = { accountId: tenant.accounts[0], live: true, externalId: 'abc' }
  assert.deepEqual(faultsOf(await tenant.post(`${path}/resolve`, body)), ['externalId post_of_another'])
  assert.equal((await tenant.ask('DELETE', `/api/upload/${other}`)).status, 204)
  assert.deepEqual(faultsOf(await tenant.post(`${path}/resolve`, body)), ['externalId post_of_another'])
})

test('"it is not there" is believed only when nothing of ours can arrive any more, and looks once more', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 1 })
  await set(
    uploadId,
    `${UNKNOWN}, settled_at = now() + interval '90 seconds'`.replace(/settled_at = now\(\) - [^,]*,/, '')
  )
  await pool.query('update quotas set reserved = 0, used = 1 where tenant_id = $1', [tenant.tenantId])
  const body = { accountId: tenant.accounts[0], live: false, confirm: true }
  const early = await tenant.post(`${path}/resolve`, body)
  assert.deepEqual([early.status, early.body.code], [409, 'not_settled'])
  const wait = Number(early.headers.get('retry-after'))
  assert.ok(wait > 80 && wait <= 90, String(wait))
  assert.equal((await tenant.post(`${path}/resolve`, { ...body, confirm: false })).status, 422)
  await set(uploadId, `settled_at = now() - interval '1 second'`)
  const answer = await tenant.post(`${path}/resolve`, body)
  assert.deepEqual([answer.status, answer.body.status], [200, 'Processing'])
  const [row] = await rowsOf(uploadId)
  assert.deepEqual([row.absent, row.doubt, row.doubt_commits], [true, 'send', true])
  const { used, reserved } = await tenant.readQuota()
  assert.deepEqual({ used, reserved }, { used: 0, reserved: 1 })
})

test('a deleted upload is gone with its bytes, and gives back what it had reserved', async () => {
  const { tenant, uploadId, path } = await schedule({ quota: 5 })
  const before = (await world.traces()).objects.length
  assert.equal((await tenant.ask('DELETE', path)).status, 204)
  assert.equal((await tenant.ask('GET', `${path}/status`)).status, 404)
  assert.equal((await tenant.ask('DELETE', path)).status, 404)
  assert.deepEqual(await rowsOf(uploadId), [])
  assert.ok((await world.traces()).objects.length < before)
  assert.equal((await tenant.readQuota()).reserved, 0)
})

test('nothing is deleted while something is under way, or may have been posted', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 1 })
  const cases: [string, string][] = [
    [`status = 'running'`, 'in_flight'],
    [UNKNOWN, 'needs_resolve'],
    [`status = 'failed', doubt = null, doubt_commits = false, settled_at = now() + interval '1 minute'`, 'in_flight']
  ]
  for (const [columns, code] of cases) {
    await set(uploadId, columns)
    const answer = await tenant.ask('DELETE', path)
    assert.deepEqual([answer.status, answer.body.code], [409, code])
  }
  await set(uploadId, `settled_at = now()`)
  await refresh(tenant, uploadId)
  assert.equal((await tenant.ask('DELETE', path)).status, 204)
})

test('a key that is limited to accounts touches only what is wholly its own', async () => {
  const { tenant, path } = await schedule()
  const limited = { 'x-api-key': await tenant.newKey([readId('account', tenant.accounts[0] ?? '') as string]) }
  const tries: [string, string, unknown][] = [
    ['PATCH', path, { title: 'Mine' }],
    ['POST', `${path}/cancel`, { accounts: [tenant.accounts[0]] }],
    ['POST', `${path}/retry`, {}],
    ['POST', `${path}/resolve`, { accountId: tenant.accounts[0], live: false, confirm: true }],
    ['DELETE', path, undefined]
  ]
  for (const [method, at, body] of tries) {
    assert.equal((await tenant.ask(method, at, { body, headers: limited })).status, 404)
  }
  const absent = `/api/upload/${publicId('upload', newId())}`
  assert.equal((await tenant.ask('DELETE', absent)).status, 404)
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
