import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../test/database.ts'
import { openLinkingWorld } from '../../../test/linking-world.ts'
import { newId, readId } from '../../lib/ids.ts'
import { issueAccessToken } from '../../tenants/access-token.ts'
import { sweepLinks } from './queries.ts'

const database = await testDatabase()
const { pool } = database
const world = await openLinkingWorld(database)

/** The first person of this sandbox has two Pages: one grant, two accounts. */
const PAGES = { platform: 'instagram', auth: 'facebook' }

async function offered() {
  const workspace = await world.newWorkspace()
  const { end } = await workspace.link(0, { ...PAGES, choose: true })
  const linkId = end.searchParams.get('choose') ?? ''
  const path = `/accounts/links/${linkId}`
  return {
    ...workspace,
    end,
    linkId,
    path,
    accounts: async () => (await workspace.call('GET', '/accounts')).body.items
  }
}

test('a grant that brings several accounts links none until the person has chosen', async () => {
  const { call, path, linkId, end, accounts } = await offered()
  assert.equal(end.pathname, '/accounts')
  assert.equal(end.searchParams.get('linked'), null)
  assert.deepEqual(await accounts(), [])
  const { status, body } = await call('GET', path)
  assert.equal(status, 200)
  assert.deepEqual([body.linkId, body.platform, body.sandbox], [linkId, 'instagram', true])
  assert.ok(Date.parse(body.expiresAt) > Date.now())
  assert.equal(body.items.length, 2)
  assert.deepEqual(Object.keys(body.items[0]).sort(), ['accountId', 'avatarUrl', 'choiceId', 'displayName', 'handle'])
})

test('the chosen account is linked and can be used; the other one is forgotten', async () => {
  const { call, path, accounts, linkId } = await offered()
  const [, second] = (await call('GET', path)).body.items
  const made = await call('POST', path, { choices: [second.choiceId] })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  assert.deepEqual(made.body.items, await accounts())
  assert.deepEqual([made.body.items.length, made.body.items[0].handle], [1, second.handle])
  assert.equal((await call('GET', path)).status, 404)
  assert.equal((await call('POST', path, { choices: [second.choiceId] })).status, 404)
  const { rows } = await pool.query('select offer from links where id = $1', [readId('link', linkId)])
  assert.equal(rows[0].offer, null)
})

test('what was linked before is told, and choosing it again keeps its id', async () => {
  const workspace = await world.newWorkspace()
  await workspace.link(0, PAGES)
  const before = (await workspace.call('GET', '/accounts')).body.items
  assert.equal(before.length, 2, 'without a choice all are linked, as ever')
  const { end } = await workspace.link(0, { ...PAGES, choose: true })
  const path = `/accounts/links/${end.searchParams.get('choose')}`
  const { items } = (await workspace.call('GET', path)).body
  assert.deepEqual(
    items.map(({ accountId }: { accountId: string }) => accountId).sort(),
    before.map(({ accountId }: { accountId: string }) => accountId).sort()
  )
  const made = await workspace.call('POST', path, { choices: [items[0].choiceId] })
  assert.equal(made.body.items[0].accountId, items[0].accountId)
  assert.equal((await workspace.call('GET', '/accounts')).body.items.length, 2)
})

test('a grant that brings one account asks nothing', async () => {
  const { link, call } = await world.newWorkspace()
  const { end, accountId } = await link(2, { ...PAGES, choose: true })
  assert.equal(end.searchParams.get('choose'), null)
  assert.equal((await call('GET', '/accounts')).body.items[0].accountId, accountId)
})

test('a choice that is not among them links nothing, and can be made again', async () => {
  const { call, path, accounts } = await offered()
  const { items } = (await call('GET', path)).body
  const refused = await call('POST', path, { choices: [items[0].choiceId, 'elsewhere'] })
  assert.deepEqual([refused.status, refused.body.errors[0].path], [422, 'choices[1]'])
  assert.deepEqual(await accounts(), [])
  const all = items.map(({ choiceId }: { choiceId: string }) => choiceId)
  assert.equal((await call('POST', path, { choices: all })).body.items.length, 2)
})

test('the choice belongs to whoever began the link, for 15 minutes', async () => {
  const { call, path, linkId, tenantId } = await offered()
  const userId = newId()
  await pool.query(`insert into users (id, name, email) values ($1, 'Bob', $1::uuid || '@example.com')`, [userId])
  await pool.query(`insert into members (id, tenant_id, user_id, role) values ($1, $2, $3, 'owner')`, [
    newId(),
    tenantId,
    userId
  ])
  const { accessToken } = await issueAccessToken(world.app, { tenantId, userId, role: 'owner' })
  const other = await fetch(`${world.base}${path}`, { headers: { authorization: `Bearer ${accessToken}` } })
  assert.equal(other.status, 404)
  assert.equal((await call('GET', path)).status, 200)
  await pool.query(`update links set offer_until = now() where id = $1`, [readId('link', linkId)])
  assert.equal((await call('GET', path)).status, 404)
  await sweepLinks(world.app.database.db)
  const { rows } = await pool.query('select offer from links where id = $1', [readId('link', linkId)])
  assert.equal(rows[0].offer, null, 'the sweep forgets what nobody chose')
})

test('of two choices at once one is made', async () => {
  const { call, path, accounts } = await offered()
  const [first, second] = (await call('GET', path)).body.items
  const answers = await Promise.all([first, second].map(each => call('POST', path, { choices: [each.choiceId] })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 404])
  assert.equal((await accounts()).length, 1)
})

test('what waits for a choice shows no token', async () => {
  const { tenantId, linkId, call, path } = await offered()
  const { rows } = await pool.query(
    `select id from sandbox_documents where project = $1 and kind like 'instagram.fb%'`,
    [`sandbox-${tenantId}`]
  )
  const { rows: kept } = await pool.query('select offer from links where id = $1', [readId('link', linkId)])
  const shown = JSON.stringify((await call('GET', path)).body)
  for (const { id } of rows) assert.ok(!kept[0].offer.includes(id) && !shown.includes(id))
  assert.doesNotMatch(world.log(), /EAA(page|long|short)-/)
})
