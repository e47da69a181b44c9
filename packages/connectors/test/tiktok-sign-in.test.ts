import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Tokens } from '../src/index.ts'
import { verdictOf } from './verdicts.ts'
import { consent, contextOf, link, nthChannel, oauthOf, openWorld, PROJECT, type World } from './world.ts'

let world: World
before(async () => {
  world = await openWorld('tiktok')
})
after(() => world.close())
beforeEach(() => world.sandbox.setFaults(PROJECT, {}))

const wait = (seconds: number): void => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
}
const codeOf = async (n = 0): Promise<string> => {
  const back = await consent(oauthOf(world).authorizeUrl('the-state'), nthChannel(n))
  return back.searchParams.get('code') ?? ''
}

test('the question names the client key, scopes by commas, and asks to be shown always', () => {
  const { searchParams: query } = oauthOf(world).authorizeUrl('s', 'a-challenge')
  assert.equal(query.get('client_key'), PROJECT)
  assert.equal(query.get('scope'), 'user.info.basic,user.info.profile,video.publish,video.list')
  assert.equal(query.get('disable_auto_auth'), '1')
  for (const name of ['client_id', 'code_challenge', 'code_challenge_method'])
    assert.equal(query.has(name), false, name)
})

test('the way back says which scopes were granted, and a code with * and ! is good once', async () => {
  const back = await consent(oauthOf(world).authorizeUrl('a state'), nthChannel(1))
  assert.equal(back.searchParams.get('state'), 'a state')
  assert.match(back.searchParams.get('scopes') ?? '', /^user\.info\.basic,.*video\.list$/)
  const code = back.searchParams.get('code') ?? ''
  assert.match(code, /[*]/)
  assert.match(code, /!/)
  const tokens = await oauthOf(world).exchange(code)
  assert.equal(tokens.expiresAt?.getTime(), world.clock.now.getTime() + 7_200_000)
  assert.equal(tokens.refreshExpiresAt?.getTime(), world.clock.now.getTime() + 15_552_000_000)
  assert.equal(await verdictOf(oauthOf(world).exchange(code)), 'relink account sign_in_expired')
})

test('an account is known by its open id, with what its creator may do', async () => {
  const { remote } = await link(world, 2)
  assert.match(remote.remoteId, /^-000/)
  assert.deepEqual([remote.handle, remote.name], ['@sandbox.creator.3', 'Sandbox creator 3'])
  assert.deepEqual(remote.facts, {
    username: 'sandbox.creator.3',
    nickname: 'Sandbox creator 3',
    privacyLevels: ['FOLLOWER_OF_CREATOR', 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY'],
    commentDisabled: false,
    duetDisabled: true,
    stitchDisabled: true,
    maxSeconds: 600
  })
})

test('a creator who cannot post now can be linked all the same', async () => {
  await world.sandbox.setFaults(PROJECT, { creatorRefusal: 'spam_risk_too_many_posts' })
  const { remote } = await link(world)
  assert.deepEqual(remote.facts, { username: 'sandbox.creator.1', nickname: 'Sandbox creator 1' })
})

test('scopes that only switch features may be denied; the one that posts may not', async () => {
  await world.sandbox.setFaults(PROJECT, { grantScopes: ['user.info.basic', 'video.publish'] })
  const { account } = await link(world)
  assert.deepEqual(account.scopes, ['user.info.basic', 'video.publish'])
  // Without the profile's scope the name comes with what the creator may do.
  assert.equal(account.handle, '@sandbox.creator.1')
  await world.sandbox.setFaults(PROJECT, { grantScopes: ['user.info.basic', 'video.list'] })
  assert.equal(await verdictOf(link(world)), 'relink account scope_missing')
})

test('a refresh brings a new pair and ends the old one', async () => {
  const { tokens } = await link(world)
  const fresh = await oauthOf(world).refresh(tokens)
  assert.notEqual(fresh.refresh, tokens.refresh)
  assert.notEqual(fresh.access, tokens.access)
  assert.deepEqual(fresh.scopes, tokens.scopes)
  assert.equal(await verdictOf(oauthOf(world).refresh(tokens)), 'relink account sign_in_expired')
  assert.ok((await oauthOf(world).refresh(fresh)).refresh)
})

test('the older life of tokens is read from the answer as well: a day, a year, and the same refresh token', async () => {
  const lifetimes = { accessSeconds: 86_400, refreshSeconds: 31_536_000 }
  await world.sandbox.setFaults(PROJECT, { keepRefreshTokens: true, lifetimes })
  const { tokens } = await link(world)
  assert.equal(tokens.expiresAt?.getTime(), world.clock.now.getTime() + 86_400_000)
  assert.equal(tokens.refreshExpiresAt?.getTime(), world.clock.now.getTime() + 31_536_000_000)
  const fresh = await oauthOf(world).refresh(tokens)
  assert.equal(fresh.refresh, tokens.refresh)
})

test('errors of the sign-in mean the same with HTTP 200 and with 400', async () => {
  for (const oauthErrorStatus of [200, 400]) {
    await world.sandbox.setFaults(PROJECT, { oauthErrorStatus })
    const { tokens } = await link(world)
    const dead: Tokens = { ...tokens, refresh: 'rft.never-given' }
    assert.equal(await verdictOf(oauthOf(world).refresh(dead)), 'relink account sign_in_expired')
    assert.equal(await verdictOf(oauthOf(world).exchange('never given')), 'relink account sign_in_expired')
    const wrongVerifier = oauthOf(world).authorizeUrl('s')
    wrongVerifier.searchParams.set('code_challenge', 'base64url-of-sha256')
    wrongVerifier.searchParams.set('code_challenge_method', 'S256')
    const back = await consent(wrongVerifier, nthChannel(0))
    const code = back.searchParams.get('code') ?? ''
    assert.equal(await verdictOf(oauthOf(world).exchange(code, 'v'.repeat(43))), 'relink account sign_in_expired')
  }
})

for (const error of ['invalid_client', 'unauthorized_client', 'invalid_scope', 'unsupported_grant_type'])
  test(`${error} is for the operator`, async () => {
    const code = await codeOf()
    await world.sandbox.setFaults(PROJECT, { status: { at: 'token', code: 400, reason: error } })
    assert.equal(await verdictOf(oauthOf(world).exchange(code)), 'operator app app_misconfigured')
  })

test('a token endpoint that fails is tried again later', async () => {
  const { tokens } = await link(world)
  await world.sandbox.setFaults(PROJECT, { status: { at: 'token', code: 503 } })
  assert.equal(await verdictOf(oauthOf(world).refresh(tokens)), 'retry delivery platform_error')
})

test('an access token that ended is renewed once, in the middle of a call', async () => {
  const linked = await link(world)
  const before = linked.tokens.access
  wait(7201)
  await contextOf(world, linked, { call: 'check' }).http('api', '/v2/user/info/?fields=open_id')
  assert.notEqual(linked.tokens.access, before)
})

test('revoking ends the grant, and a grant that is dead already is fine', async () => {
  const linked = await link(world)
  await oauthOf(world).revoke(linked.tokens)
  assert.equal(await verdictOf(oauthOf(world).refresh(linked.tokens)), 'relink account sign_in_expired')
  await oauthOf(world).revoke(linked.tokens)
  await world.sandbox.setFaults(PROJECT, { oauthErrorStatus: 200 })
  await oauthOf(world).revoke(linked.tokens)
})

test('no page is shown for a redirect address with a query, or for a scope that does not exist', async () => {
  for (const [name, value, word] of [
    ['redirect_uri', 'https://upload24.test/back?x=1', 'redirect_uri'],
    ['scope', 'user.info.basic,video.upload.everything', 'invalid_scope'],
    ['scope', 'user.info.basic video.publish', 'invalid_scope'],
    ['client_key', 'nobody', 'invalid_client']
  ] as const) {
    const url = oauthOf(world).authorizeUrl('s')
    url.searchParams.set(name, value)
    const page = await fetch(url)
    assert.equal(page.status, 400, value)
    assert.ok((await page.text()).includes(word), value)
  }
})
