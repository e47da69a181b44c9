import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FAIL_REASONS } from '../src/tiktok/fake/faults.ts'
import { verdictOf, wordsOf } from './verdicts.ts'
import { chunkOf, contextOf, doubtOf, type Linked, link, openWorld, PROJECT, postOf, type World } from './world.ts'

let world: World
let linked: Linked
const file = Buffer.alloc(64_000_001)
const options = { privacyLevel: 'PUBLIC_TO_EVERYONE' }
before(async () => {
  world = await openWorld('tiktok')
  linked = await link(world)
})
after(() => world.close())

type At = 'user' | 'creator' | 'init' | 'chunk' | 'lastChunk' | 'status'

/** What the connector makes of an answer to one call: kind, scope, code, and seconds where a time was told. */
async function verdictAt(at: At, faults: object): Promise<string> {
  const { publisher } = world.connector
  world.clock.now = new Date(world.clock.now.getTime() + 60_000)
  await world.sandbox.setFaults(PROJECT, {})
  const context = (call: 'prepare' | 'send' | 'check', commits = false) => contextOf(world, linked, { call, commits })
  const post = postOf(world, file, linked.account, {}, options)
  const opened = await publisher.prepare(null, post, context('prepare'))
  assert.ok(opened.at === 'transfer')
  const { state } = opened
  await world.sandbox.setFaults(PROJECT, faults)
  const runs = {
    user: () => contextOf(world, linked, { call: 'link' }).http('api', '/v2/user/info/?fields=open_id'),
    creator: () => publisher.prepare(null, post, context('prepare')),
    init: () => publisher.prepare(null, post, context('prepare')),
    chunk: () => publisher.send!(state, chunkOf(file, 0, 10_000_000), context('send')),
    lastChunk: () => publisher.send!(state, chunkOf(file, 50_000_000, file.length), context('send', true)),
    status: () => publisher.check(state, context('check'), doubtOf(world, 'send', true))
  }
  return verdictOf(runs[at]())
}

/** The error table of the platform: status, `error.code`, call, and what it means. */
const table: readonly (readonly [number, string, At, string])[] = [
  [400, 'invalid_param', 'init', 'permanent delivery tiktok_invalid_param'],
  [400, 'invalid_params', 'init', 'permanent delivery tiktok_invalid_params'],
  [
    400,
    'token_not_authorized_for_specified_publish_id',
    'status',
    'permanent delivery tiktok_token_not_authorized_for_specified_publish_id'
  ],
  [400, 'publish_not_cancellable', 'status', 'permanent delivery tiktok_publish_not_cancellable'],
  [400, 'scope_permission_missed', 'user', 'relink account tiktok_scope_permission_missed'],
  [400, 'invalid_file_upload', 'init', 'permanent delivery tiktok_invalid_file_upload'],
  [400, 'app_version_check_failed', 'init', 'permanent delivery tiktok_app_version_check_failed'],
  [401, 'access_token_invalid', 'status', 'relink account tiktok_access_token_invalid'],
  [401, 'scope_not_authorized', 'init', 'relink account tiktok_scope_not_authorized'],
  [403, 'spam_risk_too_many_posts', 'init', 'retry account tiktok_spam_risk_too_many_posts 86400 starts'],
  [
    403,
    'spam_risk_too_many_pending_share',
    'init',
    'retry account tiktok_spam_risk_too_many_pending_share 86400 starts'
  ],
  [403, 'spam_risk_user_banned_from_posting', 'init', 'permanent account tiktok_spam_risk_user_banned_from_posting'],
  [403, 'reached_active_user_cap', 'init', 'operator account tiktok_reached_active_user_cap 86400 starts'],
  [
    403,
    'unaudited_client_can_only_post_to_private_accounts',
    'init',
    'permanent delivery tiktok_unaudited_client_can_only_post_to_private_accounts'
  ],
  [403, 'url_ownership_unverified', 'init', 'operator app tiktok_url_ownership_unverified'],
  [403, 'privacy_level_option_mismatch', 'init', 'permanent delivery tiktok_privacy_level_option_mismatch'],
  [403, 'something_new', 'init', 'permanent delivery platform_refused'],
  [429, 'rate_limit_exceeded', 'init', 'retry account tiktok_rate_limit_exceeded 60'],
  [429, 'rate_limit_exceeded', 'creator', 'retry account tiktok_rate_limit_exceeded 60'],
  [429, 'rate_limit_exceeded', 'status', 'retry account tiktok_rate_limit_exceeded 60'],
  [500, 'internal_error', 'creator', 'retry delivery platform_error'],
  [503, 'internal_error', 'init', 'retry delivery platform_error'],
  [500, 'internal_error', 'status', 'retry delivery platform_error']
]
for (const [code, reason, at, verdict] of table)
  test(`${code} ${reason} at ${at}: ${verdict}`, async () => {
    assert.equal(await verdictAt(at, { status: { at, code, reason, times: 2 } }), verdict)
  })

/** Answers of the upload host have no body: the status and the call decide. */
const uploads: readonly (readonly [number, At, string])[] = [
  [400, 'chunk', 'permanent delivery tiktok_upload_refused'],
  [403, 'chunk', 'restart delivery tiktok_upload_url_expired'],
  [403, 'lastChunk', 'restart delivery tiktok_upload_url_expired'],
  [404, 'chunk', 'restart delivery tiktok_upload_gone'],
  [404, 'lastChunk', 'lost'],
  [416, 'chunk', 'lost'],
  [416, 'lastChunk', 'lost'],
  [408, 'lastChunk', 'unknown delivery tiktok_upload_interrupted'],
  [500, 'chunk', 'retry delivery platform_error'],
  [503, 'lastChunk', 'unknown delivery platform_error']
]
for (const [code, at, verdict] of uploads)
  test(`${code} to a PUT (${at}): ${verdict}`, async () => {
    assert.equal(await verdictAt(at, { status: { at, code } }), verdict)
  })

test('a creator who cannot post now is told with HTTP 200, and it means what it means at init', async () => {
  const verdicts = {
    spam_risk_too_many_posts: 'retry account tiktok_spam_risk_too_many_posts 86400 starts',
    spam_risk_user_banned_from_posting: 'permanent account tiktok_spam_risk_user_banned_from_posting',
    reached_active_user_cap: 'operator account tiktok_reached_active_user_cap 86400 starts'
  }
  for (const [creatorRefusal, verdict] of Object.entries(verdicts))
    assert.equal(await verdictAt('creator', { creatorRefusal }), verdict)
})

test('an app that is not audited posts to private accounts only', async () => {
  const verdict = 'permanent delivery tiktok_unaudited_client_can_only_post_to_private_accounts'
  assert.equal(await verdictAt('init', { isUnaudited: true }), verdict)
})

test('a stored visibility that is gone at the time of sending is refused, not replaced', async () => {
  const faults = { creator: { privacyLevels: ['SELF_ONLY'] } }
  assert.equal(await verdictAt('init', faults), 'permanent delivery tiktok_privacy_level_option_mismatch')
})

/** status/fetch: FAILED. */
const failed: Readonly<Record<(typeof FAIL_REASONS)[number], string>> = {
  file_format_check_failed: 'permanent delivery',
  duration_check_failed: 'permanent delivery',
  frame_rate_check_failed: 'permanent delivery',
  picture_size_check_failed: 'permanent delivery',
  internal: 'restart delivery',
  video_pull_failed: 'restart delivery',
  photo_pull_failed: 'restart delivery',
  publish_cancelled: 'permanent delivery',
  auth_removed: 'relink account',
  spam_risk_too_many_posts: 'retry account 86400 starts',
  spam_risk_user_banned_from_posting: 'permanent account',
  spam_risk_text: 'permanent delivery',
  spam_risk: 'permanent delivery'
}
for (const [failReason, verdict] of Object.entries(failed))
  test(`FAILED ${failReason}: ${verdict}`, async () => {
    const { publisher } = world.connector
    world.clock.now = new Date(world.clock.now.getTime() + 60_000)
    await world.sandbox.clear(PROJECT)
    await world.sandbox.setFaults(PROJECT, { processing: { failReason } })
    const small = Buffer.alloc(1000)
    const post = postOf(world, small, linked.account, {}, options)
    const opened = await publisher.prepare(null, post, contextOf(world, linked, { call: 'prepare' }))
    assert.ok(opened.at === 'transfer')
    await publisher.send!(
      opened.state,
      chunkOf(small, 0, 1000),
      contextOf(world, linked, { call: 'send', commits: true })
    )
    world.clock.now = new Date(world.clock.now.getTime() + 5000)
    const seen = await publisher.check(opened.state, contextOf(world, linked, { call: 'check' }))
    assert.ok(seen.at === 'rejected')
    assert.equal(wordsOf(seen.failure).replace(` tiktok_${failReason}`, ''), verdict)
    assert.deepEqual(await world.sandbox.posts(PROJECT), [])
  })
