/**
 * Every problem that this API can answer with: ONE closed list.
 * The OpenAPI document, the SDK and the error page of the docs are generated from it.
 */
const define = <T extends Record<string, readonly [status: number, title: string, advice: string]>>(list: T) => list

export const problems = define({
  malformed_json: [400, 'Malformed JSON', 'Send a body that is valid JSON, with Content-Type: application/json.'],
  malformed_form: [
    400,
    'Malformed form',
    'Send multipart/form-data as a browser or curl -F does, to its closing boundary.'
  ],
  bad_request: [400, 'Bad request', 'Read the detail: the request itself is not well formed.'],
  unauthorized: [401, 'No credential', 'Send Authorization: Bearer <token> or X-Api-Key: <key>.'],
  invalid_credentials: [401, 'Wrong e-mail or password', 'Check both and try again.'],
  invalid_token: [401, 'Invalid or expired token', 'Sign in again, or renew it with POST /auth/refresh.'],
  malformed_api_key: [401, 'Malformed API key', 'Send the whole key, and nothing else, in X-Api-Key.'],
  invalid_api_key: [401, 'Unknown, revoked or expired API key', 'Make a new key in the dashboard.'],
  two_factor_required: [
    401,
    'A second factor is required',
    'Send the same again with code: six digits of the authenticator app, or a backup code.'
  ],
  bearer_required: [403, 'A signed-in user is required', 'This route takes Authorization: Bearer, not an API key.'],
  scope_missing: [403, 'The key may not do this', 'Make a key with the scope that the detail names.'],
  role_missing: [403, 'Your role may not do this', 'Ask an owner or admin of the workspace.'],
  sign_up_closed: [403, 'Sign-up is closed here', 'Ask an owner of this instance for an invitation.'],
  link_refused: [403, 'The link was refused', 'Start linking again from the accounts page.'],
  invalid_signature: [
    403,
    'The address is not valid',
    'Use the address exactly as it was given, with its headers, before it expires.'
  ],
  not_found: [404, 'Not found', 'Check the id: it does not exist in this workspace.'],
  method_not_allowed: [405, 'Method not allowed', 'See the reference for the methods of this address.'],
  idempotency_in_progress: [409, 'The first request is still running', 'Repeat it in a few seconds with the same key.'],
  idempotency_no_replay: [409, 'Already done', 'What was made cannot be shown again; the detail names its id.'],
  object_missing: [409, 'The file has not arrived', 'PUT the bytes to the upload URL first, then complete.'],
  session_aborted: [409, 'The session was aborted', 'Start a new upload session.'],
  file_removed: [409, 'The file is not kept any more', 'Send the video again as a new upload.'],
  session_completed: [409, 'The session is complete', 'The upload exists already; read its status.'],
  key_limit_reached: [409, 'Too many API keys', 'Revoke keys that nothing uses any more.'],
  email_taken: [409, 'This e-mail has an account', 'Sign in, or reset the password.'],
  last_owner: [409, 'The last owner stays', 'Make another member an owner first.'],
  two_factor_on: [409, 'The second factor is on', 'Turn it off first.'],
  two_factor_off: [409, 'There is no second factor', 'Prepare one first with POST /auth/two-factor.'],
  not_scheduled: [409, 'The upload is not waiting any more', 'Read its status: it is over, and cannot be changed.'],
  already_publishing: [
    409,
    'Publishing has begun',
    'Each entry of errors names an account that it is too late for; the post may be there already.'
  ],
  not_failed: [409, 'There is nothing to retry', 'Only targets that read Failed can be retried.'],
  needs_resolve: [
    409,
    'The outcome is unknown',
    'Look at the account, then tell what you see with POST /api/upload/{uploadId}/resolve.'
  ],
  not_unknown: [409, 'There is nothing to resolve', 'Only a target with errorCode outcome_unknown can be resolved.'],
  not_settled: [409, 'It may still appear', 'Wait as long as Retry-After says, then look again.'],
  in_flight: [409, 'Something is under way', 'Cancel it, or wait until it is over.'],
  events_expired: [
    410,
    'These events are not kept any more',
    'Read the status of your uploads, then start without Last-Event-ID.'
  ],
  session_expired: [410, 'The session has expired', 'Start a new upload session.'],
  too_large: [413, 'Too large', 'Files may have at most 2 147 483 648 bytes, JSON bodies 1 MiB.'],
  unsupported_media_type: [415, 'Unsupported media type', 'Send the media type that the reference names.'],
  validation_failed: [422, 'Some fields break a rule', 'Every fault is listed in errors.'],
  file_invalid: [422, 'The file cannot be used', 'Send one video file with at least one byte.'],
  file_size_mismatch: [
    422,
    'The file has another size than announced',
    'Announce the exact size in bytes and send just those.'
  ],
  invalid_parts: [422, 'The parts do not match', 'List every part once, in order, with the ETag of its PUT.'],
  target_refused: [
    422,
    'A target would refuse this',
    'Each entry of errors names the account, the rule and what to change.'
  ],
  idempotency_key_reused: [422, 'The key was used for another request', 'Use a new Idempotency-Key for a new request.'],
  platform_unavailable: [
    422,
    'The platform is not set up here',
    'Ask the operator to set its client id and secret, or use a sandbox account.'
  ],
  quota_exceeded: [429, 'Quota exceeded', 'Wait for the reset that resetsAt names, or ask for more.'],
  too_many_streams: [429, 'Too many streams of events', 'Close those that nobody reads.'],
  rate_limited: [429, 'Too many requests', 'Wait as long as Retry-After says.'],
  internal_error: [
    500,
    'Our fault',
    'What was asked for may have been done: repeat it with the same Idempotency-Key, or look first. If it persists, tell us the requestId.'
  ],
  platform_error: [502, 'The platform did not answer as expected', 'Try again in a minute.'],
  not_ready: [503, 'Not ready', 'Try again in a few seconds.'],
  no_room: [507, 'No room for the file', 'Tell the operator that the disk is full, then try again.']
})

export type ProblemCode = keyof typeof problems

/** One faulty field. `path` in the reader's notation: `accounts[1]`, `youtube.categoryId`. */
export interface Fault {
  readonly path: string
  readonly code: string
  readonly message: string
  /** What the rule compares: the limit and what was measured, where there are such. */
  readonly limit?: number | string
  readonly measured?: number | string
  /** Encoding the video anew would mend it. */
  readonly isMendable?: boolean
  /** Which target it concerns, where it concerns one. */
  readonly accountId?: string
  readonly platform?: string
}
