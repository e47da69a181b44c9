import assert from 'node:assert/strict'
import test from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { openPeopleWorld } from '../../test/people-world.ts'

const database = await testDatabase()
const invite = await openPeopleWorld(database, { SIGN_UP: 'invite' })
const first = await openPeopleWorld(database, { SIGN_UP: 'first' })

test('by invitation only, nobody signs up without one, not even the first', async () => {
  const { answer } = await invite.newUser()
  assert.equal(answer.status, 403)
  assert.equal(answer.body.code, 'sign_up_closed')
})

test('of several first sign-ups at once exactly one owns the instance', async () => {
  const racing = await Promise.all(Array.from({ length: 8 }, () => first.newUser()))
  const statuses = racing.map(each => each.answer.status).sort()
  assert.deepEqual(statuses, [201, ...Array(7).fill(403)])
  const { rows } = await database.pool.query(
    'select (select count(*) from users)::int as users, (select count(*) from tenants)::int as tenants'
  )
  assert.deepEqual(rows[0], { users: 1, tenants: 1 })
  const owner = racing.find(each => each.answer.status === 201)
  assert.equal(owner?.answer.body.tenant.role, 'owner')
})

test('after the first, an invitation lets somebody in', async () => {
  const { rows } = await database.pool.query('select email from users')
  const signedIn = await first.ask('POST', '/auth/sign-in', {
    body: { email: rows[0].email, password: 'correct horse battery' }
  })
  const { body } = await first.ask('POST', '/workspace/invitations', {
    token: signedIn.body.accessToken,
    body: { email: 'second@example.com' }
  })
  const invitation = new URL(body.url).searchParams.get('invitation')
  const entry = { email: 'second@example.com', password: 'correct horse battery', name: 'Two' }
  const twice = await Promise.all(
    [1, 2].map(() => first.ask('POST', '/auth/sign-up', { body: { ...entry, invitation } }))
  )
  assert.deepEqual(twice.map(each => each.status).sort(), [201, 409])
  const wrong = await first.ask('POST', '/auth/sign-up', {
    body: { ...entry, email: 'third@example.com', invitation: 'nonsense' }
  })
  assert.deepEqual([wrong.status, wrong.body.errors.map((each: { path: string }) => each.path)], [422, ['invitation']])
  const both = await first.ask('POST', '/auth/sign-up', {
    body: { ...entry, email: 'fourth@example.com', invitation, workspace: 'Mine' }
  })
  assert.equal(both.status, 422)
})
