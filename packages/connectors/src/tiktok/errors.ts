import type { Answer, Failure, FailureKind, Refusal } from '../connector.ts'
import { retryAfter } from '../failures.ts'
import { readJson } from '../json.ts'
import { oauthFailure } from '../oauth.ts'
import { Envelope } from './shapes.ts'

type Verdict = readonly [kind: FailureKind, scope: Failure['scope'], message: string, after?: number]

const DAY = 86_400
const OUR_REQUEST: Verdict = [
  'permanent',
  'delivery',
  'TikTok did not understand the request. This is a fault of ours.'
]
const SIGN_IN: Verdict = ['relink', 'account', 'TikTok does not accept the sign-in any more. Link the account again.']
const SCOPE: Verdict = [
  'relink',
  'account',
  'TikTok was not given a permission that posting needs. Link the account again and leave every box ticked.'
]
const TOO_MANY: Verdict = [
  'retry',
  'account',
  'This TikTok account has posted as often as TikTok allows in a day. It goes on in a day.',
  DAY
]
const BANNED: Verdict = ['permanent', 'account', 'TikTok has banned this account from posting.']
export const NOT_OFFERED: Verdict = [
  'permanent',
  'delivery',
  'TikTok does not offer the chosen visibility to this account any more. Choose again who may see the video.'
]

/** By `error.code`: developers.tiktok.com/doc/content-posting-api-reference-direct-post and the pages of the other calls. */
const CODES: Readonly<Record<string, Verdict>> = {
  access_token_invalid: SIGN_IN,
  scope_not_authorized: SCOPE,
  scope_permission_missed: SCOPE,
  rate_limit_exceeded: ['retry', 'account', 'TikTok asks us to slow down.', 60],
  spam_risk_too_many_posts: TOO_MANY,
  spam_risk_too_many_pending_share: [
    'retry',
    'account',
    'Too many drafts wait in the inbox of this TikTok account. Finish some, or it goes on in a day.',
    DAY
  ],
  spam_risk_user_banned_from_posting: BANNED,
  reached_active_user_cap: [
    'operator',
    'account',
    'This installation has reached the number of TikTok accounts that may post in a day. It goes on in a day.',
    DAY
  ],
  unaudited_client_can_only_post_to_private_accounts: [
    'permanent',
    'delivery',
    'TikTok has not audited this installation yet: until then it posts to private accounts only, as "Only me". Its operator can ask for the audit.'
  ],
  privacy_level_option_mismatch: NOT_OFFERED,
  url_ownership_unverified: [
    'operator',
    'app',
    "TikTok does not know this installation's address as its own. Its operator must verify it."
  ],
  invalid_param: OUR_REQUEST,
  invalid_params: OUR_REQUEST,
  invalid_file_upload: ['permanent', 'delivery', 'TikTok does not take this file.'],
  app_version_check_failed: ['permanent', 'delivery', 'The TikTok app of this account is too old for this.'],
  token_not_authorized_for_specified_publish_id: OUR_REQUEST,
  publish_not_cancellable: ['permanent', 'delivery', 'TikTok has finished with this post: it cannot be canceled.'],
  // The number was ours and TikTok gave it. Whether it made a post before it forgot it, nobody says.
  invalid_publish_id: ['unknown', 'delivery', 'TikTok does not know the upload any more.']
}

/** Undefined: the house's rules by status. */
export function classify(refusal: Refusal, now: Date): Failure | undefined {
  if (refusal.host === 'upload') return classifyUpload(refusal)
  const code = errorCode(refusal)
  // Seen for a dead code, a dead refresh token and a redirect address that differs: signing in again is what helps.
  if (['token', 'revoke'].includes(refusal.host) && code === 'invalid_request')
    return oauthFailure('TikTok', 'invalid_grant')
  const verdict = CODES[code ?? '']
  if (code === undefined || verdict === undefined) return undefined
  return failureOf(code, verdict, retryAfter(refusal.headers, now))
}

/** `error.code` of an answer of the API, or the flat `error` of the sign-in's endpoints, unless all is well. */
function errorCode(answer: Answer): string | undefined {
  const error = Envelope.safeParse(readJson(answer.text)).data?.error
  const code = typeof error === 'object' ? error.code : error
  return code === 'ok' || code === '' ? undefined : code
}

/** "When the creator cannot post now, the HTTP status is 200": …/content-posting-api-reference-query-creator-info. The sign-in's may be, too. */
export const refuses = (answer: Answer): boolean => answer.status < 300 && errorCode(answer) !== undefined

/** The upload host has no bodies: …/content-posting-api-media-transfer-guide. 5xx is the house's: the same chunk again, or ask. */
function classifyUpload({ status }: Refusal): Failure | undefined {
  switch (status) {
    case 400:
      return failureOf('upload_refused', OUR_REQUEST)
    case 401:
    case 403:
      return failureOf('upload_url_expired', [
        'restart',
        'delivery',
        "TikTok's address for the bytes has expired: within an hour, all of them must arrive."
      ])
    // Only the status query says how much arrived, and `unknown` is what leads to it.
    case 404:
    case 408:
    case 416:
      return failureOf('upload_interrupted', [
        'unknown',
        'delivery',
        `TikTok interrupted the upload (${status}). We ask how much arrived.`
      ])
    default:
      return undefined
  }
}

/** The hour of its address went by. It begins anew, since it may have been an outage; the last such try ends with these words. */
export const tooSlow = (bytes: number, sent: number): Failure =>
  failureOf('upload_url_expired', [
    'restart',
    'delivery',
    `TikTok gives an upload one hour, and in this one ${megabytes(sent)} of ${megabytes(bytes)} MB arrived. A smaller file or a faster connection is needed.`
  ])

const megabytes = (bytes: number): number => Math.floor(bytes / 1e6)

/** `status/fetch`: `fail_reason`. The try is over and made no post. */
const FAILED: Readonly<Record<string, Verdict>> = {
  file_format_check_failed: ['permanent', 'delivery', 'TikTok does not take the format of this video.'],
  duration_check_failed: ['permanent', 'delivery', 'TikTok does not take a video of this length from this account.'],
  frame_rate_check_failed: ['permanent', 'delivery', 'TikTok does not take the frame rate of this video.'],
  picture_size_check_failed: ['permanent', 'delivery', 'TikTok does not take the width or the height of this video.'],
  internal: ['restart', 'delivery', 'TikTok failed at processing the video.'],
  video_pull_failed: ['restart', 'delivery', 'TikTok could not fetch the video.'],
  photo_pull_failed: ['restart', 'delivery', 'TikTok could not fetch the pictures.'],
  publish_cancelled: ['permanent', 'delivery', 'The post was canceled at TikTok.'],
  auth_removed: ['relink', 'account', 'The owner removed this app from TikTok. Link the account again.'],
  spam_risk_too_many_posts: TOO_MANY,
  spam_risk_user_banned_from_posting: BANNED,
  spam_risk_text: ['permanent', 'delivery', 'TikTok takes the caption for spam. Change it.'],
  spam_risk: ['permanent', 'delivery', 'TikTok takes the post for spam.']
}

export const failReason = (reason = 'failed'): Failure =>
  failureOf(reason, FAILED[reason] ?? ['permanent', 'delivery', 'TikTok took the video and then refused it.'])

/** Of new posts: what has begun is asked about all the same. */
const CAPS = new Set(['spam_risk_too_many_posts', 'spam_risk_too_many_pending_share', 'reached_active_user_cap'])

export function failureOf(code: string, [kind, scope, message, after]: Verdict, told?: number): Failure {
  const wait = kind === 'retry' || kind === 'operator' ? (told ?? after) : undefined
  const stops = CAPS.has(code) ? ({ stops: 'starts' } as const) : {}
  return { kind, scope, ...stops, code: `tiktok_${code}`, message, ...(wait === undefined ? {} : { after: wait }) }
}
