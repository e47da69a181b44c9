import { randomBytes } from 'node:crypto'
import { json, type Reply, ReplyError } from '../../sandbox/reply.ts'

/** The words of developers.tiktok.com/doc/tiktok-api-v2-error-handling and of the posting pages. */
const MESSAGES: Readonly<Record<string, string>> = {
  access_token_invalid: 'The access token is invalid or not found in the request.',
  internal_error: 'Something went wrong. Please try again later.',
  invalid_params: 'One or more fields in the request are invalid.',
  invalid_publish_id: 'The publish_id is not found.',
  privacy_level_option_mismatch: 'The privacy_level is not specified or does not match the options of the creator.',
  rate_limit_exceeded: 'The API rate limit was exceeded. Please try again later.',
  reached_active_user_cap: 'The daily quota for active publishing users from your client is reached.',
  scope_not_authorized: 'The user did not authorize the scope required for completing this request.',
  scope_permission_missed: 'The scope for a requested field was not granted.',
  spam_risk_too_many_posts: 'The daily post cap from the API is reached for the current user.',
  spam_risk_user_banned_from_posting: 'The user is banned from making new posts.',
  token_not_authorized_for_specified_publish_id: 'The access token is not authorized for this publish_id.',
  unaudited_client_can_only_post_to_private_accounts:
    'Please review our integration guidelines at https://developers.tiktok.com/doc/content-sharing-guidelines/',
  url_ownership_unverified: 'Please review our URL ownership verification rules.'
}

const logId = (): string => `20261122${randomBytes(12).toString('hex').toUpperCase()}`

export const ok = (data: unknown): Reply => json(200, { data, error: { code: 'ok', message: '', log_id: logId() } })

/** An error in the API's envelope. The status may be 200. */
export function fail(
  status: number,
  code: string,
  message = MESSAGES[code] ?? code,
  headers: Readonly<Record<string, string>> = {}
): Reply {
  return json(status, { data: {}, error: { code, message, log_id: logId() } }, headers)
}

export const refuse = (status: number, code: string, message?: string): ReplyError =>
  new ReplyError(fail(status, code, message))

/** The flat shape of the OAuth endpoints. */
export const oauthError = (status: number, error: string, description: string): Reply =>
  json(status, { error, error_description: description, log_id: logId() })
