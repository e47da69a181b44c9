import { json, ReplyError } from '../../sandbox/reply.ts'

interface Detail {
  readonly domain?: string
  readonly message?: string
  readonly location?: string
  readonly locationType?: string
}

/** Domains and words of the reasons: developers.google.com/youtube/v3/docs/errors, and bodies that were observed. */
const KNOWN: Readonly<Record<string, Detail>> = {
  authError: {
    message: 'Invalid Credentials',
    location: 'Authorization',
    locationType: 'header'
  },
  insufficientPermissions: { message: 'Request had insufficient authentication scopes.' },
  quotaExceeded: {
    domain: 'youtube.quota',
    message:
      'The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started#quota">quota</a>.'
  },
  uploadLimitExceeded: {
    domain: 'youtube.video',
    message: 'The user has exceeded the number of videos they may upload.'
  },
  youtubeSignupRequired: {
    domain: 'youtube.header',
    message: 'Unauthorized',
    location: 'Authorization',
    locationType: 'header'
  },
  channelSuspended: { domain: 'youtube.common', message: 'The channel has been suspended.' }
}
const TOP_LEVEL: Readonly<Record<string, string>> = {
  authError:
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.'
}
const STATUS: Readonly<Record<number, string>> = { 401: 'UNAUTHENTICATED', 429: 'RESOURCE_EXHAUSTED' }

/** An error in YouTube's shape. */
export function refuse(
  code: number,
  reason: string,
  detail: Detail = {},
  headers: Record<string, string> = {}
): ReplyError {
  const { domain = 'global', message = reason, ...rest } = { ...KNOWN[reason], ...detail }
  const status = STATUS[code]
  const error = {
    code,
    message: TOP_LEVEL[reason] ?? message,
    errors: [{ message, domain, reason, ...rest }],
    ...(status === undefined ? {} : { status })
  }
  return new ReplyError(json(code, { error }, headers))
}

/** The body that the Video Uploads bucket was seen to answer with. */
export const uploadQuota = (): ReplyError =>
  refuse(429, 'rateLimitExceeded', {
    message:
      "Quota exceeded for quota metric 'Video Uploads' and limit 'Video Uploads per day' of service 'youtube.googleapis.com' for consumer 'project_number:0'."
  })

export const badField = (reason: string, location: string, message: string): ReplyError =>
  refuse(400, reason, { domain: 'youtube.video', message, location: `body.${location}`, locationType: 'other' })
