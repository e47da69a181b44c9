import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { verdictOf } from './verdicts.ts'
import { chunkOf, contextOf, type Linked, link, openWorld, PROJECT, postOf, type World } from './world.ts'

let world: World
let linked: Linked
const file = Buffer.alloc(300_000)
before(async () => {
  world = await openWorld('youtube', { quota: { uploads: 10_000, units: 10_000 } })
  linked = await link(world)
})
after(() => world.close())

type At = 'insert' | 'chunk' | 'query' | 'status' | 'channels'

/** What the connector makes of an answer to one call: kind, scope, code, and seconds where a time was told. */
async function verdictAt(at: At, faults: object): Promise<string> {
  const { publisher } = world.connector
  await world.sandbox.setFaults(PROJECT, {})
  const context = (call: 'prepare' | 'send' | 'check') => contextOf(world, linked, { call, commits: call === 'send' })
  const opened = await publisher.prepare(null, postOf(world, file, linked.account), context('prepare'))
  assert.ok(opened.at === 'transfer')
  const { state } = opened
  await world.sandbox.setFaults(PROJECT, faults)
  const runs = {
    insert: () => publisher.prepare(null, postOf(world, file, linked.account), context('prepare')),
    chunk: () => publisher.send!(state, chunkOf(file, 0, file.length), context('send')),
    query: () => publisher.check(state, context('check')),
    status: () => publisher.check({ ...(state as object), id: 'abcdefghijk' }, context('check')),
    channels: () => context('check').http('api', '/youtube/v3/channels?part=id&mine=true')
  }
  return verdictOf(runs[at]())
}

/** The error table of the platform: status, reason, call, and what it means. The clock is 02:00 in Los Angeles: 22 hours to midnight. */
const table: readonly (readonly [number, string, At, string])[] = [
  [401, 'authError', 'insert', 'relink account youtube_auth_error'],
  [401, 'expired', 'insert', 'relink account youtube_expired'],
  [401, 'required', 'insert', 'relink account youtube_required'],
  [401, 'youtubeSignupRequired', 'channels', 'relink account youtube_no_channel'],
  [401, 'authorizationRequired', 'channels', 'relink account youtube_authorization_required'],
  [403, 'insufficientPermissions', 'insert', 'relink account youtube_insufficient_permissions'],
  [403, 'forbidden', 'insert', 'permanent delivery youtube_forbidden'],
  [403, 'authenticatedUserAccountClosed', 'insert', 'permanent account youtube_authenticated_user_account_closed'],
  [
    403,
    'authenticatedUserAccountSuspended',
    'insert',
    'permanent account youtube_authenticated_user_account_suspended'
  ],
  [403, 'channelClosed', 'insert', 'permanent account youtube_channel_closed'],
  [403, 'channelSuspended', 'insert', 'permanent account youtube_channel_suspended'],
  [403, 'authenticatedUserNotChannel', 'insert', 'relink account youtube_authenticated_user_not_channel'],
  [404, 'channelNotFound', 'channels', 'relink account youtube_channel_not_found'],
  [403, 'accountDelegationForbidden', 'insert', 'relink account youtube_account_delegation_forbidden'],
  [403, 'quotaExceeded', 'insert', 'retry app youtube_quota_exceeded 79200'],
  [403, 'dailyLimitExceeded', 'status', 'retry app youtube_daily_limit_exceeded 79200'],
  [403, 'rateLimitExceeded', 'insert', 'retry account youtube_rate_limit_exceeded 60'],
  [429, 'rateLimitExceeded', 'status', 'retry account youtube_rate_limit_exceeded 60'],
  [403, 'userRateLimitExceeded', 'insert', 'retry account youtube_user_rate_limit_exceeded 60'],
  [403, 'servingLimitExceeded', 'insert', 'retry account youtube_serving_limit_exceeded 60'],
  [400, 'uploadLimitExceeded', 'insert', 'retry account youtube_upload_limit_exceeded 86400 starts'],
  [429, 'uploadRateLimitExceeded', 'insert', 'retry account youtube_upload_rate_limit_exceeded 86400'],
  [400, 'invalidTitle', 'insert', 'permanent delivery youtube_invalid_title'],
  [400, 'invalidDescription', 'insert', 'permanent delivery youtube_invalid_description'],
  [400, 'invalidTags', 'insert', 'permanent delivery youtube_invalid_tags'],
  [400, 'invalidCategoryId', 'insert', 'permanent delivery youtube_invalid_category_id'],
  [400, 'invalidPublishAt', 'insert', 'permanent delivery youtube_invalid_publish_at'],
  [400, 'invalidRecordingDetails', 'insert', 'permanent delivery youtube_invalid_recording_details'],
  [400, 'invalidVideoGameRating', 'insert', 'permanent delivery youtube_invalid_video_game_rating'],
  [400, 'invalidVideoMetadata', 'insert', 'permanent delivery youtube_invalid_video_metadata'],
  [400, 'invalidFilename', 'insert', 'permanent delivery youtube_invalid_filename'],
  [400, 'defaultLanguageNotSet', 'insert', 'permanent delivery youtube_default_language_not_set'],
  [400, 'mediaBodyRequired', 'insert', 'permanent delivery youtube_media_body_required'],
  [403, 'forbiddenPrivacySetting', 'insert', 'permanent delivery youtube_forbidden_privacy_setting'],
  [403, 'forbiddenLicenseSetting', 'insert', 'permanent delivery youtube_forbidden_license_setting'],
  [400, 'missingRequiredParameter', 'insert', 'permanent delivery youtube_missing_required_parameter'],
  [400, 'unexpectedParameter', 'insert', 'permanent delivery youtube_unexpected_parameter'],
  [400, 'unknownPart', 'insert', 'permanent delivery youtube_unknown_part'],
  [400, 'invalidPart', 'insert', 'permanent delivery youtube_invalid_part'],
  [400, 'unexpectedPart', 'insert', 'permanent delivery youtube_unexpected_part'],
  [400, 'parseError', 'insert', 'permanent delivery youtube_parse_error'],
  [400, 'badRequest', 'insert', 'permanent delivery youtube_bad_request'],
  [400, 'invalidParameter', 'insert', 'permanent delivery youtube_invalid_parameter'],
  [403, 'accessNotConfigured', 'insert', 'operator app youtube_access_not_configured'],
  [413, 'uploadTooLarge', 'insert', 'permanent delivery youtube_upload_too_large'],
  [500, 'internalError', 'insert', 'retry delivery platform_error'],
  [502, 'backendError', 'insert', 'retry delivery platform_error'],
  [503, 'backendError', 'status', 'retry delivery platform_error'],
  [504, 'backendError', 'query', 'retry delivery platform_error'],
  [404, 'notFound', 'chunk', 'unknown delivery youtube_upload_interrupted'],
  [410, 'notFound', 'chunk', 'unknown delivery youtube_upload_interrupted'],
  [416, 'requestedRangeNotSatisfiable', 'chunk', 'unknown delivery youtube_upload_interrupted'],
  [500, 'internalError', 'chunk', 'unknown delivery youtube_upload_interrupted'],
  [503, 'notReady', 'chunk', 'unknown delivery youtube_upload_interrupted'],
  [403, 'forbidden', 'chunk', 'permanent delivery youtube_forbidden'],
  [404, 'videoNotFound', 'status', 'retry delivery youtube_video_not_found'],
  [418, 'somethingNew', 'insert', 'permanent delivery platform_refused']
]

test('every answer of the error table is made by the sandbox and understood by the connector', async () => {
  for (const [code, reason, at, verdict] of table)
    assert.equal(await verdictAt(at, { status: { at, code, reason, times: 3 } }), verdict, `${code} ${reason} at ${at}`)
})

test("the three kinds of used-up quota stop the app's uploads, the app, and the channel", async () => {
  assert.equal(await verdictAt('insert', { uploadQuotaExhausted: true }), 'retry app youtube_upload_quota 79200 starts')
  assert.equal(await verdictAt('status', { quotaExhausted: true }), 'retry app youtube_quota_exceeded 79200')
  assert.equal(
    await verdictAt('insert', { uploadLimitExceeded: true }),
    'retry account youtube_upload_limit_exceeded 86400 starts'
  )
  assert.equal(await verdictAt('insert', { channelSuspended: true }), 'permanent account youtube_channel_suspended')
})

test("a platform's own time goes before ours", async () => {
  const wait = (reason: string, retryAfter: number) => ({ status: { at: 'insert', code: 403, reason, retryAfter } })
  assert.equal(await verdictAt('insert', wait('rateLimitExceeded', 7)), 'retry account youtube_rate_limit_exceeded 7')
})

test('a dead access token is renewed, and the delivery does not notice', async () => {
  const verdict = await verdictAt('insert', { status: { at: 'insert', code: 401 } })
  assert.equal(verdict, 'nothing was refused')
})

test('a revoked grant asks for a new sign-in', async () => {
  assert.equal(await verdictAt('insert', { revokeGrant: { at: 'insert' } }), 'relink account sign_in_expired')
  linked = await link(world)
})

const extras = {
  thumbnail: {
    call: 'thumbnail',
    permanent: ['insufficientPermissions', 'forbidden', 'invalidImage'],
    restart: ['videoNotFound'],
    retry: ['quotaExceeded', 'uploadRateLimitExceeded']
  },
  captions: {
    call: 'captions',
    permanent: ['insufficientPermissions', 'forbidden', 'contentRequired', 'invalidMetadata', 'nameTooLong'],
    restart: ['videoNotFound'],
    retry: ['quotaExceeded']
  },
  playlist: {
    call: 'inPlaylist',
    permanent: [
      'insufficientPermissions',
      'forbidden',
      'playlistNotFound',
      'playlistContainsMaximumNumberOfVideos',
      'playlistItemsNotAccessible',
      'playlistOperationUnsupported',
      'videoAlreadyInAnotherSeriesPlaylist',
      'manualSortRequired',
      'invalidResourceType',
      'playlistIdRequired',
      'resourceIdRequired',
      'invalidPlaylistItemPosition'
    ],
    restart: ['videoNotFound'],
    retry: ['quotaExceeded']
  },
  comment: {
    call: 'comments',
    permanent: [
      'insufficientPermissions',
      'forbidden',
      'commentsDisabled',
      'ineligibleAccount',
      'commentTextRequired',
      'commentTextTooLong',
      'invalidCommentThreadMetadata',
      'channelOrVideoIdMissing'
    ],
    restart: ['videoNotFound', 'channelNotFound', 'processingFailure'],
    retry: ['quotaExceeded']
  }
} as const

test('what is refused to an extra stops that extra, and nothing else', async () => {
  const paths = {
    thumbnail: '/upload/youtube/v3/thumbnails/set?videoId=x&uploadType=media',
    captions: '/youtube/v3/captions?part=snippet&videoId=x',
    playlist: '/youtube/v3/playlistItems?part=id&playlistId=PLx',
    comment: '/youtube/v3/commentThreads?part=snippet&videoId=x'
  }
  for (const [host, { call, ...kinds }] of Object.entries(extras) as [
    keyof typeof extras,
    (typeof extras)['comment']
  ][])
    for (const [kind, reasons] of Object.entries(kinds))
      for (const reason of reasons) {
        await world.sandbox.setFaults(PROJECT, { status: { at: call, code: 400, reason } })
        const { http } = contextOf(world, linked, { call: 'commit' })
        const method = host === 'thumbnail' ? ('POST' as const) : ('GET' as const)
        const error = await http(host, paths[host], { method }).catch(e => e)
        assert.deepEqual([error.failure?.kind, error.failure?.scope], [kind, 'delivery'], `${host} ${reason}`)
        assert.match(error.failure.code, /^youtube_[a-z_]+$/)
      }
})
