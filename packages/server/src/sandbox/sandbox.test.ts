import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import test from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { openLinkingWorld } from '../../test/linking-world.ts'
import { openTokens } from '../accounts/grant.ts'
import { openDatabase } from '../db/open.ts'
import { readId } from '../lib/ids.ts'
import { sandboxClient } from '../platforms/apps.ts'
import { createShelf } from './shelf.ts'

const database = await testDatabase()
const world = await openLinkingWorld(database)

const MiB = 2 ** 20

test('a video of some megabytes goes through the mount as it is, and is there to be read', async () => {
  const { link, call } = await world.newWorkspace()
  const stranger = await world.newWorkspace()
  const { accountId } = await link()
  const { rows } = await database.pool.query('select id, tokens from accounts where id = $1', [
    readId('account', accountId)
  ])
  const { access } = openTokens(world.app.seal, rows[0].id, rows[0].tokens)
  const bytes = randomBytes(5 * MiB + 17)
  const headers = { authorization: `Bearer ${access}` }
  const api = `${world.base}/sandbox/youtube/h/www.googleapis.com`
  const opened = await fetch(`${api}/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status`, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'x-upload-content-type': 'video/mp4',
      'x-upload-content-length': String(bytes.length)
    },
    body: JSON.stringify({ snippet: { title: 'A title', categoryId: '22' }, status: { privacyStatus: 'public' } })
  })
  assert.equal(opened.status, 200, await opened.text())
  const session = opened.headers.get('location') ?? ''
  assert.ok(session.startsWith(`${world.base}/sandbox/youtube/h/`), session)
  const put = await fetch(session, { method: 'PUT', headers: { ...headers, 'content-type': 'video/mp4' }, body: bytes })
  assert.equal(put.status, 201, await put.text())
  const { body } = await call('GET', '/sandbox/youtube/posts')
  assert.equal(body.items.length, 1)
  const [post] = body.items
  assert.deepEqual(
    [post.title, post.bytes, post.sha256],
    ['A title', bytes.length, createHash('sha256').update(bytes).digest('hex')]
  )
  assert.ok(Number.isFinite(Date.parse(post.createdAt)))
  assert.deepEqual((await stranger.call('GET', '/sandbox/youtube/posts')).body, { items: [] })
  assert.equal((await stranger.call('DELETE', '/sandbox/youtube/posts')).status, 204)
  assert.equal((await call('GET', '/sandbox/youtube/posts')).body.items.length, 1)
  assert.equal((await call('DELETE', '/sandbox/youtube/posts')).status, 204)
  assert.deepEqual((await call('GET', '/sandbox/youtube/posts')).body, { items: [] })
})

test('faults are of one workspace, and wrong ones are all named', async () => {
  const [a, b] = [await world.newWorkspace(), await world.newWorkspace()]
  assert.deepEqual((await a.call('GET', '/sandbox/youtube/faults')).body, {})
  const faults = { delayMs: { at: 'insert', ms: 5, times: 2 }, privateLock: true }
  const set = await a.call('PUT', '/sandbox/youtube/faults', faults)
  assert.equal(set.status, 200)
  assert.equal(set.body.privateLock, true)
  assert.deepEqual((await a.call('GET', '/sandbox/youtube/faults')).body, set.body)
  assert.deepEqual((await b.call('GET', '/sandbox/youtube/faults')).body, {})
  const wrong = await a.call('PUT', '/sandbox/youtube/faults', { privateLock: 'yes', cutAnwser: {}, longUploads: 1 })
  assert.equal(wrong.status, 422)
  assert.deepEqual(wrong.body.errors.map((each: { path: string }) => each.path).sort(), [
    'cutAnwser',
    'longUploads',
    'privateLock'
  ])
  assert.deepEqual((await a.call('GET', '/sandbox/youtube/faults')).body, set.body)
  assert.deepEqual((await a.call('PUT', '/sandbox/youtube/faults', {})).body, {})
})

test('there is nothing where there is no sandbox', async () => {
  const { call } = await world.newWorkspace()
  assert.equal((await call('GET', '/sandbox/myspace/posts')).status, 404)
  assert.equal((await call('GET', '/sandbox/constructor/faults')).status, 404)
  assert.equal((await fetch(`${world.base}/sandbox/myspace/h/www.googleapis.com/x`)).status, 404)
  const off = await openLinkingWorld(database, { SANDBOX: 'off' })
  const there = await off.newWorkspace()
  assert.equal((await there.call('GET', '/sandbox/youtube/posts')).status, 404)
  assert.equal((await fetch(`${off.base}/sandbox/youtube/h/accounts.google.com/o/oauth2/v2/auth`)).status, 404)
  const link = await there.call('POST', '/accounts/link', { platform: 'youtube', sandbox: true })
  assert.deepEqual([link.status, link.body.code], [422, 'platform_unavailable'])
  assert.equal((await there.call('GET', '/platforms')).body.items[0].hasSandbox, false)
  assert.throws(() => off.platforms.hostsOf({ platform: 'youtube', sandbox: true }), { message: 'sandbox_off' })
})

test('the sandbox knows the app of every workspace, with its own secret and our address', async () => {
  const { tenantId } = await world.newWorkspace()
  const consent = (more: object) => {
    const query = new URLSearchParams({
      client_id: `sandbox-${tenantId}`,
      redirect_uri: `${world.base}/accounts/callback/youtube`,
      response_type: 'code',
      scope: 'https://www.googleapis.com/auth/youtube.upload',
      ...more
    })
    return fetch(`${world.base}/sandbox/youtube/h/accounts.google.com/o/oauth2/v2/auth?${query}`)
  }
  assert.equal((await consent({})).status, 200)
  assert.equal((await consent({ redirect_uri: 'http://127.0.0.1/elsewhere' })).status, 400)
  assert.equal((await consent({ client_id: 'sandbox-00000000-0000-7000-8000-000000000000' })).status, 400)
  assert.equal((await consent({ client_id: `sandbox-' or true` })).status, 400)
  const other = await world.newWorkspace()
  const [one, two] = [tenantId, other.tenantId].map(each =>
    sandboxClient(world.app, { platform: 'youtube', tenant_id: each })
  )
  assert.notEqual(one?.clientSecret, two?.clientSecret)
})

test('what platforms are and take is told to everybody who may read accounts', async () => {
  const { call } = await world.newWorkspace()
  const { status, body } = await call('GET', '/platforms')
  assert.equal(status, 200)
  const youtube = body.items.find((each: { id: string }) => each.id === 'youtube')
  assert.deepEqual(
    [youtube.name, youtube.isConfigured, youtube.hasSandbox, youtube.title],
    ['YouTube', false, true, { max: 100, unit: 'utf16' }]
  )
  const variables = ['YOUTUBE_CLIENT_ID', 'YOUTUBE_CLIENT_SECRET']
  const google = { auth: 'google', kind: 'oauth2', fields: null, isConfigured: false, variables }
  assert.deepEqual(youtube.linking, [google])
  assert.deepEqual(youtube.options.required, ['categoryId', 'defaultLanguage', 'defaultAudioLanguage'])
})

test('documents: of twenty changes at once over two pools none is lost, also at the first', async () => {
  const second = await openDatabase(database.connection)
  try {
    const shelves = [createShelf(database, 'test'), createShelf(second, 'test')]
    const count = (doc: unknown) => ({ n: ((doc as { n: number } | null)?.n ?? 0) + 1 })
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => shelves[n % 2]?.update('counter', 'one', count, { project: 'p' }))
    )
    const [shelf] = shelves
    assert.deepEqual(await shelf?.get('counter', 'one'), { n: 20 })
    assert.deepEqual(await shelf?.update('counter', 'one', () => null, { project: 'p' }), { n: 20 })
    assert.equal(await shelf?.update('counter', 'none', () => null, { project: 'p' }), null)
    assert.equal(await shelf?.get('counter', 'none'), null)
    await shelf?.put('counter', 'two', { n: 2 }, { project: 'p' })
    await shelf?.put('counter', 'one', { n: 3 }, { project: 'p' })
    assert.deepEqual(
      (await shelf?.list('counter', 'p'))?.map(each => each.id),
      ['one', 'two']
    )
    assert.deepEqual(await shelf?.list('counter', 'other'), [])
    await shelf?.remove('counter', 'one')
    assert.equal(await shelf?.get('counter', 'one'), null)
  } finally {
    await second.close()
  }
})
