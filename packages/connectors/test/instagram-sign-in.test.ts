import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { openOAuth, type Tokens } from '../src/index.ts'
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

const DAY = 86_400
let world: World
before(async () => {
  world = await openWorld('instagram')
})
after(() => world.close())
beforeEach(() => world.sandbox.setFaults(PROJECT, {}))

const wait = (seconds: number): void => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
}
const daysLeft = (until: Date | undefined): number =>
  Math.round(((until?.getTime() ?? 0) - world.clock.now.getTime()) / 1000 / DAY)

async function codeOf(auth: string, n = 0): Promise<string> {
  const back = await consent(oauthOf(world, auth).authorizeUrl('the-state'), nthChannel(n))
  return back.searchParams.get('code') ?? ''
}
const grant = async (auth: string, n = 0): Promise<Tokens> => oauthOf(world, auth).exchange(await codeOf(auth, n))

test('Instagram Login: the state and the code come back whole, with the fragment behind them', async () => {
  const url = oauthOf(world, 'instagram').authorizeUrl('the-state')
  assert.equal(
    url.searchParams.get('scope'),
    'instagram_business_basic,instagram_business_content_publish,instagram_business_manage_comments'
  )
  const back = await consent(url, nthChannel(0))
  assert.equal(back.hash, '#_')
  assert.equal(back.searchParams.get('state'), 'the-state')
  assert.match(back.searchParams.get('code') ?? '', /^AQB[\w-]+$/)
})

test('Instagram Login: either shape of the first answer brings a token of sixty days and the scopes that were granted', async () => {
  for (const tokenShape of ['list', 'flat']) {
    await world.sandbox.setFaults(PROJECT, {
      tokenShape,
      grantScopes: ['instagram_business_basic', 'instagram_business_content_publish']
    })
    const tokens = await grant('instagram')
    assert.match(tokens.access, /^IGAAlong-/)
    assert.equal(daysLeft(tokens.expiresAt), 60)
    assert.deepEqual(tokens.scopes, ['instagram_business_basic', 'instagram_business_content_publish'])
    const [account] = await oauthOf(world, 'instagram').identify(tokens)
    assert.match(account?.remoteId ?? '', /^178414\d{11}$/)
    assert.deepEqual([account?.handle, account?.facts], ['@sandbox.creator.1', { accountType: 'BUSINESS' }])
  }
})

test('Instagram Login: a code is good once, for an hour, and for the address that it was given to', async () => {
  const oauth = oauthOf(world, 'instagram')
  const code = await codeOf('instagram')
  await oauth.exchange(code)
  assert.equal(await verdictOf(oauth.exchange(code)), 'relink account instagram_code_refused')
  const late = await codeOf('instagram')
  wait(3601)
  assert.equal(await verdictOf(oauth.exchange(late)), 'relink account instagram_code_refused')
})

test('Instagram Login: without the scope to publish there is no account, without the one to comment there is', async () => {
  const granting = (scopes: readonly string[]) => world.sandbox.setFaults(PROJECT, { grantScopes: scopes })
  await granting(['instagram_business_basic'])
  const oauth = oauthOf(world, 'instagram')
  const poor = await grant('instagram')
  assert.equal(await verdictOf(oauth.identify(poor)), 'relink account scope_missing')
  await granting(['instagram_business_basic', 'instagram_business_content_publish'])
  assert.equal((await oauth.identify(await grant('instagram'))).length, 1)
})

test('Instagram Login: a token is made new once it is a day old, and a younger one is good as it is', async () => {
  const tokens = await grant('instagram')
  wait(3600)
  assert.deepEqual(await oauthOf(world, 'instagram').refresh(tokens), tokens)
  wait(10 * DAY)
  const fresh = await oauthOf(world, 'instagram').refresh(tokens)
  assert.notEqual(fresh.access, tokens.access)
  assert.equal(daysLeft(fresh.expiresAt), 60)
  assert.deepEqual(fresh.scopes, tokens.scopes)
  await world.sandbox.setFaults(PROJECT, { status: { at: 'refresh', code: 400, reason: '100' } })
  wait(2 * DAY)
  assert.deepEqual(await oauthOf(world, 'instagram').refresh(fresh), fresh, 'try again tomorrow')
  wait(61 * DAY)
  assert.match(await verdictOf(oauthOf(world, 'instagram').refresh(fresh)), /^relink /)
})

test('a personal account cannot be linked', async () => {
  await world.sandbox.setFaults(PROJECT, { personalAccount: true })
  const tokens = await grant('instagram')
  assert.equal(
    await verdictOf(oauthOf(world, 'instagram').identify(tokens)),
    'relink account instagram_not_professional'
  )
})

test("Facebook Login: one grant brings an account for each Page, each with the Page's own token without an end", async () => {
  const tokens = await grant('facebook')
  assert.match(tokens.access, /^EAAlong-/)
  assert.ok(tokens.scopes.includes('instagram_content_publish'))
  const accounts = await oauthOf(world, 'facebook').identify(tokens)
  assert.deepEqual(
    accounts.map(a => a.handle),
    ['@sandbox.creator.1', '@sandbox.creator.2']
  )
  for (const { tokens: own, facts } of accounts) {
    assert.match(own?.access ?? '', /^EAApage-/)
    assert.equal(own?.expiresAt, undefined)
    assert.equal(own?.refresh, tokens.access)
    assert.equal(daysLeft(own?.refreshExpiresAt), 60)
    assert.match(String(facts?.pageId), /^\d+$/)
  }
  wait(100 * DAY)
  const [first] = accounts
  assert.ok(first?.tokens)
  assert.deepEqual(await oauthOf(world, 'facebook').refresh(first.tokens), first.tokens, 'the Page needs no user token')
})

test("Facebook Login: the person's token is made new beside the Page's", async () => {
  const [account] = await oauthOf(world, 'facebook').identify(await grant('facebook', 1))
  assert.ok(account?.tokens)
  wait(30 * DAY)
  const fresh = await oauthOf(world, 'facebook').refresh(account.tokens)
  assert.equal(fresh.access, account.tokens.access)
  assert.notEqual(fresh.refresh, account.tokens.refresh)
  assert.equal(daysLeft(fresh.refreshExpiresAt), 60)
})

test('Facebook Login: without a Page, or without a task on it, there is nothing to link, and it says what to do', async () => {
  for (const faults of [{ noAccounts: true }, { noTasks: true }]) {
    const tokens = await grant('facebook')
    await world.sandbox.setFaults(PROJECT, faults)
    assert.equal(await verdictOf(oauthOf(world, 'facebook').identify(tokens)), 'relink account instagram_no_account')
    await world.sandbox.setFaults(PROJECT, {})
  }
})

test('Facebook Login: what was unticked is known, and the set-up of the app is told from a used code', async () => {
  await world.sandbox.setFaults(PROJECT, {
    grantScopes: ['instagram_basic', 'pages_show_list', 'pages_read_engagement']
  })
  const oauth = oauthOf(world, 'facebook')
  const poor = await grant('facebook')
  assert.equal(await verdictOf(oauth.identify(poor)), 'relink account scope_missing')
  assert.equal(await verdictOf(oauth.exchange('never-given')), 'relink account instagram_code_refused')
  for (const reason of ['101', '100/36008']) {
    await world.sandbox.setFaults(PROJECT, { status: { at: 'token', code: 400, reason } })
    assert.equal(await verdictOf(oauth.exchange('any')), 'operator app instagram_app_misconfigured', reason)
  }
})

test("a token of one login is nobody's on the hosts of the other", async () => {
  const [byInstagram, byFacebook] = [await link(world, 0, 'instagram'), await link(world, 0, 'facebook')]
  const get = async (host: string, token: string) =>
    (await fetch(`${world.base}/h/${host}/v25.0/me`, { headers: { authorization: `Bearer ${token}` } })).status
  assert.equal(await get('graph.instagram.com', byInstagram.tokens.access), 200)
  assert.equal(await get('graph.facebook.com', byInstagram.tokens.access), 400)
  assert.equal(await get('graph.facebook.com', byFacebook.tokens.access), 200)
  assert.equal(await get('graph.instagram.com', byFacebook.tokens.access), 401)
})

test('an owner who removes the app ends every token', async () => {
  const linked = await link(world, 0, 'facebook')
  await world.sandbox.setFaults(PROJECT, { revokeGrant: { at: 'me' } })
  const me = () => contextOf(world, linked, { call: 'check' }).http('api', '/v25.0/me')
  assert.equal(await verdictOf(me()), 'relink account instagram_app_removed')
  assert.equal(await verdictOf(me()), 'relink account instagram_app_removed')
})

test('Facebook Login: revoking ends the grant with every Page of it, and again is fine', async () => {
  const oauth = oauthOf(world, 'facebook')
  const [first, second] = await oauth.identify(await grant('facebook'))
  assert.ok(first?.tokens && second?.tokens)
  await oauth.revoke(first.tokens)
  await oauth.revoke(first.tokens)
  const headers = { authorization: `Bearer ${second.tokens.access}` }
  assert.equal((await fetch(`${world.base}/h/graph.facebook.com/v25.0/me`, { headers })).status, 400)
})

test('Facebook Login: permissions that cannot be read do not bar the way', async () => {
  await world.sandbox.setFaults(PROJECT, { status: { at: 'permissions', code: 500 } })
  const { scopes } = await grant('facebook')
  assert.ok(scopes.includes('instagram_content_publish'))
})

test('no token, code or secret is told by what is written down of a sign-in', async () => {
  const said: string[] = []
  const tokens: Tokens[] = []
  for (const auth of ['instagram', 'facebook']) {
    const code = await codeOf(auth)
    const client = () =>
      openOAuth({
        network: world.network,
        connector: world.connector,
        auth,
        app: { clientId: PROJECT, clientSecret: 'sandbox-secret', redirectUri: redirectOf('instagram') },
        map: world.sandbox.hostMap(world.base),
        now: world.clock.now,
        fence: open,
        onExchange: exchange => said.push(JSON.stringify(exchange))
      })
    const granted = await client().exchange(code)
    wait(2 * DAY)
    const [account] = await client().identify(granted)
    tokens.push(granted, account?.tokens ?? granted)
    tokens.push(await client().refresh(account?.tokens ?? granted))
    for (const secret of [code, 'sandbox-secret']) assert.ok(!said.join().includes(secret))
  }
  assert.ok(said.length >= 9)
  for (const { access, refresh } of tokens) {
    assert.ok(!said.join().includes(access))
    if (refresh !== undefined) assert.ok(!said.join().includes(refresh))
  }
})
