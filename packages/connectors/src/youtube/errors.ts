import type { Failure, FailureKind, Refusal } from '../connector.ts'
import { retryAfter, secondsToMidnight } from '../failures.ts'
import { EXTRAS } from './extras/errors.ts'
import { ErrorBody } from './shapes.ts'

/** Quotas return "at midnight Pacific Time": developers.google.com/youtube/v3/determine_quota_cost. */
export const ZONE = 'America/Los_Angeles'

export type Verdict = readonly [
  kind: FailureKind,
  scope: Failure['scope'],
  message: string,
  after?: 'midnight' | number
]

const METADATA: Verdict = ['permanent', 'delivery', 'YouTube refused the text or the options of this video.']
const OUR_REQUEST: Verdict = [
  'permanent',
  'delivery',
  'YouTube did not understand the request. This is a fault of ours.'
]
const SIGN_IN: Verdict = ['relink', 'account', 'YouTube does not accept the sign-in any more. Link the channel again.']
/** YouTube says this in two ways: with 401 youtubeSignupRequired, and with an empty list. */
export const noChannel: Failure = {
  kind: 'relink',
  scope: 'account',
  code: 'youtube_no_channel',
  message: 'This Google account has no YouTube channel. Make one, then link it again.'
}
const NO_CHANNEL: Verdict = [noChannel.kind, noChannel.scope, noChannel.message]
const CLOSED: Verdict = ['permanent', 'account', 'YouTube has closed or suspended this channel.']
const PROJECT_DAY: Verdict = [
  'retry',
  'app',
  "YouTube's daily allowance for this installation is used up. It goes on at midnight Pacific time.",
  'midnight'
]
const SLOW: Verdict = ['retry', 'account', 'YouTube asks us to slow down.', 60]

/** By `errors[0].reason`: developers.google.com/youtube/v3/docs/errors and /docs/core_errors. */
const REASONS: Readonly<Record<string, Verdict>> = {
  authError: SIGN_IN,
  expired: SIGN_IN,
  required: SIGN_IN,
  authorizationRequired: SIGN_IN,
  insufficientPermissions: [
    'relink',
    'account',
    'The permission to upload was not given. Link the channel again and leave every box ticked.'
  ],
  youtubeSignupRequired: NO_CHANNEL,
  authenticatedUserNotChannel: NO_CHANNEL,
  channelNotFound: NO_CHANNEL,
  accountDelegationForbidden: NO_CHANNEL,
  authenticatedUserAccountClosed: CLOSED,
  authenticatedUserAccountSuspended: CLOSED,
  channelClosed: CLOSED,
  channelSuspended: CLOSED,
  forbidden: ['permanent', 'delivery', 'YouTube does not allow this channel to do that. Linking it again may help.'],
  quotaExceeded: PROJECT_DAY,
  dailyLimitExceeded: PROJECT_DAY,
  uploadLimitExceeded: [
    'retry',
    'account',
    'This channel has used its uploads of the day. It goes on in a day.',
    86_400
  ],
  rateLimitExceeded: SLOW,
  userRateLimitExceeded: SLOW,
  servingLimitExceeded: SLOW,
  uploadRateLimitExceeded: [
    'retry',
    'account',
    'This channel has set too many thumbnails. It goes on in a day.',
    86_400
  ],
  invalidTitle: ['permanent', 'delivery', 'YouTube refused the title.'],
  invalidDescription: ['permanent', 'delivery', 'YouTube refused the description.'],
  invalidTags: ['permanent', 'delivery', 'YouTube refused the tags.'],
  invalidCategoryId: ['permanent', 'delivery', 'YouTube has no such category for this channel.'],
  invalidPublishAt: ['permanent', 'delivery', 'YouTube refused the time of publication.'],
  invalidRecordingDetails: METADATA,
  invalidVideoGameRating: METADATA,
  invalidVideoMetadata: METADATA,
  invalidFilename: METADATA,
  defaultLanguageNotSet: METADATA,
  mediaBodyRequired: OUR_REQUEST,
  forbiddenPrivacySetting: ['permanent', 'delivery', 'YouTube does not allow this visibility for this channel.'],
  forbiddenLicenseSetting: ['permanent', 'delivery', 'YouTube does not allow this licence for this channel.'],
  missingRequiredParameter: OUR_REQUEST,
  unexpectedParameter: OUR_REQUEST,
  unknownPart: OUR_REQUEST,
  invalidPart: OUR_REQUEST,
  unexpectedPart: OUR_REQUEST,
  parseError: OUR_REQUEST,
  badRequest: OUR_REQUEST,
  invalidParameter: OUR_REQUEST,
  invalidCriteria: OUR_REQUEST,
  notUpload: OUR_REQUEST,
  wrongUrlForUpload: OUR_REQUEST,
  accessNotConfigured: ['operator', 'app', 'The YouTube Data API is not switched on for this installation.'],
  uploadTooLarge: ['permanent', 'delivery', 'YouTube found the file too large.'],
  playlistNotFound: ['retry', 'delivery', "YouTube does not show the channel's list of uploads."],
  videoNotFound: ['retry', 'delivery', 'YouTube does not show the video yet.']
}

/** Undefined: the house's rules by status. */
export function classify(refusal: Refusal, now: Date): Failure | undefined {
  const { reason, message } = readError(refusal.text)
  const isUploadDay = reason === 'rateLimitExceeded' && message.includes('Video Uploads per day')
  const verdict = isUploadDay ? PROJECT_DAY : (EXTRAS[refusal.host]?.[reason] ?? REASONS[reason])
  if (refusal.call === 'send' && refusal.host === 'api' && isUnclear(refusal.status))
    return { ...unclear(refusal.status), ...told(refusal, now) }
  if (verdict === undefined) return undefined
  const [kind, scope, sentence, after] = verdict
  const wait = after === 'midnight' ? secondsToMidnight(ZONE, now) : (retryAfter(refusal.headers, now) ?? after)
  const code = isUploadDay
    ? 'youtube_upload_quota'
    : reason === 'youtubeSignupRequired'
      ? noChannel.code
      : codeOf(reason)
  // Both are of `videos.insert` alone: what has its session or its video goes on.
  const isCap = isUploadDay || reason === 'uploadLimitExceeded'
  const later = kind === 'retry' && wait !== undefined ? { after: wait } : {}
  return { kind, scope, ...(isCap ? { stops: 'starts' } : {}), code, message: sentence, ...later }
}

/**
 * A PUT that failed in YouTube's hands, a session that it does not know, an offset that it did not expect: only the status query says
 * how much arrived, and `unknown` is what leads to it.
 */
const isUnclear = (status: number): boolean => [404, 408, 410, 416].includes(status) || status >= 500

const unclear = (status: number): Failure => ({
  kind: 'unknown',
  scope: 'delivery',
  code: 'youtube_upload_interrupted',
  message: `YouTube interrupted the upload (${status}). We ask how much arrived.`
})

function told(refusal: Refusal, now: Date): { after?: number } {
  const after = retryAfter(refusal.headers, now)
  return after === undefined ? {} : { after }
}

/** A PUT's failure may have a plain or an empty body. */
function readError(text: string): { reason: string; message: string } {
  try {
    const { error } = ErrorBody.parse(JSON.parse(text))
    return { reason: error.errors[0]?.reason ?? '', message: error.message }
  } catch {
    return { reason: '', message: '' }
  }
}

/** `quotaExceeded` is `youtube_quota_exceeded`. */
const codeOf = (reason: string): string =>
  `youtube_${reason.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`).replace(/^youtube_/, '')}`
