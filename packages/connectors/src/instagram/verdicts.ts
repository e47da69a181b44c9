import type { Failure, FailureKind } from '../connector.ts'

/** `code` without the platform's name. `after`: seconds, when no header tells a time. */
export type Row = readonly [kind: FailureKind, scope: Failure['scope'], code: string, message: string, after?: number]
type Table = Readonly<Record<number, Row>>

const OURS = 'Instagram did not understand the request. This is a fault of ours.'
const COVER = 'Instagram refused the cover picture.'
const NOT_FETCHED =
  'Instagram could not fetch the video. The public address of this installation must be reachable from the internet.'
const ANEW: Row = ['restart', 'delivery', 'processing_failed', 'Instagram could not process the video.']

/** By `error_subcode`: developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/error-codes */
export const SUBCODES: Table = {
  2207001: ['retry', 'delivery', 'server_error', 'Instagram had a fault of its own.'],
  2207003: ['restart', 'delivery', 'fetch_timeout', 'Instagram took too long to fetch the video.'],
  2207004: ['permanent', 'delivery', 'cover_too_big', COVER],
  2207005: ['permanent', 'delivery', 'cover_format', COVER],
  2207006: ['restart', 'delivery', 'media_not_found', 'Instagram does not know the prepared video any more.'],
  2207008: ['restart', 'delivery', 'container_unknown', 'Instagram does not know the prepared video any more.'],
  2207009: ['permanent', 'delivery', 'cover_aspect', COVER],
  2207010: [
    'permanent',
    'delivery',
    'caption_too_long',
    'Instagram takes 2200 characters, 30 hashtags and 20 mentions in a caption.'
  ],
  2207020: ['restart', 'delivery', 'media_expired', 'The prepared video was not published within a day.'],
  2207023: ['permanent', 'delivery', 'media_type', OURS],
  2207026: ['permanent', 'delivery', 'unsupported_format', 'Instagram does not take the format of this video.'],
  2207027: ['retry', 'delivery', 'not_ready', 'Instagram is not ready to publish the video.', 30],
  2207028: ['permanent', 'delivery', 'carousel', OURS],
  2207032: ['restart', 'delivery', 'create_failed', 'Instagram could not prepare the video.'],
  2207035: ['permanent', 'delivery', 'tags', 'Instagram refused the tags.'],
  2207036: ['permanent', 'delivery', 'tags', 'Instagram refused the tags.'],
  2207037: ['permanent', 'delivery', 'tags', 'Instagram refused the tags.'],
  2207040: ['permanent', 'delivery', 'too_many_tags', 'Instagram takes 20 tags and mentions.'],
  2207042: [
    'retry',
    'account',
    'publish_quota',
    "The account has used Instagram's number of posts of one day. It goes on when a day has passed since the oldest of them.",
    1800
  ],
  2207050: [
    'permanent',
    'account',
    'account_restricted',
    'Instagram has restricted this account. Open the Instagram app and follow what it asks for.'
  ],
  2207051: [
    'retry',
    'account',
    'action_blocked',
    'Instagram takes this for unwanted activity and has blocked the account for a while. It goes on in a day.',
    86_400
  ],
  2207052: ['restart', 'delivery', 'not_fetched', NOT_FETCHED],
  2207053: ['restart', 'delivery', 'upload_failed', 'Instagram could not take the video.'],
  2207057: ['permanent', 'delivery', 'thumb_offset', 'The moment of the cover (thumbOffset) is not within the video.'],
  2207076: ANEW,
  2207077: ['restart', 'delivery', 'not_fetched', NOT_FETCHED],
  2207081: [
    'permanent',
    'delivery',
    'no_trial_reels',
    'Instagram does not offer trial reels to this account. Publish without the option trialReel.'
  ],
  2207082: ANEW,
  2207083: ['restart', 'delivery', 'invalid_image', COVER],
  2207085: ANEW
}

/** In a container's status the same numbers speak of this container: the server's faults end it, too. */
export const STATUS_CODES: Table = {
  2207001: ['restart', 'delivery', 'server_error', 'Instagram had a fault of its own.']
}

/** By `code`, where the subcode says nothing. */
export const ACCOUNT_CODES: Table = {
  3: ['operator', 'app', 'app_not_allowed', 'The app of this installation may not do this on Instagram.'],
  4: ['retry', 'app', 'app_limit', "Instagram's limit of calls for this installation is reached.", 300],
  9: ['retry', 'account', 'publish_quota', "The account has used Instagram's number of posts of one day.", 1800],
  17: ['retry', 'account', 'user_limit', "Instagram's limit of calls for this account is reached.", 300],
  24: ['restart', 'delivery', 'container_unknown', 'Instagram does not know the prepared video any more.'],
  25: [
    'permanent',
    'account',
    'account_restricted',
    'Instagram has restricted this account. Open the Instagram app and follow what it asks for.'
  ],
  32: ['retry', 'account', 'page_limit', "Facebook's limit of calls for this Page is reached.", 300],
  100: ['permanent', 'delivery', 'invalid_parameter', 'Instagram refused an option of this post.'],
  341: ['retry', 'app', 'app_limit', "Instagram's limit of calls for this installation is reached.", 300],
  352: ['permanent', 'delivery', 'unsupported_format', 'Instagram does not take the format of this video.'],
  368: [
    'retry',
    'account',
    'policy_block',
    'Instagram has blocked this account for a while for breaking a policy.',
    21_600
  ],
  506: ['permanent', 'delivery', 'duplicate', 'Instagram says that the account has posted the same already.'],
  613: ['retry', 'account', 'call_limit', "Instagram's limit of calls for this account is reached.", 300],
  9004: ['restart', 'delivery', 'not_fetched', NOT_FETCHED],
  9007: ['retry', 'delivery', 'not_ready', 'Instagram is not ready to publish the video.', 30],
  36000: ['permanent', 'delivery', 'cover_too_big', COVER],
  36001: ['permanent', 'delivery', 'cover_format', COVER],
  36003: ['permanent', 'delivery', 'cover_aspect', COVER],
  36004: ['permanent', 'delivery', 'caption_too_long', 'Instagram found the caption too long.'],
  80002: ['retry', 'account', 'account_limit', "Instagram's limit of calls for this account is reached.", 300]
}

/** Of code 190: why the token is dead. */
export const TOKEN_SUBCODES: Table = {
  458: ['relink', 'account', 'app_removed', 'The owner has removed this app from the account. Link it again.'],
  459: [
    'relink',
    'account',
    'checkpoint',
    'The owner must sign in to Facebook and confirm the account, then link it again.'
  ],
  460: ['relink', 'account', 'password_changed', 'The password was changed. Link the account again.'],
  463: ['relink', 'account', 'sign_in_expired', 'The sign-in has run out. Link the account again.'],
  464: ['relink', 'account', 'unconfirmed', 'The owner must confirm the Facebook account, then link it again.'],
  467: ['relink', 'account', 'sign_in_ended', 'The sign-in was ended. Link the account again.'],
  492: [
    'relink',
    'account',
    'no_page_role',
    'The owner has no role on the Facebook Page any more. Link the account again.'
  ]
}
