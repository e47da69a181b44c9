import type { Reply } from '../../sandbox/reply.ts'
import { digest, newSecret } from '../../sandbox/secrets.ts'
import type { Holder } from '../../sandbox/sign-in.ts'
import { parseBody } from './body.ts'
import { isAssignable } from './categories.ts'
import { badField, refuse } from './errors.ts'
import type { Session, VideoBody, World } from './model.ts'
import { partsOf } from './parts.ts'
import { sweepSessions } from './session.ts'

const MAX_BYTES = 274_877_906_944

export interface Opening {
  readonly query: URLSearchParams
  /** Of the media. */
  readonly type: string
  readonly length: number | null
  readonly slug: string | undefined
  readonly text: string
}

/** POST /upload/youtube/v3/videos?uploadType=resumable: checks what can be checked, and gives the session's address. */
export async function openSession(opening: Opening, host: string, caller: Holder, world: World): Promise<Reply> {
  const { id, session } = await makeSession(opening, caller, world)
  if (/^[AQ]/.test(digest(id))) await sweepSessions(caller.project, world)
  await world.model.put('session', digest(id), session, caller.project)
  const query = new URLSearchParams(opening.query)
  query.set('upload_id', id)
  const location = `${world.deps.base}/h/${host}/upload/youtube/v3/videos?${query}`
  return { status: 200, headers: { location, 'x-guploader-uploadid': id } }
}

/** A session that nobody has stored yet. Throws what YouTube would refuse. */
export async function makeSession(
  { query, type, length, slug, text }: Opening,
  caller: Holder,
  { faults, deps }: World
): Promise<{ id: string; session: Session }> {
  const { uploadLimitExceeded, channelSuspended, ignoreSlug } = await faults.get(caller.project)
  if (channelSuspended) throw refuse(403, 'channelSuspended')
  if (uploadLimitExceeded) throw refuse(400, 'uploadLimitExceeded')
  const parts = partsOf(query)
  const body = readBody(text, parts)
  checkBody(body)
  if (!/^video\/.+|^application\/octet-stream$/.test(type))
    throw refuse(400, 'badContent', {
      message: `Media type '${type}' is not supported. Valid media types: [video/*, application/octet-stream]`
    })
  if (length !== null && (!Number.isSafeInteger(length) || length < 0)) throw refuse(400, 'badRequest')
  if (length !== null && length > MAX_BYTES) throw refuse(413, 'uploadTooLarge')
  if (slug !== undefined && (slug.trim() === '' || /[\p{Cc}/\\]/u.test(slug)))
    throw refuse(400, 'invalidFilename', { domain: 'youtube.video', location: 'Slug', locationType: 'header' })
  const session: Session = {
    project: caller.project,
    channel: caller.account,
    total: length,
    type,
    fileName: (ignoreSlug ? undefined : slug) ?? 'unknown',
    parts,
    body,
    notify: query.get('notifySubscribers') !== 'false',
    createdAt: deps.now().toISOString(),
    video: null,
    resultAt: null
  }
  return { id: newSecret('AB-sandbox-'), session }
}

/** Only what the `part` parameter names is written. */
const readBody = (text: string, parts: readonly string[]): VideoBody =>
  Object.fromEntries(Object.entries(parseBody(text)).filter(([name]) => parts.includes(name)))

/** docs/videos/insert#errors */
function checkBody({ snippet = {}, status = {}, localizations }: VideoBody): void {
  const { title, description = '', tags = [], categoryId, defaultLanguage } = snippet
  if (typeof title !== 'string' || title.trim() === '' || title.length > 100 || /[<>]/.test(title))
    throw badField('invalidTitle', 'snippet.title', 'The request metadata specifies an invalid or empty video title.')
  if (typeof description !== 'string' || Buffer.byteLength(description) > 5000 || /[<>]/.test(description))
    throw badField(
      'invalidDescription',
      'snippet.description',
      'The request metadata specifies an invalid video description.'
    )
  if (!Array.isArray(tags) || !areTags(tags))
    throw badField('invalidTags', 'snippet.tags', 'The request metadata specifies invalid video keywords.')
  if (categoryId !== undefined && !isAssignable(String(categoryId)))
    throw badField('invalidCategoryId', 'snippet.categoryId', 'The request metadata specifies an invalid category ID.')
  if (localizations !== undefined && defaultLanguage === undefined)
    throw badField('defaultLanguageNotSet', 'localizations', 'The default language is not set.')
  const { privacyStatus, publishAt, license } = status
  if (privacyStatus !== undefined && !['public', 'unlisted', 'private'].includes(String(privacyStatus)))
    throw badField('invalidVideoMetadata', 'status.privacyStatus', 'The request metadata is invalid.')
  if (license !== undefined && !['youtube', 'creativeCommon'].includes(String(license)))
    throw badField('invalidVideoMetadata', 'status.license', 'The request metadata is invalid.')
  const isTime =
    typeof publishAt === 'string' && /^\d{4}-\d\d-\d\dT/.test(publishAt) && !Number.isNaN(Date.parse(publishAt))
  if (publishAt !== undefined && (!isTime || privacyStatus !== 'private'))
    throw badField(
      'invalidPublishAt',
      'status.publishAt',
      'The request metadata specifies an invalid scheduled publishing time.'
    )
}

/** Counted here anew, not with the connector's own function: a mistake in one of them must show. */
function areTags(tags: readonly unknown[]): boolean {
  if (!tags.every(tag => typeof tag === 'string' && tag !== '' && !/[<>]/.test(tag))) return false
  const quoted = tags.map(tag => (/ /.test(String(tag)) ? `"${tag}"` : String(tag)))
  return quoted.join(',').length <= 500
}
