import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAILED, openChangeWorld, UNKNOWN } from '../../test/change-world.ts'
import { testDatabase } from '../../test/database.ts'
import { faultsOf, form } from '../../test/upload-world.ts'
import { createFollowUps } from '../deliveries/follow-ups/queries.ts'
import { newId, publicId, readId } from '../lib/ids.ts'

/** `Retry-After` of what was so many seconds away when the test began. */
const isLeft = (wait: number, seconds: number, began: number) =>
  wait <= seconds && wait >= seconds - Math.ceil((performance.now() - began) / 1000)

const LATER = new Date(Date.now() + 172_800_000).toISOString()

const database = await testDatabase()
const { pool } = database
const { world, schedule, rowsOf, set, refresh } = await openChangeWorld(database)

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

test('what is neither "it is there" nor "it is not" is refused in plain words', async () => {
  const { tenant, path } = await schedule({ accounts: 1 })
  for (const live of [undefined, null, 'true', 1]) {
    const { status, body } = await tenant.post(`${path}/resolve`, { accountId: tenant.accounts[0], live })
    assert.equal(status, 422)
    assert.deepEqual(body.errors, [{ path: 'live', code: 'invalid_value', message: 'must be true or false' }])
  }
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
  const began = performance.now()
  await set(
    uploadId,
    `${UNKNOWN}, settled_at = now() + interval '90 seconds'`.replace(/settled_at = now\(\) - [^,]*,/, '')
  )
  await pool.query('update quotas set reserved = 0, used = 1 where tenant_id = $1', [tenant.tenantId])
  const body = { accountId: tenant.accounts[0], live: false, confirm: true }
  const early = await tenant.post(`${path}/resolve`, body)
  assert.deepEqual([early.status, early.body.code], [409, 'not_settled'])
  const wait = Number(early.headers.get('retry-after'))
  assert.ok(isLeft(wait, 90, began), String(wait))
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

test('a deletion gives back what its targets had reserved, and nothing for a comment that waits', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 1, quota: 5 })
  const other = await tenant.post('/api/upload', form({ title: 'B', accounts: tenant.accounts, scheduledOn: LATER }))
  assert.equal(other.status, 201)
  await set(uploadId, `status = 'uploaded', remote_id = 'v', ended_at = now()`)
  await pool.query('update quotas set reserved = reserved - 1, used = used + 1 where tenant_id = $1', [tenant.tenantId])
  const [{ id }] = await rowsOf(uploadId)
  await createFollowUps(database.db, { tenantId: tenant.tenantId, id }, [
    { followUp: 'comment', part: 'comment', fileId: null, notBefore: LATER }
  ])
  assert.equal((await tenant.ask('DELETE', path)).status, 204)
  assert.equal((await tenant.readQuota()).reserved, 1, 'that of the other upload')
})

test('nothing is deleted while something is under way, or may have been posted', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 1 })
  const cases: [string, string][] = [
    [`status = 'running'`, 'in_flight'],
    [UNKNOWN, 'needs_resolve']
  ]
  for (const [columns, code] of cases) {
    await set(uploadId, columns)
    const answer = await tenant.ask('DELETE', path)
    assert.deepEqual([answer.status, answer.body.code], [409, code])
  }
})

test('what was sent may still appear for a time: a deletion is told how long', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 1 })
  const began = performance.now()
  await set(uploadId, `${FAILED}, settled_at = now() + interval '300 seconds'`)
  const early = await tenant.ask('DELETE', path)
  assert.deepEqual([early.status, early.body.code], [409, 'in_flight'])
  const wait = Number(early.headers.get('retry-after'))
  assert.ok(isLeft(wait, 300, began), String(wait))
  assert.ok(early.body.detail.includes(` ${wait} s`), early.body.detail)
  await set(uploadId, `settled_at = now()`)
  await refresh(tenant, uploadId)
  assert.equal((await tenant.ask('DELETE', path)).status, 204)
})

test('a post without an id is not forgotten while an older one of its account is in doubt', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 1 })
  const older = (await tenant.post('/api/upload', form({ title: 'Older', accounts: tenant.accounts }))).body.uploadId
  await set(
    uploadId,
    `status = 'uploaded', stage = 'committed', alone_key = 'key', doubt_since = now(), settled_at = now()`
  )
  const doubt = `alone_key = 'key', doubt = 'send', doubt_commits = true, doubt_since = now() - interval '1 hour'`
  const cases: [string, string, string][] = [
    [`status = 'running', ${doubt}`, 'in_flight', 'in_flight'],
    [`status = 'failed', ${doubt}`, 'needs_resolve', 'outcome_unknown']
  ]
  for (const [columns, code, fault] of cases) {
    await set(older, columns)
    const { status, body, headers } = await tenant.ask('DELETE', path)
    assert.deepEqual([status, body.code, headers.get('retry-after')], [409, code, null])
    assert.deepEqual([body.errors[0].code, body.errors[0].accountId], [fault, tenant.accounts[0]])
    assert.ok(body.errors[0].message.includes(older), body.errors[0].message)
  }
  await set(older, `status = 'failed', doubt = 'prepare', doubt_commits = false`)
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
