import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { verdictOf, wordsOf } from './verdicts.ts'
import { chunkOf, contextOf, type Linked, link, openWorld, PROJECT, postOf, type World } from './world.ts'

let world: World
let linked: Linked
const file = Buffer.alloc(50_000)
before(async () => {
  world = await openWorld('instagram', { quota: { uploads: 1e6, units: 1e6 } })
  linked = await link(world, 0, 'facebook')
})
after(() => world.close())

type At = 'create' | 'upload' | 'status' | 'limit' | 'publish' | 'me'
const wait = (seconds: number): void => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
}

/** What the connector makes of an answer to one call: kind, scope, code, and seconds where a time was told. */
async function verdictAt(at: At, faults: object): Promise<string> {
  const { publisher } = world.connector
  await world.sandbox.setFaults(PROJECT, {})
  await world.sandbox.clear(PROJECT)
  const context = (call: 'prepare' | 'send' | 'check' | 'commit') =>
    contextOf(world, linked, { call, commits: call === 'commit' })
  const post = postOf(world, file, linked.account)
  const opened = await publisher.prepare(null, post, context('prepare'))
  assert.ok(opened.at === 'transfer')
  let { state } = opened
  if (at === 'limit' || at === 'publish') {
    await publisher.send!(state, chunkOf(file, 0, file.length), context('send'))
    wait(5)
  }
  if (at === 'publish') {
    const ready = await publisher.prepare(state, post, context('prepare'))
    assert.ok(ready.at === 'ready')
    state = ready.state
  }
  await world.sandbox.setFaults(PROJECT, faults)
  const runs = {
    create: () => publisher.prepare(null, post, context('prepare')),
    upload: () => publisher.send!(state, chunkOf(file, 0, file.length), context('send')),
    status: () => publisher.check(state, context('check')),
    limit: () => publisher.prepare(state, post, context('prepare')),
    publish: () => publisher.commit!(state, context('commit')),
    me: () => contextOf(world, linked, { call: 'link' }).http('api', '/v25.0/me?fields=id')
  }
  let reached = 'nothing was refused'
  const verdict = await verdictOf(runs[at]().then(done => (reached = 'at' in done ? done.at : reached)))
  return verdict === 'nothing was refused' ? reached : withoutName(verdict)
}

const withoutName = (verdict: string): string => verdict.replace(' instagram_', ' ')

/** The error table of the platform: status, code/subcode, call, and what it means. */
const table: readonly (readonly [number, string, At, string])[] = [
  [400, '-2/2207003', 'create', 'restart delivery fetch_timeout'],
  [400, '-2/2207020', 'create', 'restart delivery media_expired'],
  [400, '-1/2207001', 'create', 'retry delivery server_error'],
  [400, '-1/2207032', 'create', 'restart delivery create_failed'],
  [400, '-1/2207053', 'create', 'restart delivery upload_failed'],
  [400, '1/2207057', 'create', 'permanent delivery thumb_offset'],
  [400, '4/2207051', 'create', 'retry account action_blocked 86400'],
  [403, '4/2207051', 'create', 'retry account action_blocked 86400'],
  [400, '9/2207042', 'create', 'retry account publish_quota 1800 starts'],
  [400, '24/2207006', 'create', 'restart delivery media_not_found'],
  [400, '24/2207008', 'create', 'restart delivery container_unknown'],
  [400, '24/2207008', 'status', 'processing'],
  [400, '25/2207050', 'create', 'permanent account account_restricted'],
  [400, '100/2207023', 'create', 'permanent delivery media_type'],
  [400, '100/2207028', 'create', 'permanent delivery carousel'],
  [400, '100/2207035', 'create', 'permanent delivery tags'],
  [400, '100/2207036', 'create', 'permanent delivery tags'],
  [400, '100/2207037', 'create', 'permanent delivery tags'],
  [400, '100/2207040', 'create', 'permanent delivery too_many_tags'],
  [400, '352/2207026', 'create', 'permanent delivery unsupported_format'],
  [400, '9004/2207052', 'create', 'restart delivery not_fetched'],
  [400, '9007/2207027', 'limit', 'retry delivery not_ready 30'],
  [400, '36000/2207004', 'create', 'permanent delivery cover_too_big'],
  [400, '36001/2207005', 'create', 'permanent delivery cover_format'],
  [400, '36003/2207009', 'create', 'permanent delivery cover_aspect'],
  [400, '36004/2207010', 'create', 'permanent delivery caption_too_long'],
  [400, '100/2207081', 'create', 'permanent delivery no_trial_reels'],
  [400, '100/2207083', 'create', 'restart delivery invalid_image'],
  [400, '100/2207085', 'create', 'restart delivery processing_failed'],
  [400, '190', 'create', 'relink account sign_in_expired'],
  [401, '190', 'me', 'relink account sign_in_expired'],
  [400, '190/463', 'create', 'relink account sign_in_expired'],
  [400, '190/467', 'create', 'relink account sign_in_ended'],
  [400, '190/458', 'create', 'relink account app_removed'],
  [400, '190/460', 'create', 'relink account password_changed'],
  [400, '190/464', 'create', 'relink account unconfirmed'],
  [400, '190/492', 'create', 'relink account no_page_role'],
  [400, '190/459', 'create', 'relink account checkpoint'],
  [400, '102', 'create', 'relink account sign_in_expired'],
  [403, '10', 'create', 'relink account permission_missing'],
  [400, '200', 'create', 'relink account permission_missing'],
  [403, '299', 'create', 'relink account permission_missing'],
  [400, '3', 'create', 'operator app app_not_allowed'],
  [400, '100/33', 'status', 'processing'],
  [400, '100/33', 'limit', 'retry delivery not_visible'],
  [400, '100', 'create', 'permanent delivery invalid_parameter'],
  [400, '80002', 'create', 'retry account account_limit 300'],
  [403, '80002', 'status', 'retry account account_limit 300'],
  [400, '4', 'create', 'retry app app_limit 300'],
  [403, '4', 'status', 'retry app app_limit 300'],
  [400, '17', 'create', 'retry account user_limit 300'],
  [400, '32', 'create', 'retry account page_limit 300'],
  [400, '341', 'create', 'retry app app_limit 300'],
  [400, '613', 'create', 'retry account call_limit 300'],
  [400, '613/1996', 'create', 'retry account call_limit 300'],
  [400, '368', 'create', 'retry account policy_block 21600'],
  [400, '506', 'create', 'permanent delivery duplicate'],
  [500, '1', 'create', 'retry delivery server_error'],
  [500, '2', 'status', 'retry delivery server_error'],
  [500, '1/99', 'create', 'retry delivery server_error'],
  [503, 'html', 'create', 'retry delivery platform_error'],
  [502, 'html', 'status', 'retry delivery platform_error'],
  [429, 'html', 'create', 'retry account rate_limited 60'],
  [400, '12345', 'create', 'permanent delivery platform_refused'],
  // Of the bytes: ask how much arrived, or begin anew.
  [412, 'OffsetInvalidError', 'upload', 'unknown delivery upload_interrupted'],
  [400, 'PartialRequestError', 'upload', 'unknown delivery upload_interrupted'],
  [400, 'ProcessingFailedError', 'upload', 'restart delivery upload_refused'],
  [400, 'NotAuthorizedError', 'upload', 'restart delivery upload_refused'],
  [500, 'ProcessingFailedError', 'upload', 'unknown delivery upload_interrupted']
]

test('every answer of the error table is made by the sandbox and understood by the connector', async () => {
  for (const [code, reason, at, verdict] of table)
    assert.equal(await verdictAt(at, { status: { at, code, reason, times: 3 } }), verdict, `${code} ${reason} at ${at}`)
})

test('no refusal of a publish call is believed', async () => {
  const refusals = table.map(([code, reason]) => [code, reason] as const)
  for (const [code, reason] of refusals)
    assert.equal(
      await verdictAt('publish', { status: { at: 'publish', code, reason } }),
      'unknown delivery publish_unanswered',
      `${code} ${reason}`
    )
})

test("a container's own failure begins anew, or ends where the file is at fault", async () => {
  const ends: Record<string, string> = {
    2207001: 'restart delivery server_error',
    2207003: 'restart delivery fetch_timeout',
    2207026: 'permanent delivery unsupported_format',
    2207052: 'restart delivery not_fetched',
    2207053: 'restart delivery upload_failed',
    2207057: 'permanent delivery thumb_offset',
    2207076: 'restart delivery processing_failed',
    2207077: 'restart delivery not_fetched',
    2207082: 'restart delivery processing_failed',
    2207099: 'restart delivery processing_failed'
  }
  const { publisher } = world.connector
  for (const [error, verdict] of Object.entries(ends)) {
    await world.sandbox.setFaults(PROJECT, { processing: { error } })
    const context = (call: 'prepare' | 'send' | 'check') => contextOf(world, linked, { call })
    const opened = await publisher.prepare(null, postOf(world, file, linked.account), context('prepare'))
    assert.ok(opened.at === 'transfer')
    await publisher.send!(opened.state, chunkOf(file, 0, file.length), context('send'))
    wait(5)
    const end = await publisher.check(opened.state, context('check'))
    assert.ok(end.at === 'rejected', error)
    assert.equal(withoutName(wordsOf(end.failure)), verdict)
  }
})

test("a platform's own time goes before ours, and a used-up hour stops the account", async () => {
  const verdict = await verdictAt('limit', { callsPerHour: 1 })
  assert.equal(verdict, 'retry account account_limit 1140')
})

test('usage headers ask for a pause: from 80 %, from 95 %, and for as long as a block lasts', () => {
  const pace = (header: string, value: object) =>
    world.connector.pace?.(
      { status: 200, text: '', headers: new Headers({ [header]: JSON.stringify(value) }) },
      new Date()
    )
  const business = (usage: object) => pace('X-Business-Use-Case-Usage', { 178: [{ type: 'instagram', ...usage }] })
  assert.equal(business({ call_count: 79, total_cputime: 3, total_time: 2 }), undefined)
  assert.deepEqual(business({ call_count: 80 }), { scope: 'account', seconds: 60 })
  assert.deepEqual(business({ total_cputime: 96 }), { scope: 'account', seconds: 300 })
  assert.deepEqual(business({ call_count: 100, estimated_time_to_regain_access: 19 }), {
    scope: 'account',
    seconds: 1140
  })
  assert.deepEqual(pace('x-app-usage', { call_count: 97, total_time: 25, total_cputime: 25 }), {
    scope: 'app',
    seconds: 300
  })
  assert.equal(pace('x-app-usage', { call_count: 28, total_time: 25, total_cputime: 25 }), undefined)
  assert.equal(pace('x-business-use-case-usage', ['no object']), undefined)
})

test("the day's posts are used up: it waits with the container that it has", async () => {
  assert.equal(await verdictAt('limit', { quotaTotal: 50, quotaUsed: 50 }), 'retry account publish_quota 1800 starts')
  assert.equal(await verdictAt('limit', { quotaTotal: 50, quotaUsed: 49 }), 'ready')
})
