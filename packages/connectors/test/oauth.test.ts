import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { makePkce, openOAuth, type Tokens } from '../src/index.ts'
import { verdictOf } from './verdicts.ts'
import {
  consent,
  contextOf,
  link,
  nthChannel,
  oauthOf,
  open,
  openWorld,
  PROJECT,
  redirectOf,
  type World
} from './world.ts'

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())
beforeEach(() => world.sandbox.setFaults(PROJECT, {}))

const later = (seconds: number): void => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
}
async function grant(n = 0) {
  const { verifier, challenge } = makePkce()
  const back = await consent(oauthOf(world).authorizeUrl('state & more', challenge), nthChannel(n))
  return { back, code: back.searchParams.get('code') ?? '', verifier }
}

test('the consent page has five channels, a way to deny, and no script', async () => {
  const url = oauthOf(world).authorizeUrl('s')
  const page = await fetch(url)
  const html = await page.text()
  const channels = [...html.matchAll(/<a data-channel="(UC[\w-]{22})" href="[^"]+">/g)].map(m => m[1])
  assert.equal(new Set(channels).size, 5)
  const hrefs = [...html.matchAll(/<a data-\w+(?:="[^"]*")? href="([^"]*)"/g)].map(m => m[1] ?? '')
  assert.equal(hrefs.length, 6)
  for (const href of hrefs)
    assert.ok(href.startsWith(`${world.base}/h/`) && /&amp;/.test(href) && !/&(?!amp;)/.test(href))
  assert.ok(!html.includes('<script') && !/https?:\/\/(?!www\.googleapis)/.test(html.replace(/href="[^"]*"/g, '')))
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  const denied = await consent(url, text => /data-deny href="([^"]+)"/.exec(text)?.[1] ?? '')
  assert.equal(denied.searchParams.get('error'), 'access_denied')
  assert.equal(denied.searchParams.get('state'), 's')
})

test('state comes back unchanged, and the channel that was chosen is the one that is linked', async () => {
  const { back } = await grant(2)
  assert.equal(`${back.origin}${back.pathname}`, redirectOf('youtube'))
  assert.equal(back.searchParams.get('state'), 'state & more')
  const { remote, account } = await link(world, 2)
  assert.equal(remote.name, 'Sandbox channel 3')
  assert.equal(remote.handle, '@sandbox-channel-3')
  assert.match(remote.remoteId, /^UC[\w-]{22}$/)
  assert.deepEqual(account.facts, { uploads: remote.remoteId.replace('UC', 'UU'), longUploads: 'allowed' })
  assert.equal((await link(world, 2)).remote.remoteId, remote.remoteId)
})

test('a code works once, with its verifier, its redirect address and in its time', async () => {
  const oauth = oauthOf(world)
  const one = await grant()
  const tokens = await oauth.exchange(one.code, one.verifier)
  assert.equal(tokens.expiresAt?.getTime(), world.clock.now.getTime() + 3_599_000)
  assert.ok(tokens.refresh)
  assert.equal(await verdictOf(oauth.exchange(one.code, one.verifier)), 'relink account sign_in_expired')
  const two = await grant()
  assert.equal(await verdictOf(oauth.exchange(two.code, 'x'.repeat(43))), 'relink account sign_in_expired')
  const three = await grant()
  later(601)
  assert.equal(await verdictOf(oauth.exchange(three.code, three.verifier)), 'relink account sign_in_expired')
  const four = await grant()
  const app = { clientId: PROJECT, clientSecret: 'sandbox-secret', redirectUri: 'https://elsewhere.test/' }
  const { network, connector, sandbox, base, clock } = world
  const setup = { network, connector, auth: 'google', map: sandbox.hostMap(base), now: clock.now, fence: open }
  assert.equal(
    await verdictOf(openOAuth({ ...setup, app }).exchange(four.code, four.verifier)),
    'operator app app_misconfigured'
  )
  const wrong = { ...app, clientSecret: 'wrong' }
  assert.equal(
    await verdictOf(openOAuth({ ...setup, app: wrong }).exchange('x', 'y')),
    'operator app app_misconfigured'
  )
})

test('refreshing keeps the refresh token, and a revoked grant asks for a new sign-in', async () => {
  const oauth = oauthOf(world)
  const { tokens } = await link(world)
  const fresh = await oauth.refresh(tokens)
  assert.equal(fresh.refresh, tokens.refresh)
  assert.notEqual(fresh.access, tokens.access)
  assert.deepEqual(fresh.scopes, tokens.scopes)
  await oauth.revoke(tokens)
  await oauth.revoke(tokens)
  assert.equal(await verdictOf(oauth.refresh(tokens)), 'relink account sign_in_expired')
})

test('revoking one grant ends all of that user and none of another', async () => {
  const oauth = oauthOf(world)
  const [a, b, other] = [await link(world, 0), await link(world, 0), await link(world, 1)]
  await oauth.revoke(a.tokens)
  assert.equal(await verdictOf(oauth.refresh(b.tokens)), 'relink account sign_in_expired')
  assert.ok((await oauth.refresh(other.tokens)).access)
})

test('the hundred-and-first grant of a user ends the oldest', async () => {
  const oauth = oauthOf(world)
  await oauth.revoke((await link(world, 3)).tokens)
  const all: Tokens[] = []
  for (let i = 0; i < 101; i++) all.push((await link(world, 3)).tokens)
  const [first, second] = all
  assert.ok(first && second)
  assert.equal(await verdictOf(oauth.refresh(first)), 'relink account sign_in_expired')
  assert.ok((await oauth.refresh(second)).access)
})

test('grants die after six idle months, and after their own time', async () => {
  const { tokens } = await link(world)
  await world.sandbox.setFaults(PROJECT, { lifetimes: { refreshSeconds: 7 * 86_400 } })
  const short = await link(world, 1)
  assert.equal(short.tokens.refreshExpiresAt?.getTime(), world.clock.now.getTime() + 7 * 86_400_000)
  later(7 * 86_400)
  assert.equal(await verdictOf(oauthOf(world).refresh(short.tokens)), 'relink account sign_in_expired')
  await oauthOf(world).refresh(tokens)
  later(180 * 86_400 + 1)
  assert.equal(await verdictOf(oauthOf(world).refresh(tokens)), 'relink account sign_in_expired')
})

test('a scope that was not ticked refuses the link, and each method asks for its own', async () => {
  const scope = (name: string): string => `https://www.googleapis.com/auth/${name}`
  await world.sandbox.setFaults(PROJECT, { grantScopes: [scope('youtube.upload')] })
  const { code, verifier } = await grant()
  const tokens = await oauthOf(world).exchange(code, verifier)
  assert.deepEqual(tokens.scopes, [scope('youtube.upload')])
  assert.equal(await verdictOf(oauthOf(world).identify(tokens)), 'relink account scope_missing')
  const { account } = await link(world, 1).catch(() => ({
    account: { remoteId: '', handle: '', auth: 'google', scopes: [], facts: {} }
  }))
  const http = contextOf(
    world,
    { tokens, account, remote: { remoteId: '', handle: '', name: '' } },
    { call: 'check' }
  ).http
  const denied = await verdictOf(http('api', '/youtube/v3/channels?part=id&mine=true'))
  assert.equal(denied, 'relink account youtube_insufficient_permissions')
})

test('an account without a channel is refused in both of the ways that YouTube says it', async () => {
  const { tokens } = await link(world)
  await world.sandbox.setFaults(PROJECT, { noChannel: 'empty' })
  assert.equal(await verdictOf(oauthOf(world).identify(tokens)), 'relink account youtube_no_channel')
  await world.sandbox.setFaults(PROJECT, { noChannel: 'error' })
  assert.equal(await verdictOf(oauthOf(world).identify(tokens)), 'relink account youtube_no_channel')
})

test('an unknown app and a bad redirect address are shown, not redirected', async () => {
  for (const [name, value, word] of [
    ['client_id', 'sandbox-nobody', 'invalid_client'],
    ['redirect_uri', 'https://user@evil.test/#x', 'redirect_uri_mismatch'],
    ['response_type', 'token', 'invalid_request'],
    ['scope', 'everything', 'invalid_scope']
  ] as const) {
    const url = oauthOf(world).authorizeUrl('s')
    url.searchParams.set(name, value)
    const page = await fetch(url, { redirect: 'manual' })
    assert.equal(page.status, 400)
    assert.match(await page.text(), new RegExp(word))
  }
})
