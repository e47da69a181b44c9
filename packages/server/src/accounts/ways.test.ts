import assert from 'node:assert/strict'
import test from 'node:test'
import { connectors, Refused } from '@upload24/connectors'
import { testDatabase } from '../../test/database.ts'
import { openLinkingWorld, SECRET } from '../../test/linking-world.ts'
import { readConfig } from '../config.ts'
import { readId } from '../lib/ids.ts'
import { sandboxClient } from '../platforms/apps.ts'
import { openTokens, sealTokens } from './grant.ts'
import { keepAlive } from './keep-alive.ts'
import { openSignIn } from './sign-in.ts'

const DAY = 86_400_000

const database = await testDatabase()
const world = await openLinkingWorld(database)
const { app, platforms } = world
const { pool } = database

/** The platform is the sandbox under configured addresses. The projects of two workspaces are the two apps at Meta. */
const [instagramApp, metaApp] = [await world.newWorkspace(), await world.newWorkspace()]
const byInstagram = clientOf('INSTAGRAM', instagramApp.tenantId)
const byFacebook = clientOf('INSTAGRAM_FACEBOOK', metaApp.tenantId)

function clientOf(prefix: string, tenantId: string) {
  const { clientId, clientSecret } = sandboxClient(app, { platform: 'instagram', tenant_id: tenantId })
  return { [`${prefix}_CLIENT_ID`]: clientId, [`${prefix}_CLIENT_SECRET`]: clientSecret }
}

function setUp(env: Record<string, string>): void {
  const hosts = JSON.stringify(platforms.hostsOf({ platform: 'instagram', sandbox: true }))
  const own = { NODE_ENV: 'test', SECRET_KEY: SECRET, DATA_DIR: app.config.dataDir, PUBLIC_URL: world.base }
  app.config = readConfig({ ...own, INSTAGRAM_HOSTS: hosts, ...env }, Object.values(connectors))
}

/** Access tokens that each app at Meta was given, by the login that gave them. */
async function given(login: 'igLong' | 'fbLong') {
  const { rows } = await pool.query('select project from sandbox_documents where kind = $1', [
    `instagram.${login}.access`
  ])
  const count = ({ tenantId }: { tenantId: string }) =>
    rows.filter(({ project }) => project === `sandbox-${tenantId}`).length
  return { instagramApp: count(instagramApp), metaApp: count(metaApp) }
}

async function linkReal(auth?: string, n = 0) {
  const { link, call } = await world.newWorkspace()
  const { accountId, end } = await link(n, { platform: 'instagram', sandbox: false, ...(auth ? { auth } : {}) })
  assert.notEqual(accountId, '', end.href)
  const id = readId('account', accountId) as string
  const row = async () => (await pool.query('select * from accounts where id = $1', [id])).rows[0]
  return { call, accountId, id, row }
}

test('each way links and renews with its own app, and with no other', async () => {
  setUp({ ...byInstagram, ...byFacebook })
  const instagram = await linkReal('instagram')
  assert.deepEqual(await given('igLong'), { instagramApp: 1, metaApp: 0 })
  const facebook = await linkReal('facebook', 1)
  assert.deepEqual(await given('fbLong'), { instagramApp: 0, metaApp: 1 })

  for (const { id, row } of [instagram, facebook]) {
    const tokens = openTokens(app.seal, id, (await row()).tokens)
    const old = { issuedAt: new Date(Date.now() - 31 * DAY), expiresAt: new Date(Date.now() + 29 * DAY) }
    const sealed = sealTokens(app.seal, id, { ...tokens, ...(tokens.expiresAt ? old : {}) })
    await pool.query('update accounts set tokens = $1, refresh_at = now() where id = $2', [sealed, id])
  }
  // The sandbox counts the age of its own token: it was made two days ago.
  await pool.query(
    `update sandbox_documents set doc = jsonb_set(doc, '{issuedAt}', to_jsonb($1::text)) where kind = 'instagram.igLong.access'`,
    [new Date(Date.now() - 2 * DAY).toISOString()]
  )
  await keepAlive(app, platforms, new AbortController().signal)
  assert.deepEqual(await given('igLong'), { instagramApp: 2, metaApp: 0 })
  assert.deepEqual(await given('fbLong'), { instagramApp: 0, metaApp: 2 })
  for (const { row } of [instagram, facebook]) assert.equal((await row()).status, 'active')

  assert.equal((await facebook.call('DELETE', `/accounts/${facebook.accountId}`)).status, 204)
  assert.deepEqual(await given('fbLong'), { instagramApp: 0, metaApp: 0 })
  assert.deepEqual(await given('igLong'), { instagramApp: 2, metaApp: 0 })
  const { rows } = await pool.query(`select app from apps where app like 'instagram%'`)
  assert.deepEqual(rows, [{ app: 'instagram' }])
})

test('where one way is set up, it is offered alone, and the other tells what it waits for', async () => {
  for (const [env, here, missing] of [
    [byInstagram, 'instagram', Object.keys(byFacebook)],
    [byFacebook, 'facebook', Object.keys(byInstagram)]
  ] as const) {
    setUp(env)
    const { call, row } = await linkReal()
    assert.equal((await row()).auth, here, 'unnamed, the way that is set up is taken')
    const { items } = (await call('GET', '/platforms')).body
    const platform = items.find((each: { id: string }) => each.id === 'instagram')
    assert.equal(platform.isConfigured, true)
    const other = platform.linking.find((way: { isConfigured: boolean }) => !way.isConfigured)
    assert.deepEqual([platform.linking.length, other.auth === here, other.variables], [2, false, missing])
    const { status, body } = await call('POST', '/accounts/link', { platform: 'instagram', auth: other.auth })
    assert.deepEqual([status, body.code], [422, 'platform_unavailable'])
    assert.deepEqual(body.detail.match(/\w+_CLIENT_\w+/g), missing)
    const sandbox = await call('POST', '/accounts/link', { platform: 'instagram', sandbox: true, auth: other.auth })
    assert.equal(sandbox.status, 201)
  }
  setUp({})
  const { call } = await world.newWorkspace()
  const { items } = (await call('GET', '/platforms')).body
  assert.deepEqual(
    items.map((each: { isConfigured: boolean }) => each.isConfigured),
    items.map(() => false)
  )
})

test('an account whose way is no longer set up waits for the operator by itself', async () => {
  setUp({ ...byInstagram, ...byFacebook })
  const { row } = await linkReal('facebook')
  setUp(byInstagram)
  const account = await row()
  assert.throws(
    () => openSignIn(app, platforms, account, new Date()),
    (error: unknown) => {
      assert.ok(error instanceof Refused)
      const { kind, scope, message } = error.failure
      assert.deepEqual([kind, scope], ['operator', 'account'])
      assert.deepEqual(message.match(/\w+_CLIENT_\w+/g), Object.keys(byFacebook))
      return true
    }
  )
  setUp({ SANDBOX: 'off' })
  const practice = { ...account, sandbox: true }
  assert.throws(() => openSignIn(app, platforms, practice, new Date()), { message: 'sandbox_off' })
})
