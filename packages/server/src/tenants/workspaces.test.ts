import assert from 'node:assert/strict'
import test from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { openPeopleWorld } from '../../test/people-world.ts'
import { readId } from '../lib/ids.ts'

const database = await testDatabase()
const { ask, newUser } = await openPeopleWorld(database)

test('name and time zone change one at a time, and are shown wherever the workspace is', async () => {
  const { token, cookie, answer } = await newUser()
  const before = (await ask('GET', '/workspace', { token })).body
  assert.deepEqual({ ...before, createdAt: '' }, { ...answer.body.tenant, createdAt: '' })
  assert.equal(before.timezone, 'UTC')
  const zoned = await ask('PATCH', '/workspace', { token, body: { timezone: 'Europe/Berlin' } })
  assert.deepEqual(zoned.body, { ...before, timezone: 'Europe/Berlin' })
  const named = await ask('PATCH', '/workspace', { token, body: { name: 'Motors' } })
  assert.deepEqual(named.body, { ...before, timezone: 'Europe/Berlin', name: 'Motors' })
  const { tenant } = (await ask('POST', '/auth/refresh', { cookie })).body
  assert.deepEqual([tenant.name, tenant.timezone], ['Motors', 'Europe/Berlin'])
})

test('only IANA zones and known fields are taken', async () => {
  const { token } = await newUser()
  for (const body of [
    { timezone: 'Berlin' },
    { timezone: '+02:00' },
    { timezone: '' },
    { name: ' ' },
    { zone: 'UTC' }
  ]) {
    const { status, body: said } = await ask('PATCH', '/workspace', { token, body })
    assert.deepEqual([status, said.errors[0].path], [422, Object.keys(body)[0]], JSON.stringify(body))
  }
})

test('a second workspace is made, switched to, and the session stays in it', async () => {
  const { token, cookie, answer } = await newUser()
  const made = await ask('POST', '/workspaces', { token, body: { name: 'Second', timezone: 'Asia/Tokyo' } })
  assert.deepEqual([made.status, made.body.role, made.body.timezone], [201, 'owner', 'Asia/Tokyo'])
  const { accessToken } = (await ask('POST', '/auth/switch', { token, body: { tenantId: made.body.id } })).body
  const me = (await ask('GET', '/auth/me', { token: accessToken })).body
  assert.equal(me.tenant.id, made.body.id)
  assert.deepEqual(
    me.tenants.map((each: { id: string }) => each.id),
    [answer.body.tenant.id, made.body.id]
  )
  assert.equal((await ask('POST', '/auth/refresh', { cookie })).body.tenant.id, made.body.id)
})

test('where sign-up is closed only owners create workspaces, and the others are told so', async () => {
  const closed = await openPeopleWorld(database, { SIGN_UP: 'invite' })
  const { token, answer } = await newUser()
  const create = () => closed.ask('POST', '/workspaces', { token, body: { name: 'Another' } })
  const mayCreate = async () => (await closed.ask('GET', '/auth/me', { token })).body.mayCreateWorkspaces
  assert.deepEqual([await mayCreate(), (await create()).status], [true, 201])
  await database.pool.query(`update members set role = 'admin' where user_id = $1`, [
    readId('user', answer.body.user.id)
  ])
  const refused = await create()
  assert.deepEqual([await mayCreate(), refused.status, refused.body.code], [false, 403, 'sign_up_closed'])
})

test('the page of sign-up can know whether it is open', async () => {
  const closed = await openPeopleWorld(database, { SIGN_UP: 'invite' })
  assert.deepEqual((await ask('GET', '/auth/sign-up')).body, { isOpen: true })
  assert.deepEqual((await closed.ask('GET', '/auth/sign-up')).body, { isOpen: false })
})
