import assert from 'node:assert/strict'
import test from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { cookieOf, openPeopleWorld } from '../../test/people-world.ts'
import { readId } from '../lib/ids.ts'
import { issueAccessToken } from './access-token.ts'

const database = await testDatabase()
const world = await openPeopleWorld(database)
const { ask, newUser } = world

const alive = async (token: string) => (await ask('GET', '/probe/read', { token })).status === 200
const signIn = async ({ email, password }: { email: string; password: string }) => {
  const answer = await ask('POST', '/auth/sign-in', { body: { email, password }, headers: { 'user-agent': 'Tests/1' } })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return { token: answer.body.accessToken as string, cookie: cookieOf(answer) }
}

test('a user renames themselves', async () => {
  const { token, answer } = await newUser()
  const { body } = await ask('PATCH', '/auth/me', { token, body: { name: ' Ada Lovelace ' } })
  assert.deepEqual(body.user, { ...answer.body.user, name: 'Ada Lovelace', hasTwoFactor: false })
  assert.deepEqual((await ask('GET', '/auth/me', { token })).body, body)
})

test('signing out ends the tokens of that session, and no others', async () => {
  const user = await newUser()
  const second = await signIn(user)
  await ask('POST', '/auth/sign-out', { cookie: user.cookie })
  assert.deepEqual([await alive(user.token), await alive(second.token)], [false, true])
})

test('sessions are listed, and one of them is ended from another', async () => {
  const user = await newUser()
  const second = await signIn(user)
  const { items } = (await ask('GET', '/auth/sessions', { token: user.token })).body
  assert.equal(items.length, 2)
  const other = items.find((each: { isCurrent: boolean }) => !each.isCurrent)
  assert.deepEqual([other.userAgent, other.address], ['Tests/1', '127.0.0.1'])
  const stranger = await newUser()
  const end = (token: string) => ask('DELETE', `/auth/sessions/${other.id}`, { token })
  assert.equal((await end(stranger.token)).status, 404)
  assert.equal(await alive(second.token), true)
  assert.equal((await end(user.token)).status, 204)
  assert.deepEqual([await alive(user.token), await alive(second.token)], [true, false])
  assert.equal((await ask('POST', '/auth/refresh', { cookie: second.cookie })).status, 401)
  assert.equal((await end(user.token)).status, 404)
})

test('all sessions end, or all but this one', async () => {
  const user = await newUser()
  const [second, third] = [await signIn(user), await signIn(user)]
  assert.equal((await ask('DELETE', '/auth/sessions?keep=current', { token: second.token })).status, 204)
  assert.deepEqual([await alive(user.token), await alive(second.token), await alive(third.token)], [false, true, false])
  const everywhere = await ask('DELETE', '/auth/sessions', { token: second.token, cookie: second.cookie })
  assert.match(cookieOf(everywhere), /session_token=;/)
  assert.equal(await alive(second.token), false)
  assert.equal((await ask('DELETE', '/auth/sessions?keep=mine', { token: user.token })).status, 401)
})

test('a new password needs the present one, ends every other session and goes on in this one', async () => {
  const user = await newUser()
  const second = await signIn(user)
  const newPassword = 'an entirely new one'
  const change = (body: object) => ask('POST', '/auth/password', { token: user.token, body })
  const wrong = await change({ password: 'not this one', newPassword })
  assert.deepEqual([wrong.status, wrong.body.errors[0].path], [422, 'password'])
  assert.equal((await change({ password: user.password, newPassword: 'short' })).body.errors[0].path, 'newPassword')
  const changed = await change({ password: user.password, newPassword })
  assert.equal(changed.status, 200, JSON.stringify(changed.body))
  assert.deepEqual(changed.body.tenant, user.answer.body.tenant)
  assert.equal(await alive(changed.body.accessToken), true)
  assert.deepEqual([await alive(user.token), await alive(second.token)], [false, false])
  assert.equal((await ask('POST', '/auth/refresh', { cookie: cookieOf(changed) })).status, 200)
  assert.equal((await ask('POST', '/auth/refresh', { cookie: user.cookie })).status, 401)
  await signIn({ email: user.email, password: newPassword })
})

test('a new password does not lead to another workspace', async () => {
  const { token, password } = await newUser()
  const { id: tenantId } = (await ask('POST', '/workspaces', { token, body: { name: 'Second' } })).body
  const second = (await ask('POST', '/auth/switch', { token, body: { tenantId } })).body.accessToken
  const body = { password, newPassword: 'an entirely new one' }
  const changed = await ask('POST', '/auth/password', { token: second, body })
  assert.equal(changed.body.tenant.id, tenantId)
  const renewed = await ask('POST', '/auth/refresh', { cookie: cookieOf(changed) })
  assert.equal(renewed.body.tenant.id, tenantId)
})

test("a script's token, which has no session, changes no password", async () => {
  const { answer, password } = await newUser()
  const { user, tenant } = answer.body
  const [userId, tenantId] = [readId('user', user.id) as string, readId('tenant', tenant.id) as string]
  const { accessToken: token } = await issueAccessToken(world.app, { userId, tenantId, role: 'owner' })
  const body = { password, newPassword: 'an entirely new one' }
  const refused = await ask('POST', '/auth/password', { token, body })
  assert.deepEqual([refused.status, refused.body.code], [401, 'invalid_token'])
  assert.match(refused.body.detail, /sign-in/)
})

test('guessing the present password with a stolen token is slowed down', async () => {
  const { token } = await newUser()
  const body = { password: 'a guess', newPassword: 'an entirely new one' }
  const answers = await Promise.all(Array.from({ length: 22 }, () => ask('POST', '/auth/password', { token, body })))
  assert.equal(answers.filter(each => each.status === 429).length, 2)
})
