import assert from 'node:assert/strict'
import test from 'node:test'
import { createBrowser, hrefs } from '../../../test/browser.ts'
import { testDatabase } from '../../../test/database.ts'
import { openLinkingWorld } from '../../../test/linking-world.ts'

const database = await testDatabase()
const world = await openLinkingWorld(database)

const accountsIn = async (tenantId: string) =>
  (await database.pool.query('select * from accounts where tenant_id = $1', [tenantId])).rows

test('a browser that follows the pages links the account that was chosen', async () => {
  const { call, link, tenantId } = await world.newWorkspace()
  const { end, accountId } = await link(1)
  assert.equal(end.href, `${world.base}/accounts?linked=${accountId}`)
  const { body } = await call('GET', '/accounts')
  assert.equal(body.items.length, 1)
  const { linkedAt, ...account } = body.items[0]
  assert.ok(Math.abs(Date.now() - Date.parse(linkedAt)) < 60_000)
  assert.deepEqual(account, {
    accountId,
    platform: 'youtube',
    sandbox: true,
    displayName: 'Sandbox channel 2',
    handle: '@sandbox-channel-2',
    avatarUrl: account.avatarUrl,
    status: 'active',
    scopes: ['upload', 'readonly', 'force-ssl'].map(name => `https://www.googleapis.com/auth/youtube.${name}`)
  })
  const { rows } = await database.pool.query('select app from apps where app like $1', [`%${tenantId}`])
  assert.deepEqual(rows, [{ app: `sandbox:youtube:${tenantId}` }])
})

test('the page names the workspace, runs nothing, and leads on by one link', async () => {
  const { beginLink } = await world.newWorkspace('<b>Engines & "Sons"</b>')
  const page = await createBrowser().open(await beginLink())
  assert.match(page.text, /&lt;b&gt;Engines &amp; &quot;Sons&quot;&lt;\/b&gt;/)
  assert.doesNotMatch(page.text, /<script|<b>Engines/)
  assert.equal(hrefs(page, 'data-continue').length, 1)
  assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-/)
  assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
  assert.equal(page.headers.get('cache-control'), 'no-store')
  assert.match(
    page.headers.get('set-cookie') ?? '',
    /^u24_link_[0-9a-f]{32}=[\w-]{43}; Max-Age=600; Path=\/accounts; HttpOnly; SameSite=Lax$/
  )
})

test('the cookie travels over https alone where the server is reached so', async () => {
  const secure = await openLinkingWorld(database)
  secure.app.config = {
    ...secure.app.config,
    http: { ...secure.app.config.http, publicUrl: 'https://video.example/u24' }
  }
  const { beginLink } = await secure.newWorkspace()
  const page = await createBrowser().open((await beginLink()).replace('https://video.example/u24', secure.base))
  assert.match(page.headers.get('set-cookie') ?? '', /; Path=\/u24\/accounts; HttpOnly; Secure; SameSite=Lax$/)
})

test('the page opens again in the same browser, and in no other', async () => {
  const { beginLink } = await world.newWorkspace()
  const address = await beginLink()
  const [ours, other] = [createBrowser(), createBrowser()]
  const first = await ours.open(address)
  const again = await ours.open(address)
  assert.equal(again.status, 200)
  assert.deepEqual(hrefs(again, 'data-continue'), hrefs(first, 'data-continue'))
  const refused = await other.open(address)
  assert.equal(refused.status, 403)
  assert.match(refused.text, /another browser/)
  assert.equal(refused.headers.get('set-cookie'), null)
  assert.equal((await ours.link(address)).end.searchParams.has('linked'), true)
})

test('a HEAD of a link checker does not use the page up', async () => {
  const { beginLink } = await world.newWorkspace()
  const address = await beginLink()
  assert.ok((await fetch(address, { method: 'HEAD' })).status >= 400)
  assert.equal((await createBrowser().open(address)).status, 200)
})

test('a callback in another browser links nothing, and does not stop the first one', async () => {
  const { beginLink, tenantId } = await world.newWorkspace()
  const ours = createBrowser()
  const { back } = await ours.consent(await beginLink(), 0)
  const foreign = await createBrowser().open(back)
  assert.equal(foreign.status, 403)
  assert.deepEqual(await accountsIn(tenantId), [])
  assert.equal((await ours.open(back)).status, 303)
  assert.equal((await accountsIn(tenantId)).length, 1)
})

test('the cookie of one link does not open another: a link of workspace A never joins workspace B', async () => {
  const [a, b] = [await world.newWorkspace(), await world.newWorkspace()]
  const [victim, stranger] = [createBrowser(), createBrowser()]
  const { back: ofA } = await victim.consent(await a.beginLink(), 0)
  const { back: ofB } = await stranger.consent(await b.beginLink(), 1)
  // The stranger's code or state in the victim's browser, and the reverse.
  const crossed = new URL(ofB)
  crossed.searchParams.set('code', ofA.searchParams.get('code') ?? '')
  assert.equal((await victim.open(ofB)).status, 403)
  assert.equal((await victim.open(crossed)).status, 403)
  // Same browser, A's code with B's state: PKCE and the client make the platform refuse.
  const mixed = await stranger.open(crossed)
  assert.equal(mixed.status, 403)
  assert.deepEqual([await accountsIn(a.tenantId), await accountsIn(b.tenantId)], [[], []])
})

test('a code that was stolen on its way is worth nothing without the verifier', async () => {
  const { beginLink, tenantId } = await world.newWorkspace()
  const [one, two] = [createBrowser(), createBrowser()]
  const { back: first } = await one.consent(await beginLink(), 0)
  const { back: second } = await two.consent(await beginLink(), 0)
  second.searchParams.set('code', first.searchParams.get('code') ?? '')
  assert.match((await two.open(second)).text, /was not linked/)
  assert.deepEqual(await accountsIn(tenantId), [])
})

test('a callback works once', async () => {
  const { beginLink } = await world.newWorkspace()
  const browser = createBrowser()
  const { back } = await browser.consent(await beginLink(), 0)
  const jar = new Map(browser.jar)
  assert.equal((await browser.open(back)).status, 303)
  assert.equal(browser.jar.size, 0)
  for (const [name, cookie] of jar) browser.jar.set(name, cookie)
  const again = await browser.open(back)
  assert.equal(again.status, 410)
  assert.match(again.text, /has been used/)
})

test('of two callbacks at once one links', async () => {
  const { beginLink, tenantId } = await world.newWorkspace()
  const browser = createBrowser()
  const { back } = await browser.consent(await beginLink(), 0)
  const answers = await Promise.all([browser.open(back), browser.open(back), browser.open(back)])
  assert.deepEqual(answers.map(each => each.status).sort(), [303, 410, 410])
  assert.equal((await accountsIn(tenantId)).length, 1)
})

test('an unknown state, a callback without one, another platform and a cut-off link are told to a person', async () => {
  const { beginLink } = await world.newWorkspace()
  const browser = createBrowser()
  const { back } = await browser.consent(await beginLink(), 0)
  const to = (path: string) => browser.open(world.base + path)
  const all = [
    [await to(`/accounts/callback/youtube?code=x&state=unknown`), 404],
    [await to(`/accounts/callback/youtube?code=x`), 400],
    [await to(`/accounts/callback/youtube?state=a&state=b&code=x`), 400],
    [await to(`/accounts/callback/tiktok${back.search}`), 404],
    [await to(`/accounts/link/unknown`), 404]
  ] as const
  for (const [page, status] of all) {
    assert.equal(page.status, status, page.url.href)
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    assert.match(page.text, /<h1>/)
  }
  assert.equal((await browser.open(back)).status, 303)
})

test('the address of the page is a secret, and stands in no log', async () => {
  const { beginLink } = await world.newWorkspace()
  const address = await beginLink()
  await createBrowser().link(address)
  assert.match(world.log(), /"path":"\/accounts\/link\/\*\*\*"/)
  assert.ok(!world.log().includes(address.split('/').at(-1) ?? ''))
})

test('after ten minutes neither the page nor the callback works', async () => {
  const { beginLink, tenantId } = await world.newWorkspace()
  const expire = () =>
    database.pool.query(`update links set expires_at = now() where tenant_id = $1 and used_at is null`, [tenantId])
  const address = await beginLink()
  const { rows } = await database.pool.query(
    'select extract(epoch from expires_at - created_at)::int as life from links where tenant_id = $1',
    [tenantId]
  )
  assert.equal(rows[0].life, 600)
  const browser = createBrowser()
  const { back } = await browser.consent(address, 0)
  await expire()
  assert.equal((await browser.open(address)).status, 410)
  const late = await browser.open(back)
  assert.equal(late.status, 410)
  assert.match(late.text, /expired/)
  const unopened = await beginLink()
  await expire()
  assert.equal((await createBrowser().open(unopened)).status, 410)
  assert.deepEqual(await accountsIn(tenantId), [])
})

test('who lost the right to link meanwhile does not link', async () => {
  const { beginLink, tenantId, userId } = await world.newWorkspace()
  const browser = createBrowser()
  const { back } = await browser.consent(await beginLink(), 0)
  await database.pool.query(`update members set role = 'member' where user_id = $1`, [userId])
  assert.equal((await browser.open(back)).status, 403)
  assert.deepEqual(await accountsIn(tenantId), [])
})

test('whoever denies is told so, where they wanted to go', async () => {
  const { beginLink, tenantId } = await world.newWorkspace()
  const { last } = await createBrowser().link(await beginLink(), 'deny')
  assert.equal(last.status, 200)
  assert.match(last.text, /did not let this app use YouTube/)
  const { end } = await createBrowser().link(await beginLink({ returnTo: '/settings?tab=2#x' }), 'deny')
  assert.equal(end.href, `${world.base}/settings?tab=2&linkError=access_denied#x`)
  assert.deepEqual(await accountsIn(tenantId), [])
})

test('a grant without a needed scope, or without a channel, is not linked', async () => {
  const { beginLink, call, tenantId } = await world.newWorkspace()
  const linkWith = async (faults: object) => {
    assert.equal((await call('PUT', '/sandbox/youtube/faults', faults)).status, 200)
    return (await createBrowser().link(await beginLink({ returnTo: '/done' }))).end.search
  }
  const upload = 'https://www.googleapis.com/auth/youtube.upload'
  assert.equal(await linkWith({ grantScopes: [upload] }), '?linkError=scope_missing')
  assert.equal(await linkWith({ noChannel: 'empty' }), '?linkError=youtube_no_channel')
  assert.match(await linkWith({ noChannel: 'error' }), /^\?linkError=youtube_\w+$/)
  assert.equal(await linkWith({ cutAnswer: { at: 'token' } }), '?linkError=platform_error')
  assert.deepEqual(await accountsIn(tenantId), [])
  assert.match(await linkWith({ cutAnswer: { at: 'channels' } }), /linked=account_/, 'a read is made once more')
})

test('the way back stays on this origin', async () => {
  const { call } = await world.newWorkspace()
  const port = new URL(world.base).port
  const foreign = [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    `http://127.0.0.1:${port}@evil.example/`,
    `http://someone@127.0.0.1:${port}/`,
    'http://['
  ]
  for (const returnTo of foreign) {
    const { status, body } = await call('POST', '/accounts/link', { platform: 'youtube', sandbox: true, returnTo })
    assert.equal(status, 422, returnTo)
    assert.equal(body.errors[0].path, 'returnTo')
  }
  const { link } = await world.newWorkspace()
  const { end } = await link(0, { returnTo: `${world.base}/done?a=1` })
  assert.match(end.href.slice(world.base.length), /^\/done\?a=1&linked=account_/)
})

test('what cannot be linked is refused at once, with its reason', async () => {
  const { call } = await world.newWorkspace()
  const ask = (body: object) => call('POST', '/accounts/link', body)
  const unset = await ask({ platform: 'youtube' })
  assert.deepEqual([unset.status, unset.body.code], [422, 'platform_unavailable'])
  assert.match(unset.body.detail, /YOUTUBE_CLIENT_ID/)
  assert.equal((await ask({ platform: 'constructor', sandbox: true })).body.errors[0].path, 'platform')
  assert.equal((await ask({ platform: 'youtube', sandbox: true, auth: 'toString' })).body.errors[0].path, 'auth')
  const form = await call('POST', '/accounts', { platform: 'youtube', sandbox: true, fields: {} })
  assert.deepEqual([form.status, form.body.errors[0].path], [422, 'auth'])
})
