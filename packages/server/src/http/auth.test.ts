import assert from 'node:assert/strict'
import test from 'node:test'
import { SignJWT, UnsecuredJWT } from 'jose'
import { testDatabase } from '../../test/database.ts'
import { openPeopleWorld } from '../../test/people-world.ts'
import { until } from '../../test/processes.ts'
import { makeKey } from '../keys/format.ts'
import { newId, publicId, readId } from '../lib/ids.ts'
import { createSeal } from '../lib/seal.ts'
import { issueAccessToken } from '../tenants/access-token.ts'

const database = await testDatabase()
const { app, ask, newUser, log } = await openPeopleWorld(database)
const { token, answer } = await newUser()
const identity = {
  userId: readId('user', answer.body.user.id) as string,
  tenantId: readId('tenant', answer.body.tenant.id) as string,
  role: 'owner'
} as const
const { key } = (await ask('POST', '/api-keys/generate', { token })).body as { key: string }

/** How many statements the database was asked to run meanwhile. */
async function countingQueries(run: () => Promise<unknown>): Promise<number> {
  const { pool } = database
  const real = pool.connect
  let count = 0
  pool.connect = function (this: typeof pool, ...args: unknown[]) {
    count++
    return Reflect.apply(real, this, args)
  } as typeof pool.connect
  try {
    await run()
  } finally {
    pool.connect = real
  }
  return count
}

const refusal = async (asked: object, url = '/probe/upload') => {
  const { status, body, headers } = await ask('GET', url, asked)
  return { status, code: body.code, detail: body.detail as string, challenge: String(headers['www-authenticate']) }
}

test('a token says who calls, and costs one read', async () => {
  const queries = await countingQueries(async () => {
    const { sessionId, ...body } = (await ask('GET', '/probe/upload', { token })).body
    assert.deepEqual(body, { kind: 'user', ...identity })
    assert.match(sessionId, /^[0-9a-f-]{36}$/)
  })
  assert.equal(queries, 1)
  assert.match(log(), new RegExp(`"tenantId":"${identity.tenantId}","method":"GET","path":"/probe/upload"`))
})

test('a key costs one read', async () => {
  await ask('GET', '/probe/upload', { key })
  // That it was used is written behind the answer's back, once a minute.
  const unwritten = 'select from api_keys where last_used_at is null'
  await until(async () => (await database.pool.query(unwritten)).rowCount === 0, 'its use to be written')
  assert.equal(await countingQueries(() => ask('GET', '/probe/upload', { key })), 1)
})

test('a typo in a key is told without the database', async () => {
  const typo = `${key.slice(0, -8)}${key.at(-8) === 'a' ? 'b' : 'a'}${key.slice(-7)}`
  const queries = await countingQueries(async () => {
    const { status, code, detail } = await refusal({ key: typo })
    assert.deepEqual([status, code], [401, 'malformed_api_key'])
    assert.match(detail, /typo/)
  })
  assert.equal(queries, 0)
})

test('what is no key is refused with what to do about it', async () => {
  const cases: [string, RegExp][] = [
    [`Bearer ${key}`, /drop the prefix "Bearer "/],
    [`bearer ${key}`, /drop the prefix/],
    ['Bearer', /drop the prefix/],
    ['$API_KEY', /single quotes/],
    [token, /Authorization: Bearer/],
    ['sk-something', /api-keys\/generate/],
    ['', /api-keys\/generate/],
    [`${key},${key}`, /typo/]
  ]
  for (const [value, advice] of cases) {
    const { status, code, detail } = await refusal({ headers: { 'x-api-key': value } })
    assert.deepEqual([status, code], [401, 'malformed_api_key'], value)
    assert.match(detail, advice)
  }
})

test('a well-formed key that nobody made, or whose secret is wrong, is unknown', async () => {
  const ours = readId('key', (await ask('GET', '/api-keys', { token })).body.items[0].id) as string
  for (const id of [newId(), ours]) {
    const { status, code } = await refusal({ key: makeKey(id, 'test').key })
    assert.deepEqual([status, code], [401, 'invalid_api_key'])
  }
})

test('a route for people takes no key, and does not tell whether the key lives', async () => {
  for (const each of [key, makeKey(newId(), 'test').key]) {
    const queries = await countingQueries(async () => {
      const { status, code } = await refusal({ key: each }, '/api-keys')
      assert.deepEqual([status, code], [403, 'bearer_required'])
    })
    assert.equal(queries, 0)
  }
  const prefixed = await refusal({ headers: { 'x-api-key': `Bearer ${key}` } }, '/api-keys')
  assert.deepEqual([prefixed.status, prefixed.code], [401, 'malformed_api_key'])
})

test('no credential, and one too many', async () => {
  const none = await refusal({})
  assert.deepEqual([none.status, none.code], [401, 'unauthorized'])
  assert.match(none.detail, /X-Api-Key/)
  assert.match(none.challenge, /^Bearer realm=/)
  assert.doesNotMatch((await refusal({}, '/api-keys')).detail, /X-Api-Key/)
  const both = await refusal({ key, token })
  assert.deepEqual([both.status, both.code], [400, 'bad_request'])
})

test('an expired token says when it expired and how to renew it', async () => {
  const { accessToken } = await issueAccessToken(app, identity, -1)
  const { status, code, detail, challenge } = await refusal({ token: accessToken })
  assert.deepEqual([status, code], [401, 'invalid_token'])
  assert.match(detail, /expired at 20.*\/auth\/refresh/)
  assert.match(challenge, /error="invalid_token"/)
})

test('a script can have a token that lives longer', async () => {
  const began = Date.now()
  const { accessToken, expiresAt } = await issueAccessToken(app, identity, 12 * 3600)
  const lives = new Date(expiresAt).getTime() - 12 * 3600_000
  assert.ok(lives > began - 1000 && lives <= Date.now(), expiresAt)
  assert.equal((await ask('GET', '/probe/upload', { token: accessToken })).status, 200)
})

test('a token that this instance did not make, as it stands, is refused', async () => {
  const key = app.seal.derive('access-token')
  const sign = (header: object, claims: object = {}, secret: Uint8Array = key) =>
    new SignJWT({ tenant: publicId('tenant', identity.tenantId), role: 'owner', iss: 'upload24', ...claims })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
      .setSubject(publicId('user', identity.userId))
      .setExpirationTime('1h')
      .sign(secret)
  assert.equal((await ask('GET', '/probe/upload', { token: await sign({}) })).status, 200)
  const [header, , signature] = token.split('.')
  const promoted = Buffer.from(JSON.stringify({ role: 'owner' })).toString('base64url')
  const bad = {
    tampered: [header, promoted, signature].join('.'),
    unsigned: new UnsecuredJWT({ role: 'owner' }).encode(),
    'of another instance': await sign(
      {},
      {},
      createSeal(['another secret of thirty-two characters']).derive('access-token')
    ),
    'another algorithm': await sign({ alg: 'HS512' }, {}, Buffer.concat([key, key])),
    'of another type': await sign({ typ: 'JWT' }),
    'of another issuer': await sign({}, { iss: 'else' }),
    'of no session that could be': await sign({}, { sid: 'x' }),
    'without a role': await sign({}, { role: 'emperor' }),
    'without a tenant': await sign({}, { tenant: 'x' }),
    nonsense: 'nonsense'
  }
  for (const [what, value] of Object.entries(bad)) {
    const { status, code } = await refusal({ token: value })
    assert.deepEqual([status, code], [401, 'invalid_token'], what)
  }
})

test('what stands in Authorization by mistake is told apart', async () => {
  const cases: [string, RegExp][] = [
    [`Bearer ${key}`, /X-Api-Key/],
    ['Bearer $SESSION_TOKEN', /single quotes/],
    ['Bearer ', /must read/],
    ['Basic dXNlcjpwYXNz', /must read/],
    [token, /must read/]
  ]
  for (const [authorization, advice] of cases) {
    const { status, code, detail } = await refusal({ headers: { authorization } })
    assert.deepEqual([status, code], [401, 'invalid_token'], authorization)
    assert.match(detail, advice)
  }
  assert.equal((await ask('GET', '/probe/upload', { headers: { authorization: `bearer ${token}` } })).status, 200)
})

test('a role does what it may and no more: the one of the member, whatever the token says', async () => {
  const allowed = { viewer: [], member: ['upload'], admin: ['upload', 'admin'], owner: ['upload', 'admin'] }
  for (const [role, may] of Object.entries(allowed)) {
    await database.pool.query('update members set role = $1 where user_id = $2', [role, identity.userId])
    assert.equal((await ask('GET', '/probe/read', { token })).status, 200)
    for (const probe of ['upload', 'admin']) {
      const { status, body } = await ask('GET', `/probe/${probe}`, { token })
      assert.equal(status, (may as string[]).includes(probe) ? 200 : 403, `${role} ${probe}`)
      if (status === 403) assert.equal(body.code, 'role_missing')
    }
  }
})

test('a token of a user who is no member, or of a session that has ended, opens nothing', async () => {
  const other = await newUser()
  const stranger = { ...identity, userId: readId('user', other.answer.body.user.id) as string }
  for (const [who, advice] of [
    [stranger, /not any more, a member/],
    [{ ...identity, sessionId: newId() }, /session of this token has ended/],
    [{ ...identity, userId: newId() }, /a member/]
  ] as const) {
    const { accessToken } = await issueAccessToken(app, who)
    const { status, code, detail } = await refusal({ token: accessToken })
    assert.deepEqual([status, code], [401, 'invalid_token'])
    assert.match(detail, advice)
  }
})
