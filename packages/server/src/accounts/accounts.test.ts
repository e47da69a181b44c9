import assert from 'node:assert/strict'
import test from 'node:test'
import { type Connector, defineConnector } from '@upload24/connectors'
import { z } from 'zod'
import { testDatabase } from '../../test/database.ts'
import { openLinkingWorld } from '../../test/linking-world.ts'
import { Secret } from '../config.ts'
import { problem } from '../http/problem.ts'
import { newId, publicId, readId } from '../lib/ids.ts'
import { sandboxClient } from '../platforms/apps.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { readChoices } from './choices.ts'
import { connectAccount } from './connect.ts'
import { openTokens } from './grant.ts'
import { linkSandboxAccounts } from './links/demo.ts'
import { storeAccounts } from './store.ts'
import { accessToken } from './tokens.ts'
import { unlinkAccount } from './unlink.ts'

const database = await testDatabase()
const world = await openLinkingWorld(database)
const { app, platforms, hooks, happened } = world
const { pool } = database

const rowOf = async (accountId: string) => {
  const { rows } = await pool.query('select * from accounts where id = $1', [readId('account', accountId)])
  return rows[0]
}
const grantsIn = async (tenantId: string) => {
  const { rows } = await pool.query(
    `select doc->>'user' as owner from sandbox_documents where kind = 'youtube.grant' and project = $1 order by 1`,
    [`sandbox-${tenantId}`]
  )
  return rows.map(({ owner }) => owner.split('@')[0])
}
const status = (code: number) => (error: unknown) => (error as { status?: number }).status === code

test('unlinking forgets the grant here and revokes it there', async () => {
  const { call, link, tenantId } = await world.newWorkspace()
  const { accountId } = await link()
  assert.deepEqual(await grantsIn(tenantId), ['sandbox-user-1'])
  assert.equal((await call('DELETE', `/accounts/${accountId}`)).status, 204)
  const { status, tokens, previous_tokens } = await rowOf(accountId)
  assert.deepEqual([status, tokens, previous_tokens], ['revoked', null, null])
  assert.deepEqual(await grantsIn(tenantId), [])
  const { body } = await call('GET', '/accounts')
  assert.deepEqual([body.items[0].accountId, body.items[0].status], [accountId, 'revoked'])
  const told = `unlinked ${tenantId} ${readId('account', accountId)}`
  assert.equal(happened.filter(each => each === told).length, 1)
  assert.equal((await call('DELETE', `/accounts/${accountId}`)).status, 204)
  assert.equal(happened.filter(each => each === told).length, 1)
})

test('an unlinked account that is linked again keeps its id', async () => {
  const { call, link, tenantId } = await world.newWorkspace()
  const { accountId } = await link()
  await call('DELETE', `/accounts/${accountId}`)
  assert.equal((await link()).accountId, accountId)
  const { body } = await call('GET', '/accounts')
  assert.deepEqual(
    body.items.map((each: { status: string }) => each.status),
    ['active']
  )
  assert.ok(await accessToken(app, platforms, { tenant_id: tenantId, id: readId('account', accountId) as string }))
})

test('linking at once twice makes one account', async () => {
  const { link, call } = await world.newWorkspace()
  const all = await Promise.all([link(), link(), link()])
  assert.equal(new Set(all.map(each => each.accountId)).size, 1)
  assert.equal((await call('GET', '/accounts')).body.items.length, 1)
})

test('a grant is not revoked while another account of the workspace may hang on it', async () => {
  const { call, link, tenantId } = await world.newWorkspace()
  const [first, second] = [await link(0), await link(1)]
  await call('DELETE', `/accounts/${first.accountId}`)
  assert.deepEqual(await grantsIn(tenantId), ['sandbox-user-1', 'sandbox-user-2'])
  await call('DELETE', `/accounts/${second.accountId}`)
  assert.deepEqual(await grantsIn(tenantId), ['sandbox-user-1'])
})

test('a real platform: one app for all workspaces, and no revoking while another workspace uses the same channel', async () => {
  const [a, b] = [await world.newWorkspace(), await world.newWorkspace()]
  const { config } = app
  // The platform is the sandbox under a configured address, with the app of the first workspace.
  const { clientId, clientSecret } = sandboxClient(app, { platform: 'youtube', tenant_id: a.tenantId })
  const hosts = platforms.hostsOf({ platform: 'youtube', sandbox: true })
  const youtube = { clients: { google: { id: clientId, secret: new Secret(clientSecret) } }, hosts }
  app.config = { ...config, platforms: { youtube } }
  try {
    const { body } = await a.call('GET', '/platforms')
    const { isConfigured } = body.items.find((item: { id: string }) => item.id === 'youtube')
    assert.equal(isConfigured, true)
    const real = { sandbox: false }
    const [first, second] = [await a.link(2, real), await b.link(2, real)]
    assert.notEqual(first.accountId, second.accountId)
    assert.deepEqual(await grantsIn(a.tenantId), ['sandbox-user-3', 'sandbox-user-3'])
    await a.call('DELETE', `/accounts/${first.accountId}`)
    assert.equal((await grantsIn(a.tenantId)).length, 2)
    await b.call('DELETE', `/accounts/${second.accountId}`)
    assert.deepEqual(await grantsIn(a.tenantId), [])
    const { rows } = await pool.query(`select app from apps where app = 'youtube'`)
    assert.equal(rows.length, 1)
  } finally {
    app.config = config
  }
})

test('a platform that does not revoke does not hold the owner up', async () => {
  const { call, link, tenantId } = await world.newWorkspace()
  const { accountId } = await link()
  await call('PUT', '/sandbox/youtube/faults', { status: { at: 'revoke', code: 503 } })
  assert.equal((await call('DELETE', `/accounts/${accountId}`)).status, 204)
  assert.equal((await rowOf(accountId)).tokens, null)
  assert.equal((await grantsIn(tenantId)).length, 1)
  assert.match(world.log(), /a grant was not revoked/)
})

test('an account is unlinked together with its deliveries, or not at all', async () => {
  const { link, tenantId } = await world.newWorkspace()
  const { accountId } = await link()
  const account = { tenant_id: tenantId, id: readId('account', accountId) as string }
  const broken = { ...hooks, onUnlinked: async () => Promise.reject(problem('not_ready', 'no')) }
  await assert.rejects(unlinkAccount(app, platforms, broken, account), status(503))
  const { status: state, tokens } = await rowOf(accountId)
  assert.equal(state, 'active')
  assert.ok(tokens)
  assert.equal((await grantsIn(tenantId)).length, 1)
})

test("another workspace's account is not there", async () => {
  const [a, b] = [await world.newWorkspace(), await world.newWorkspace()]
  const { accountId } = await a.link()
  for (const id of [accountId, publicId('account', newId()), 'account_x', publicId('tenant', a.tenantId)]) {
    assert.equal((await b.call('DELETE', `/accounts/${id}`)).status, 404)
    assert.equal((await b.call('GET', `/accounts/${id}/choices?field=x`)).status, 404)
  }
  assert.deepEqual((await b.call('GET', '/accounts')).body, { items: [] })
  assert.equal((await rowOf(accountId)).status, 'active')
})

test('a key that is limited to accounts sees those alone', async () => {
  const { call, link } = await world.newWorkspace()
  const [first, second] = [await link(0), await link(1)]
  const { body } = await call('POST', '/api-keys/generate', { accounts: [second.accountId] })
  const withKey = (path: string) => fetch(world.base + path, { headers: { 'x-api-key': body.key } })
  const { items } = (await (await withKey('/accounts')).json()) as { items: { accountId: string }[] }
  assert.deepEqual(
    items.map(each => each.accountId),
    [second.accountId]
  )
  assert.equal((await withKey(`/accounts/${first.accountId}/choices?field=x`)).status, 404)
  assert.equal((await withKey(`/accounts/${second.accountId}/choices?field=x`)).status, 422)
})

test('choices are read with a token that is renewed when the platform refuses it', async () => {
  const { call, link, tenantId } = await world.newWorkspace()
  const { accountId } = await link(3)
  const none = await call('GET', `/accounts/${accountId}/choices?field=playlist`)
  assert.deepEqual([none.status, none.body.errors[0].path], [422, 'field'])
  const youtube = platforms.connectors.youtube as Connector
  const channel: NonNullable<Connector['choices']>[string] = async ({ http, account }) => {
    const { text } = await http('api', '/youtube/v3/channels?part=id&mine=true')
    return [{ value: account.remoteId, label: JSON.parse(text).items[0].id }]
  }
  const choosing: Platforms = { ...platforms, connectorOf: () => ({ ...youtube, choices: { channel } }) }
  const account = { tenant_id: tenantId, id: readId('account', accountId) as string }
  // The platform forgets the access token, and still takes the refresh token.
  await pool.query(`delete from sandbox_documents where kind = 'youtube.access' and project = $1`, [
    `sandbox-${tenantId}`
  ])
  const [choice] = await readChoices(app, choosing, account, 'channel')
  assert.ok(choice)
  assert.equal(choice.value, choice.label)
  await assert.rejects(readChoices(app, choosing, account, 'toString'), status(422))
  await call('PUT', '/sandbox/youtube/faults', { status: { at: 'channels', code: 503 } })
  await assert.rejects(readChoices(app, choosing, account, 'channel'), status(502))
})

test('a grant without a refresh token does not blank the stored one', async () => {
  const { link, tenantId } = await world.newWorkspace()
  const { accountId } = await link()
  const { remote_id } = await rowOf(accountId)
  const read = async () => {
    const { id, tokens } = await rowOf(accountId)
    return openTokens(app.seal, id, tokens)
  }
  const { refresh } = await read()
  const way = { platform: 'youtube', sandbox: true, tenant_id: tenantId, auth: 'google' }
  const remote = { remoteId: remote_id, handle: '@new', name: 'New name' }
  await storeAccounts(app, hooks, way, [{ remote, tokens: { access: 'fresh', scopes: [] } }], new Date())
  const { access, refresh: kept } = await read()
  assert.deepEqual([access, kept], ['fresh', refresh])
  assert.equal((await rowOf(accountId)).display_name, 'New name')
})

test('a form links what it names, and tells every faulty field', async () => {
  const { call, link, tenantId } = await world.newWorkspace()
  const { accountId } = await link(4)
  const { id, tokens } = await rowOf(accountId)
  const { access, scopes } = openTokens(app.seal, id, tokens)
  const youtube = platforms.connectors.youtube as Connector
  const byForm = defineConnector({
    ...youtube,
    auths: {
      password: {
        kind: 'form',
        fields: z.strictObject({ password: z.string().min(1), name: z.string() }),
        connect: async ({ password }) => ({ access: password, scopes }),
        identify: (tokens, http) =>
          (youtube.auths.google as { identify: Connector['auths'][string]['identify'] }).identify(tokens, http),
        replay: 'works'
      }
    }
  })
  const formed: Platforms = { ...platforms, connectorOf: () => byForm }
  const connect = (fields: Record<string, unknown>) =>
    connectAccount(app, formed, hooks, tenantId, { platform: 'youtube', sandbox: true, fields })
  await assert.rejects(connect({ pass: 1 }), (error: unknown) => {
    const { errors } = error as { errors: { path: string }[] }
    assert.deepEqual(errors.map(each => each.path).sort(), ['fields.name', 'fields.pass', 'fields.password'])
    return true
  })
  const [account] = await connect({ name: 'n', password: access })
  assert.deepEqual([account?.accountId, account?.displayName], [accountId, 'Sandbox channel 5'])
  await assert.rejects(connect({ name: 'n', password: 'wrong' }), status(403))
  assert.equal((await call('GET', '/accounts')).body.items.length, 1)
})

test('the demonstration links three channels as a browser would, and keeps them', async () => {
  const { tenantId } = await world.newWorkspace()
  const first = await linkSandboxAccounts(app, platforms, hooks, tenantId, 'youtube', 3)
  assert.deepEqual(
    first.map(each => each.display_name),
    ['Sandbox channel 1', 'Sandbox channel 2', 'Sandbox channel 3']
  )
  const again = await linkSandboxAccounts(app, platforms, hooks, tenantId, 'youtube', 3)
  assert.deepEqual(
    again.map(each => each.id),
    first.map(each => each.id)
  )
  const { rows } = await pool.query('select count(*)::int as n from links where tenant_id = $1 and used_at is null', [
    tenantId
  ])
  assert.equal(rows[0].n, 0)
})

test('the list of accounts needs a credential, whatever it is asked as', async () => {
  const address = `${app.config.http.publicUrl}/accounts`
  for (const accept of ['application/json', 'text/html']) {
    assert.equal((await fetch(address, { headers: { accept } })).status, 401)
  }
})
