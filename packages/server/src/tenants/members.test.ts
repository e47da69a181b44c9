import assert from 'node:assert/strict'
import test from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { openPeopleWorld } from '../../test/people-world.ts'

const database = await testDatabase()
const { ask, newUser, log } = await openPeopleWorld(database)

type Person = Awaited<ReturnType<typeof newUser>> & { readonly id: string }
const person = async (): Promise<Person> => {
  const made = await newUser()
  return { ...made, id: made.answer.body.user.id as string }
}
const tokenIn = (url: string) => new URL(url).searchParams.get('invitation') as string

/** `token` is one for the host's workspace. */
async function join(host: Person, role: string): Promise<Person> {
  const guest = await person()
  const asked = await ask('POST', '/workspace/invitations', { token: host.token, body: { email: guest.email, role } })
  const joined = await ask('POST', `/auth/invitations/${tokenIn(asked.body.url)}/accept`, { token: guest.token })
  assert.equal(joined.status, 200, JSON.stringify(joined.body))
  return { ...guest, token: joined.body.accessToken }
}
const setRole = (as: Person, of: Person, role: string) =>
  ask('PATCH', `/workspace/members/${of.id}`, { token: as.token, body: { role } })
const remove = (as: Person, who: Person) => ask('DELETE', `/workspace/members/${who.id}`, { token: as.token })
const codes = (answers: readonly { status: number; body: { code?: string } }[]) =>
  answers.map(({ status, body }) => body?.code ?? String(status))

test("a new role counts from the member's next request on, with the token they have", async () => {
  const owner = await person()
  const guest = await join(owner, 'member')
  const probe = () => ask('GET', '/probe/admin', { token: guest.token })
  assert.equal((await probe()).body.code, 'role_missing')
  const changed = await setRole(owner, guest, 'admin')
  assert.deepEqual([changed.status, changed.body.role, changed.body.userId], [200, 'admin', guest.id])
  assert.equal((await probe()).status, 200)
  await setRole(owner, guest, 'viewer')
  assert.equal((await probe()).body.code, 'role_missing')
  assert.equal((await ask('GET', '/probe/upload', { token: guest.token })).body.code, 'role_missing')
})

test('who is removed is refused at once, and told where to go on', async () => {
  const owner = await person()
  const guest = await join(owner, 'admin')
  assert.equal((await ask('GET', '/probe/read', { token: guest.token })).status, 200)
  assert.equal((await remove(owner, guest)).status, 204)
  const refused = await ask('GET', '/probe/read', { token: guest.token })
  assert.deepEqual([refused.status, refused.body.code], [401, 'invalid_token'])
  assert.match(refused.body.detail, /\/auth\/refresh/)
  const renewed = await ask('POST', '/auth/refresh', { cookie: guest.cookie })
  assert.equal(renewed.body.tenant.id, guest.answer.body.tenant.id)
  assert.equal((await ask('GET', '/probe/read', { token: renewed.body.accessToken })).status, 200)
  assert.equal((await remove(owner, guest)).status, 404)
})

test('whom a removed member had invited is not let in, nor are they with a link of their own', async () => {
  const owner = await person()
  const guest = await join(owner, 'admin')
  const other = await person()
  const { body } = await ask('POST', '/workspace/invitations', { token: guest.token, body: { email: other.email } })
  await remove(owner, guest)
  const accepted = await ask('POST', `/auth/invitations/${tokenIn(body.url)}/accept`, { token: other.token })
  assert.equal(accepted.status, 422)
  assert.equal((await ask('GET', `/auth/invitations/${tokenIn(body.url)}`)).body.status, 'canceled')
})

test('a demoted owner keeps the invitations that an admin may send', async () => {
  const owner = await person()
  const second = await join(owner, 'owner')
  for (const role of ['owner', 'viewer']) {
    const body = { email: `${role}-of-demoted@example.com`, role }
    assert.equal((await ask('POST', '/workspace/invitations', { token: second.token, body })).status, 201)
  }
  await setRole(owner, second, 'admin')
  const list = await ask('GET', '/workspace/invitations', { token: owner.token })
  assert.deepEqual(
    list.body.items.map((each: { role: string }) => each.role),
    ['viewer']
  )
})

test('an admin makes, changes and removes no owner', async () => {
  const owner = await person()
  const [admin, member] = [await join(owner, 'admin'), await join(owner, 'member')]
  const answers = [
    await setRole(admin, owner, 'viewer'),
    await remove(admin, owner),
    await setRole(admin, member, 'owner'),
    await setRole(admin, admin, 'owner')
  ]
  assert.deepEqual(codes(answers), Array(4).fill('role_missing'))
  assert.equal((await setRole(admin, member, 'admin')).status, 200)
  assert.equal((await remove(admin, member)).status, 204)
})

test('the last owner can neither go nor be demoted; with a second one they can', async () => {
  const owner = await person()
  const leave = (who: Person) => ask('POST', '/workspace/leave', { token: who.token })
  const answers = [await leave(owner), await remove(owner, owner), await setRole(owner, owner, 'admin')]
  assert.deepEqual(codes(answers), Array(3).fill('last_owner'))
  const second = await join(owner, 'owner')
  assert.equal((await leave(owner)).status, 204)
  assert.equal((await ask('GET', '/workspace', { token: owner.token })).status, 401)
  assert.equal((await leave(second)).body.code, 'last_owner')
})

test('of two owners who remove or demote each other at once, one stays an owner', async () => {
  for (let round = 0; round < 5; round++) {
    const first = await person()
    const second = await join(first, 'owner')
    await Promise.all([remove(first, second), setRole(second, first, 'viewer')])
    const { rows } = await database.pool.query(
      `select count(*)::int as owners from members m join tenants t on t.id = m.tenant_id
       where m.role = 'owner' and t.id = (select tenant_id from members where user_id = (select id from users where email = $1) order by created_at limit 1)`,
      [first.email]
    )
    assert.equal(rows[0].owners, 1)
  }
})

test('a link tells what it is for, before and after it was used', async () => {
  const owner = await person()
  const newcomer = 'newcomer@example.com'
  const { body } = await ask('POST', '/workspace/invitations', {
    token: owner.token,
    body: { email: newcomer, role: 'viewer' }
  })
  const look = async () => (await ask('GET', `/auth/invitations/${tokenIn(body.url)}`)).body
  const { expiresAt, ...told } = await look()
  assert.deepEqual(told, {
    workspace: 'Engines',
    email: newcomer,
    role: 'viewer',
    invitedBy: 'Ada',
    status: 'pending',
    hasAccount: false
  })
  assert.ok(Date.parse(expiresAt) > Date.now())
  await newUser({ email: newcomer, workspace: undefined, invitation: tokenIn(body.url) })
  const after = await look()
  assert.deepEqual([after.status, after.hasAccount], ['accepted', true])
  assert.equal((await ask('GET', '/auth/invitations/nonsense')).status, 404)
  assert.match(log(), /"path":"\/auth\/invitations\/…"/)
  assert.ok(!log().includes(tokenIn(body.url)))
})

test('an invitation is listed, sent again with a new link, and taken back', async () => {
  const [owner, guest] = [await person(), await person()]
  const as = { token: owner.token }
  const first = (await ask('POST', '/workspace/invitations', { ...as, body: { email: guest.email } })).body
  await database.pool.query(`update invitations set expires_at = now() where email = $1`, [guest.email])
  assert.equal((await ask('GET', `/auth/invitations/${tokenIn(first.url)}`)).body.status, 'expired')
  const [listed] = (await ask('GET', '/workspace/invitations', as)).body.items
  assert.deepEqual(
    [listed.id, listed.email, listed.isExpired, listed.invitedBy],
    [first.id, guest.email, true, { userId: owner.id, name: 'Ada' }]
  )
  const again = await ask('POST', `/workspace/invitations/${first.id}/resend`, as)
  assert.deepEqual([again.status, again.body.id, again.body.isMailed], [200, first.id, false])
  assert.equal((await ask('GET', `/auth/invitations/${tokenIn(first.url)}`)).status, 404)
  assert.equal((await ask('GET', `/auth/invitations/${tokenIn(again.body.url)}`)).body.status, 'pending')
  assert.equal((await ask('DELETE', `/workspace/invitations/${first.id}`, as)).status, 204)
  const late = await ask('POST', `/auth/invitations/${tokenIn(again.body.url)}/accept`, { token: guest.token })
  assert.equal(late.status, 422)
  for (const [method, path] of [
    ['DELETE', ''],
    ['POST', '/resend']
  ] as const) {
    assert.equal((await ask(method, `/workspace/invitations/${first.id}${path}`, as)).status, 404)
  }
  assert.deepEqual((await ask('GET', '/workspace/invitations', as)).body.items, [])
})

test('an admin does not get the link of an invitation for an owner', async () => {
  const owner = await person()
  const admin = await join(owner, 'admin')
  const body = { email: 'owner-to-be@example.com', role: 'owner' }
  const { id } = (await ask('POST', '/workspace/invitations', { token: owner.token, body })).body
  const asked = await ask('POST', `/workspace/invitations/${id}/resend`, { token: admin.token })
  assert.equal(asked.body.code, 'role_missing')
})

test('accepting goes on in that workspace, and is for the invited address alone', async () => {
  const [owner, guest, stranger] = [await person(), await person(), await person()]
  const asked = await ask('POST', '/workspace/invitations', { token: owner.token, body: { email: guest.email } })
  const accept = (who: Person) =>
    ask('POST', `/auth/invitations/${tokenIn(asked.body.url)}/accept`, { token: who.token })
  assert.equal((await accept(stranger)).status, 422)
  const joined = await accept(guest)
  assert.deepEqual(joined.body.tenant, { ...owner.answer.body.tenant, role: 'member' })
  const renewed = await ask('POST', '/auth/refresh', { cookie: guest.cookie })
  assert.equal(renewed.body.tenant.id, owner.answer.body.tenant.id)
  assert.equal((await accept(guest)).status, 422)
})

test('who is a member already cannot be invited', async () => {
  const owner = await person()
  const guest = await join(owner, 'viewer')
  const again = await ask('POST', '/workspace/invitations', { token: owner.token, body: { email: guest.email } })
  assert.deepEqual([again.status, again.body.errors[0].path], [422, 'email'])
})
