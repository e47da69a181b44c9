import assert from 'node:assert/strict'
import test from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { openPeopleWorld } from '../../test/people-world.ts'
import { newId, publicId, readId } from '../lib/ids.ts'
import { touchKey } from './queries.ts'
import { LIVE_KEYS } from './service.ts'

const database = await testDatabase()
const { ask, newUser } = await openPeopleWorld(database)
const { token, answer } = await newUser()
const tenantId = readId('tenant', answer.body.tenant.id) as string
const generate = async (body: object = {}) => (await ask('POST', '/api-keys/generate', { token, body })).body
const use = async (key: string) => ask('GET', '/probe/upload', { key })
const paths = (body: { errors: { path: string }[] }) => body.errors.map(each => each.path)

test('a key is shown whole once, and only its hash is kept', async () => {
  const { status, body } = await ask('POST', '/api-keys/generate', { token, body: { name: ' CI uploads ' } })
  assert.equal(status, 201, JSON.stringify(body))
  assert.equal(body.name, 'CI uploads')
  assert.deepEqual(body.scopes, ['upload:write', 'upload:read', 'accounts:read'])
  assert.deepEqual([body.accounts, body.expiresAt], [null, null])
  assert.ok(readId('key', body.id))
  assert.ok(body.key.startsWith(`${body.prefix}_`))
  const stored = await database.pool.query('select * from api_keys where id = $1', [readId('key', body.id)])
  const secret = body.key.slice(body.prefix.length + 1)
  assert.ok(!JSON.stringify(stored.rows).includes(secret))
  const listed = await ask('GET', '/api-keys', { token })
  assert.ok(!JSON.stringify(listed.body).includes(secret))
  const { key: _, ...summary } = body
  assert.deepEqual(listed.body.items[0], {
    ...summary,
    lastUsedAt: null,
    revokedAt: null,
    createdBy: listed.body.items[0].createdBy,
    replacedBy: null
  })
  assert.ok(readId('user', listed.body.items[0].createdBy))
})

test('a body is not needed, and what it may not hold is told all at once', async () => {
  assert.equal((await ask('POST', '/api-keys/generate', { token })).body.name, null)
  const { status, body } = await ask('POST', '/api-keys/generate', {
    token,
    body: { name: '   ', scopes: [], expires: 'tomorrow' }
  })
  assert.equal(status, 422)
  assert.deepEqual(paths(body).sort(), ['expires', 'name', 'scopes'])
  const late = await ask('POST', '/api-keys/generate', {
    token,
    body: { expiresAt: '2020-01-01T00:00:00+02:00', accounts: ['account_x', publicId('account', newId())] }
  })
  assert.deepEqual(paths(late.body).sort(), ['accounts[0]', 'accounts[1]', 'expiresAt'])
})

test('a key speaks for its workspace, with its scopes and accounts', async () => {
  const account = await insertAccount(tenantId)
  const { key, accounts } = await generate({ accounts: [publicId('account', account)], scopes: ['upload:read'] })
  assert.deepEqual(accounts, [publicId('account', account)])
  const { body } = await ask('GET', '/probe/read', { key })
  assert.deepEqual([body.kind, body.tenantId, body.scopes], ['key', tenantId, ['upload:read']])
  assert.deepEqual(body.accountIds, [account])
  const refused = await use(key)
  assert.deepEqual([refused.status, refused.body.code], [403, 'scope_missing'])
  assert.match(refused.body.detail, /upload:write/)
})

test("another workspace's account cannot be named in a key", async () => {
  const other = await newUser()
  const account = await insertAccount(readId('tenant', other.answer.body.tenant.id) as string)
  const { status, body } = await ask('POST', '/api-keys/generate', {
    token,
    body: { accounts: [publicId('account', account)] }
  })
  assert.deepEqual([status, paths(body)], [422, ['accounts[0]']])
})

test('a revoked key is dead at once, in every process', async () => {
  const { id, key } = await generate()
  const elsewhere = await openPeopleWorld(database)
  assert.equal((await elsewhere.ask('GET', '/probe/upload', { key })).status, 200)
  assert.equal((await ask('DELETE', `/api-keys/${id}`, { token })).status, 204)
  for (const refused of [await use(key), await elsewhere.ask('GET', '/probe/upload', { key })]) {
    assert.deepEqual([refused.status, refused.body.code], [401, 'invalid_api_key'])
    assert.match(refused.body.detail, /revoked/)
  }
  assert.equal((await ask('DELETE', `/api-keys/${id}`, { token })).status, 204)
})

test('an expired key is dead', async () => {
  const { id, key } = await generate({ expiresAt: new Date(Date.now() + 60_000).toISOString() })
  assert.equal((await use(key)).status, 200)
  await database.pool.query(`update api_keys set expires_at = now() where id = $1`, [readId('key', id)])
  const refused = await use(key)
  assert.deepEqual([refused.status, refused.body.code], [401, 'invalid_api_key'])
  assert.match(refused.body.detail, /expired/)
})

test('a rotated key hands over its rights, and lives on for the overlap alone', async () => {
  const old = await generate({ name: 'Nightly', scopes: ['upload:read', 'upload:write'] })
  const fresh = (await ask('POST', `/api-keys/${old.id}/rotate`, { token, body: { overlapSeconds: 60 } })).body
  assert.deepEqual([fresh.name, fresh.scopes, fresh.expiresAt], [old.name, old.scopes, null])
  assert.notEqual(fresh.id, old.id)
  assert.deepEqual([(await use(old.key)).status, (await use(fresh.key)).status], [200, 200])
  const { rows } = await database.pool.query(
    `select extract(epoch from expires_at - now())::float as seconds from api_keys where id = $1`,
    [readId('key', old.id)]
  )
  assert.ok(rows[0].seconds > 30 && rows[0].seconds <= 60)
  const { items } = (await ask('GET', '/api-keys', { token })).body
  assert.equal(items.find((key: { id: string }) => key.id === old.id).replacedBy, fresh.id)
  const last = (await ask('POST', `/api-keys/${fresh.id}/rotate`, { token })).body
  assert.deepEqual([(await use(fresh.key)).status, (await use(last.key)).status], [401, 200])
  assert.equal((await ask('POST', `/api-keys/${fresh.id}/rotate`, { token })).status, 404)
})

test("another workspace's keys cannot be told from none", async () => {
  const other = await newUser()
  const { id, key } = await generate()
  const absent = publicId('key', newId())
  for (const [method, end] of [
    ['DELETE', ''],
    ['POST', '/rotate']
  ] as const) {
    const foreign = await ask(method, `/api-keys/${id}${end}`, { token: other.token })
    const none = await ask(method, `/api-keys/${absent}${end}`, { token: other.token })
    assert.equal(foreign.status, 404)
    assert.equal(foreign.body.detail.replace(id, ''), none.body.detail.replace(absent, ''))
    assert.equal((await ask(method, `/api-keys/key_x${end}`, { token: other.token })).status, 404)
  }
  assert.equal((await use(key)).status, 200)
  assert.deepEqual((await ask('GET', '/api-keys', { token: other.token })).body.items, [])
})

test('a viewer sees the keys and cannot make one', async () => {
  const viewer = await newUser()
  await database.pool.query(`update members set role = 'viewer' where tenant_id = $1`, [
    readId('tenant', viewer.answer.body.tenant.id)
  ])
  const renewed = (await ask('POST', '/auth/refresh', { cookie: viewer.cookie })).body.accessToken
  assert.equal((await ask('GET', '/api-keys', { token: renewed })).status, 200)
  assert.equal((await ask('POST', '/api-keys/generate', { token: renewed })).body.code, 'role_missing')
})

test('the last use is written at most once a minute, and nobody waits for it', async () => {
  const { id, key } = await generate()
  const lastUse = async () =>
    (await ask('GET', '/api-keys', { token })).body.items.find((each: { id: string }) => each.id === id).lastUsedAt
  assert.equal(await lastUse(), null)
  await Promise.all([use(key), use(key), use(key)])
  let first = await lastUse()
  while (first === null) first = await lastUse()
  await use(key)
  assert.equal(await lastUse(), first)
  const { rows } = await database.pool.query(
    `update api_keys set last_used_at = now() - interval '61 s' where id = $1 returning last_used_at`,
    [readId('key', id)]
  )
  const stale = rows[0].last_used_at.toISOString()
  await use(key)
  while ((await lastUse()) === stale);
  // As another process would, which read the key before this one wrote.
  const written = await lastUse()
  await touchKey(database.db, readId('key', id) as string)
  assert.equal(await lastUse(), written)
})

test('of two requests for the last free place one gets it', async () => {
  const owner = await newUser()
  await database.pool.query(
    `insert into api_keys (id, tenant_id, hash, prefix, scopes)
      select gen_random_uuid(), $1, sha256('x'), 'u24_test_x', '{upload:read}' from generate_series(1, $2)`,
    [readId('tenant', owner.answer.body.tenant.id), LIVE_KEYS - 1]
  )
  const both = await Promise.all([1, 2, 3].map(() => ask('POST', '/api-keys/generate', { token: owner.token })))
  assert.deepEqual(both.map(each => each.status).sort(), [201, 409, 409])
  assert.equal(both.find(each => each.status === 409)?.body.code, 'key_limit_reached')
})

async function insertAccount(tenant: string): Promise<string> {
  const id = newId()
  await database.pool.query(
    `insert into accounts (id, tenant_id, platform, sandbox, auth, remote_id, display_name, handle, facts, scopes, status)
      values ($1, $2, 'youtube', true, 'oauth', gen_random_uuid(), 'A', 'a', '{}', '{}', 'active')`,
    [id, tenant]
  )
  return id
}
