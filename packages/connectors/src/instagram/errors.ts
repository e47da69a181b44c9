import { z } from 'zod'
import type { Failure, FailureKind, Refusal } from '../connector.ts'
import { readJson } from '../json.ts'
import { regainSeconds } from './pace.ts'
import { ACCOUNT_CODES, type Row, STATUS_CODES, SUBCODES, TOKEN_SUBCODES } from './verdicts.ts'

const GraphError = z.object({
  error: z.object({
    code: z.coerce.number().optional(),
    error_subcode: z.coerce.number().optional(),
    is_transient: z.boolean().optional(),
    message: z.string().default('')
  })
})
const OAuthError = z.object({ error_type: z.string(), error_message: z.string().default('') })
const UploadError = z.object({
  debug_info: z.object({
    retriable: z.boolean().optional(),
    type: z.string().default(''),
    message: z.string().default('')
  })
})

/** Undefined: the house's rules by status. */
export function classify(refusal: Refusal, _now: Date): Failure | undefined {
  const body = readJson(refusal.text)
  // media_publish was seen to answer 403 4/2207051 while the post went live: no answer of it is a plain "no".
  if (refusal.host === 'publish') return NO_ANSWER
  const upload = UploadError.safeParse(body).data?.debug_info
  if (refusal.host === 'upload') return classifyUpload(upload?.type ?? '', upload?.retriable, refusal.status)
  const oauth = OAuthError.safeParse(body).data
  if (oauth) return classifySignIn(oauth.error_message)
  const error = GraphError.safeParse(body).data?.error
  if (!error) return undefined
  const { code = 0, error_subcode: subcode = 0, is_transient: isTransient } = error
  const row = find(code, subcode, refusal.call, error.message) ?? (isTransient ? SERVER : undefined)
  if (!row) return undefined
  // A comment's own commit: what may have worked is asked for.
  if (refusal.call === 'commit' && row === SERVER) return { ...NO_ANSWER, code: 'instagram_comment_unanswered' }
  const failure = toFailure(row)
  if (failure.kind !== 'retry') return failure
  const after = regainSeconds(refusal) ?? failure.after
  return after === undefined ? failure : { ...failure, after }
}

const SERVER: Row = ['retry', 'delivery', 'server_error', 'Instagram had a fault of its own.']
const SIGN_IN: Row = [
  'relink',
  'account',
  'sign_in_expired',
  'Instagram does not accept the sign-in any more. Link the account again.'
]
const CODE_USED: Row = [
  'relink',
  'account',
  'code_refused',
  'This sign-in was used already or took too long. Link the account again.'
]
const SET_UP: Row = [
  'operator',
  'app',
  'app_misconfigured',
  "Instagram does not accept this installation's app. Its operator must correct the app id, secret or redirect address."
]

function find(code: number, subcode: number, call: Refusal['call'], message: string): Row | undefined {
  if (call === 'link') {
    if ([36_007, 36_009].includes(subcode)) return CODE_USED
    if (code === 101 || subcode === 36_008 || /client secret/i.test(message)) return SET_UP
  }
  if (code === 190) return TOKEN_SUBCODES[subcode] ?? SIGN_IN
  if (code === 102) return SIGN_IN
  if (code === 100 && subcode === 33) return NOT_VISIBLE
  if (code === 10 || (code >= 200 && code <= 299)) return NO_PERMISSION
  if (SUBCODES[subcode]) return SUBCODES[subcode]
  if (ACCOUNT_CODES[code]) return ACCOUNT_CODES[code]
  return code === 1 || code === 2 || code === -1 || code === -2 ? SERVER : undefined
}

const NO_PERMISSION: Row = [
  'relink',
  'account',
  'permission_missing',
  'The permission for this was not given, or was taken back. Link the account again and leave every box ticked.'
]
const NOT_VISIBLE: Row = ['retry', 'delivery', 'not_visible', 'Instagram does not show this to us at the moment.']

/** The answers of api.instagram.com. */
const classifySignIn = (message: string): Failure =>
  toFailure(/client|platform app|redirect_uri/i.test(message) && !/code was/i.test(message) ? SET_UP : CODE_USED)

/**
 * What rupload refuses says how much arrived only by the container: `unknown` leads there. What it will not take again begins anew, and
 * the Graph API then tells whether it was the token.
 */
function classifyUpload(type: string, isRetriable: boolean | undefined, status: number): Failure {
  const isAsked = isRetriable || status >= 500 || status < 400 || [408, 412, 429].includes(status)
  const isMidway = type === 'OffsetInvalidError' || type === 'PartialRequestError'
  return isAsked || isMidway
    ? failure('unknown', 'upload_interrupted', `Instagram interrupted the upload (${status}). We ask how much arrived.`)
    : failure('restart', 'upload_refused', 'Instagram did not take the bytes.')
}

/** A container's ERROR. Its sentence holds a subcode; without a known one a new container may do. */
export function failureOf(status: string): Failure {
  const subcode = Number(/\b2207\d{3}\b/.exec(status)?.[0] ?? 0)
  const row = STATUS_CODES[subcode] ?? SUBCODES[subcode]
  if (row) return toFailure(row)
  return failure('restart', 'processing_failed', 'Instagram could not process the video.')
}

/** Instagram does not show it: hidden for a moment, or not there any more. */
export const isNotVisible = ({ code }: Failure): boolean =>
  code === 'instagram_not_visible' || code === 'instagram_container_unknown' || code === 'instagram_media_not_found'

const failure = (kind: FailureKind, code: string, message: string, more: Partial<Failure> = {}): Failure => ({
  kind,
  scope: 'delivery',
  code: `instagram_${code}`,
  message,
  ...more
})

const toFailure = ([kind, scope, code, message, after]: Row): Failure =>
  failure(kind, code, message, {
    scope,
    ...(after === undefined ? {} : { after }),
    // The number of posts of a day: what has begun is asked about all the same.
    ...(code === 'publish_quota' ? { stops: 'starts' } : {})
  })

export const NO_ANSWER = failure(
  'unknown',
  'publish_unanswered',
  'Instagram did not say clearly whether the reel was published. We look for it.'
)
export const STILL_REFUSED = failure(
  'permanent',
  'publish_refused',
  'Instagram did not publish the reel, though it was ready, however often it was asked. Its app may show the reason.'
)
export const PUBLISH_QUOTA = failure(
  'retry',
  'publish_quota',
  "The account has used Instagram's number of posts of one day. It goes on when a day has passed since the oldest of them.",
  { scope: 'account', stops: 'starts', after: 1800 }
)
export const waitFor = (seconds: number): Failure =>
  failure('retry', 'publish_paused', 'Instagram did not publish the reel. It is asked again after a pause.', {
    after: seconds
  })
