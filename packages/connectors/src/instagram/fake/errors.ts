import { json, type Reply, ReplyError } from '../../sandbox/reply.ts'

interface Detail {
  readonly message?: string
  readonly title?: string
  readonly text?: string
  readonly isTransient?: boolean
}

/** Words of the Graph API. */
const KNOWN: Readonly<Record<string, Detail>> = {
  '1/0': { message: 'An unknown error occurred' },
  '2/0': {
    message: 'An unexpected error has occurred. Please retry your request later.',
    isTransient: true
  },
  '4/0': { message: '(#4) Application request limit reached', isTransient: true },
  '4/2207051': {
    message: 'Application request limit reached',
    title: 'action is blocked',
    text: 'We restrict certain activity to protect our community. Tell us if you think we made a mistake.'
  },
  '9/2207042': {
    message: 'Application request limit reached',
    title: 'Post limit reached',
    text: 'You have reached the maximum number of posts that can be published per day.'
  },
  '10/0': { message: '(#10) Application does not have permission for this action' },
  '24/2207006': { message: 'The requested resource does not exist', title: 'Media not found' },
  '24/2207008': { message: 'The requested resource does not exist', title: 'Media builder expired or not found' },
  '100/33': {
    message:
      'Unsupported get request. Object with ID does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api'
  },
  '100/2207023': { message: 'Invalid parameter', title: 'The media type is unknown' },
  '100/2207040': { message: 'Invalid parameter', title: 'Cannot use more than 20 tags per created media' },
  '190/0': { message: 'Invalid OAuth access token - Cannot parse access token' },
  '190/458': { message: 'Error validating access token: The user has not authorized the application.' },
  '190/460': {
    message:
      'Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.'
  },
  '190/463': { message: 'Error validating access token: Session has expired.' },
  '9007/2207027': {
    message: 'Media ID is not available',
    title: 'Media is not ready for publishing',
    text: 'The media is not ready for publishing, please wait for a moment'
  },
  '36004/2207010': { message: 'The caption is too long', title: 'The caption is too long' },
  '80002/0': { message: '(#80002) There have been too many calls to this Instagram account. Wait a bit and try again.' }
}

let traces = 0
/** Not a secret: what support would ask for. */
const trace = (): string => `A${(++traces).toString(36).padStart(22, 'x')}`

/** An error in the Graph API's shape. */
export function refuse(
  status: number,
  code: number,
  subcode = 0,
  detail: Detail = {},
  headers: Readonly<Record<string, string>> = {}
): ReplyError {
  const { message = 'Invalid parameter', title, text, isTransient } = { ...KNOWN[`${code}/${subcode}`], ...detail }
  const error = {
    message,
    type: 'OAuthException',
    ...(isTransient === undefined && subcode === 0 ? {} : { is_transient: isTransient ?? false }),
    code,
    ...(subcode === 0 ? {} : { error_subcode: subcode }),
    ...(title === undefined ? {} : { error_user_title: title }),
    ...(text === undefined ? {} : { error_user_msg: text }),
    fbtrace_id: trace()
  }
  return new ReplyError(json(status, { error }, headers))
}

/** An error of rupload.facebook.com: no `error`, and the message may be JSON once more. */
export const refuseUpload = (status: number, type: string, message: string, isRetriable: boolean): ReplyError =>
  new ReplyError(json(status, { debug_info: { retriable: isRetriable, type, message } }))

/** An error of api.instagram.com. */
export const refuseSignIn = (message: string): ReplyError =>
  new ReplyError(json(400, { error_type: 'OAuthException', code: 400, error_message: message }))

const BY_STATUS: Readonly<Record<number, readonly [code: number, subcode: number]>> = {
  401: [190, 0],
  403: [10, 0],
  404: [100, 33],
  429: [4, 0]
}

/** What a fault asks for: `reason` is `code/subcode`, or `html`. */
export function fail(status: number, reason: string | undefined, headers: Readonly<Record<string, string>>): Reply {
  if (reason === 'html')
    return { status, headers: { ...headers, 'content-type': 'text/html' }, body: '<html><body>Sorry.</body></html>' }
  const given = /^(-?\d+)(?:\/(\d+))?$/.exec(reason ?? '')
  const [code, subcode] = given
    ? [Number(given[1]), Number(given[2] ?? 0)]
    : (BY_STATUS[status] ?? [status >= 500 ? 2 : 100, 0])
  return refuse(status, code, subcode, {}, headers).reply
}

/** The same of an upload: `reason` is the type. */
export const failUpload = (status: number, reason = 'ProcessingFailedError'): Reply =>
  refuseUpload(
    status,
    reason,
    JSON.stringify({ success: false, error: { message: 'unauthorized user request' } }),
    status >= 500
  ).reply
