import assert from 'node:assert/strict'
import test from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { cookieOf, openPeopleWorld } from '../../test/people-world.ts'
import { readId } from '../lib/ids.ts'

const database = await testDatabase()
const world = await openPeopleWorld(database)
const { ask, newUser } = world

const claims = (token: string) => JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString())
const count = async (table: string) => {
  const { rows } = await database.pool.query(`select count(*)::int as n from ${table}`)
  return rows[0].n as number
}

test('signing up makes a user, a workspace and its owner', async () => {
  const { answer, token } = await newUser({ email: ' Ada@Example.COM ' })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  assert.equal(answer.body.user.email, 'ada@example.com')
  assert.equal(answer.body.tenant.name, 'Engines')
  assert.equal(answer.body.tenant.role, 'owner')
  assert.ok(readId('tenant', answer.body.tenant.id))
  const { sub, tenant, role, iat, exp } = claims(token)
  assert.deepEqual([sub, tenant, role, exp - iat], [answer.body.user.id, answer.body.tenant.id, 'owner', 900])
  assert.equal(new Date(answer.body.expiresAt).getTime(), exp * 1000)
})

test('the session cookie is for /auth, this site and no script', async () => {
  const { answer } = await newUser()
  const [cookie] = [answer.headers['set-cookie'] ?? []].flat()
  assert.match(String(cookie), /^upload24\.session_token=.*; Path=\/auth; HttpOnly; SameSite=Strict/)
  assert.doesNotMatch(String(cookie), /Secure/)
  const secure = await openPeopleWorld(database, { PUBLIC_URL: 'https://video.example' })
  const [other] = [(await secure.newUser({ email: 'secure@example.com' })).answer.headers['set-cookie'] ?? []].flat()
  assert.match(String(other), /^__Secure-upload24\..*; Secure/)
})

test('every fault of a sign-up is told at once, and nothing is made', async () => {
  const before = [await count('users'), await count('tenants')]
  const { status, body } = await ask('POST', '/auth/sign-up', { body: { email: 'x', password: 'short', name: '' } })
  assert.equal(status, 422)
  assert.deepEqual(body.errors.map((each: { path: string }) => each.path).sort(), [
    'email',
    'name',
    'password',
    'workspace'
  ])
  assert.deepEqual([await count('users'), await count('tenants')], before)
})

test('an e-mail that has an account is 409, also when two sign up at once', async () => {
  const { email } = await newUser()
  const again = await newUser({ email: email.toUpperCase() })
  assert.equal(again.answer.status, 409)
  assert.equal(again.answer.body.code, 'email_taken')
  const tenants = await count('tenants')
  const both = await Promise.all([newUser({ email: 'twin@example.com' }), newUser({ email: 'twin@example.com' })])
  assert.deepEqual(both.map(each => each.answer.status).sort(), [201, 409])
  assert.equal(await count('tenants'), tenants + 1)
})

test('a sign-up that fails halfway leaves no user behind', async () => {
  const before = await count('users')
  await database.pool.query(`alter table members add constraint broken check (role <> 'owner') not valid`)
  try {
    assert.equal((await newUser({ email: 'half@example.com' })).answer.status, 500)
  } finally {
    await database.pool.query('alter table members drop constraint broken')
  }
  assert.equal(await count('users'), before)
  assert.equal((await newUser({ email: 'half@example.com' })).answer.status, 201)
})

test('signing in opens the workspace again', async () => {
  const { email, password, answer } = await newUser()
  const again = await ask('POST', '/auth/sign-in', { body: { email, password } })
  assert.equal(again.status, 200, JSON.stringify(again.body))
  assert.deepEqual(again.body.tenant, answer.body.tenant)
})

test('a wrong password and an unknown e-mail get the same answer', async () => {
  const { email } = await newUser()
  const wrong = await ask('POST', '/auth/sign-in', { body: { email, password: 'not this one' } })
  const unknown = await ask('POST', '/auth/sign-in', {
    body: { email: 'nobody@example.com', password: 'not this one' }
  })
  assert.equal(wrong.status, 401)
  const visible = ({ body }: typeof wrong) => ({ ...body, requestId: '' })
  assert.deepEqual(visible(wrong), visible(unknown))
  assert.equal(wrong.body.code, 'invalid_credentials')
})

test('the cookie renews the token until it is signed out', async () => {
  const { cookie, answer } = await newUser()
  const renewed = await ask('POST', '/auth/refresh', { cookie })
  assert.equal(renewed.status, 200)
  assert.deepEqual(renewed.body.tenant, answer.body.tenant)
  const out = await ask('POST', '/auth/sign-out', { cookie })
  assert.equal(out.status, 204)
  assert.match(cookieOf(out), /session_token=;/)
  assert.equal((await ask('POST', '/auth/refresh', { cookie })).status, 401)
  assert.equal((await ask('POST', '/auth/refresh')).status, 401)
  assert.equal((await ask('POST', '/auth/sign-out')).status, 204)
})

test('a forged cookie renews nothing', async () => {
  const { cookie } = await newUser()
  const [name, value = ''] = cookie.split('=')
  const token = decodeURIComponent(value).split('.')[0]
  assert.equal((await ask('POST', '/auth/refresh', { cookie: `${name}=${token}.AAAA` })).status, 401)
  assert.equal((await ask('POST', '/auth/refresh', { cookie: `${name}=${token}` })).status, 401)
})

test("another site's page can neither renew nor sign out, nor one of a sibling domain", async () => {
  const { cookie, email, password } = await newUser()
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:3000.evil.example']) {
    for (const url of ['/auth/refresh', '/auth/sign-out']) {
      assert.equal((await ask('POST', url, { cookie, headers: { origin } })).status, 400)
    }
  }
  for (const site of ['cross-site', 'same-site']) {
    const entry = { email, password }
    const routes: [string, object?][] = [
      ['refresh'],
      ['sign-out'],
      ['sign-in', entry],
      ['sign-up', { ...entry, name: 'Eve', workspace: 'Eve' }]
    ]
    for (const [route, body] of routes) {
      const headers = { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': site }
      const answer = await ask('POST', `/auth/${route}`, { cookie, headers, ...(body ? { body } : {}) })
      assert.deepEqual([answer.status, answer.body.code], [400, 'bad_request'], `${site} ${route}`)
    }
  }
  for (const headers of [{ origin: 'http://127.0.0.1:3000' }, { 'sec-fetch-site': 'same-origin' }] as const) {
    assert.equal(
      (await ask('POST', '/auth/refresh', { cookie, headers: headers as Record<string, string> })).status,
      200
    )
  }
})

test('an invited person joins with the role of the invitation, once, and only with that e-mail', async () => {
  const owner = await newUser()
  const invited = await ask('POST', '/workspace/invitations', {
    token: owner.token,
    body: { email: 'New@Example.com', role: 'viewer' }
  })
  assert.equal(invited.status, 201, JSON.stringify(invited.body))
  const invitation = new URL(invited.body.url).searchParams.get('invitation')
  const body = { password: 'correct horse battery', name: 'New', invitation }
  const stranger = await ask('POST', '/auth/sign-up', { body: { ...body, email: 'stranger@example.com' } })
  assert.equal(stranger.status, 422)
  const joined = await ask('POST', '/auth/sign-up', { body: { ...body, email: 'new@example.com' } })
  assert.equal(joined.status, 201, JSON.stringify(joined.body))
  assert.deepEqual(joined.body.tenant, { ...owner.answer.body.tenant, role: 'viewer' })
  const { body: members } = await ask('GET', '/workspace/members', { token: owner.token })
  assert.deepEqual(
    members.items.map((each: { email: string; role: string }) => [each.email, each.role]),
    [
      [owner.email, 'owner'],
      ['new@example.com', 'viewer']
    ]
  )
  const refused = await ask('POST', '/workspace/invitations', {
    token: joined.body.accessToken,
    body: { email: 'a@b.example' }
  })
  assert.equal(refused.body.code, 'role_missing')
  const again = await ask('POST', '/auth/sign-up', { body: { ...body, email: 'new@example.com' } })
  assert.equal(again.status, 409)
})

test('a member of two workspaces switches between them, and the session remembers', async () => {
  const [host, guest] = [await newUser(), await newUser()]
  const { body } = await ask('POST', '/workspace/invitations', {
    token: host.token,
    body: { email: guest.email, role: 'admin' }
  })
  const invitation = new URL(body.url).searchParams.get('invitation')
  const signedIn = await ask('POST', '/auth/sign-in', {
    body: { email: guest.email, password: guest.password, invitation }
  })
  assert.deepEqual(signedIn.body.tenant, { ...host.answer.body.tenant, role: 'admin' })
  const home = guest.answer.body.tenant
  const switched = await ask('POST', '/auth/switch', {
    token: guest.token,
    cookie: guest.cookie,
    body: { tenantId: host.answer.body.tenant.id }
  })
  assert.equal(switched.status, 200)
  assert.equal(switched.body.tenant.role, 'admin')
  assert.equal(claims(switched.body.accessToken).tenant, host.answer.body.tenant.id)
  const renewed = await ask('POST', '/auth/refresh', { cookie: guest.cookie })
  assert.equal(renewed.body.tenant.id, host.answer.body.tenant.id)
  assert.equal((await ask('POST', '/auth/refresh', { cookie: cookieOf(guest.answer) })).status, 200)
  const foreign = await ask('POST', '/auth/switch', { token: host.token, body: { tenantId: home.id } })
  assert.equal(foreign.status, 404)
  const nonsense = await ask('POST', '/auth/switch', { token: host.token, body: { tenantId: 'tenant_x' } })
  assert.equal(nonsense.status, 404)
  assert.equal(foreign.body.code, nonsense.body.code)
})

test('an admin invites, but makes no owner; a later invitation replaces an earlier one', async () => {
  const { token } = await newUser()
  const admin = await newUser()
  const asked = await ask('POST', '/workspace/invitations', { token, body: { email: admin.email, role: 'admin' } })
  const link = new URL(asked.body.url).searchParams.get('invitation')
  const joined = await ask('POST', `/auth/invitations/${link}/accept`, { token: admin.token })
  const email = 'chosen@example.com'
  const inviting = (as: string, role: string) =>
    ask('POST', '/workspace/invitations', { token: as, body: { email, role } })
  assert.equal((await inviting(joined.body.accessToken, 'owner')).body.code, 'role_missing')
  const [early, late] = [await inviting(joined.body.accessToken, 'admin'), await inviting(token, 'owner')]
  const accept = (url: string) =>
    newUser({ email, workspace: undefined, invitation: new URL(url).searchParams.get('invitation') })
  const replaced = (await accept(early.body.url)).answer
  assert.deepEqual([replaced.status, replaced.body.errors[0].path], [422, 'invitation'])
  const accepted = (await accept(late.body.url)).answer
  assert.deepEqual([accepted.status, accepted.body.tenant?.role], [201, 'owner'])
})

test('an invitation dies after a week', async () => {
  const { token } = await newUser()
  const email = 'late@example.com'
  const { body } = await ask('POST', '/workspace/invitations', { token, body: { email } })
  assert.ok(Math.abs(new Date(body.expiresAt).getTime() - Date.now() - 7 * 86_400_000) < 60_000)
  await database.pool.query('update invitations set expires_at = now() where id = $1', [readId('invitation', body.id)])
  const invitation = new URL(body.url).searchParams.get('invitation')
  assert.equal((await newUser({ email, workspace: undefined, invitation })).answer.status, 422)
})

test('a refresh names the role as it is now', async () => {
  const { cookie, answer } = await newUser()
  await database.pool.query(`update members set role = 'viewer' where tenant_id = $1`, [
    readId('tenant', answer.body.tenant.id)
  ])
  assert.equal((await ask('POST', '/auth/refresh', { cookie })).body.tenant.role, 'viewer')
})

test('who is in no workspace any more gets one where sign-up is open, and none where it is not', async () => {
  const { cookie, answer, email, password } = await newUser()
  const tenantId = readId('tenant', answer.body.tenant.id)
  await database.pool.query('delete from members where tenant_id = $1', [tenantId])
  const closed = await openPeopleWorld(database, { SIGN_UP: 'invite' })
  const refused = await closed.ask('POST', '/auth/sign-in', { body: { email, password } })
  assert.equal(refused.body.code, 'sign_up_closed')
  const renewed = await ask('POST', '/auth/refresh', { cookie })
  assert.equal(renewed.status, 200)
  assert.notEqual(renewed.body.tenant.id, answer.body.tenant.id)
  assert.equal(renewed.body.tenant.role, 'owner')
})

test('guessing is slowed down, with the headers that say for how long', async () => {
  const { email } = await newUser()
  const attempt = () => ask('POST', '/auth/sign-in', { body: { email, password: 'guess' } })
  const first = await attempt()
  assert.match(String(first.headers['ratelimit-policy']), /^"person";q=20;w=60, "address";q=100;w=60$/)
  assert.match(String(first.headers.ratelimit), /^"person";r=18;t=\d+, "address";r=\d+;t=\d+$/)
  const rest = await Promise.all(Array.from({ length: 19 }, attempt))
  const refused = rest.filter(each => each.status === 429)
  assert.equal(refused.length, 1)
  assert.equal(refused[0]?.body.code, 'rate_limited')
  assert.match(String(refused[0]?.headers['retry-after']), /^[1-9]\d?$/)
})

test('nothing that lets somebody in stands in the log', async () => {
  const secrets = await openPeopleWorld(database)
  const { token, cookie, password, email } = await secrets.newUser({ email: 'quiet@example.com' })
  await secrets.ask('POST', '/auth/refresh', { cookie })
  await secrets.ask('POST', '/auth/sign-in', { body: { email: 'quiet@example.com', password } })
  const { body: key } = await secrets.ask('POST', '/api-keys/generate', { token })
  await secrets.ask('GET', '/probe/upload', { key: key.key })
  await secrets.ask('POST', '/auth/forgot', { body: { email } })
  assert.match(secrets.log(), /"path":"\/auth\/sign-in"/)
  for (const secret of [token, cookie.split('=')[1] as string, password, key.key as string]) {
    assert.ok(secret.length > 8)
    assert.ok(!secrets.log().includes(secret))
  }
})
