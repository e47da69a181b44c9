import { createHash } from 'node:crypto'
import { json, type Reply } from '../../sandbox/reply.ts'
import { digest } from '../../sandbox/secrets.ts'
import type { Holder } from '../../sandbox/sign-in.ts'
import { parseBody } from './body.ts'
import { refuse } from './errors.ts'
import { list, resource } from './lists.ts'
import type { CaptionDoc, VideoDoc, World } from './model.ts'
import { partsOf } from './parts.ts'
import { divide } from './related.ts'
import { uploadStatus } from './video.ts'

const PICTURE_MAX = 52_428_800
const CAPTIONS_MAX = 104_857_600
/** The first bytes of a JPEG, PNG, GIF, BMP. */
const PICTURES = ['ffd8ff', '89504e470d0a1a0a', '474946', '424d']

/** A request with a file: `contentType` of the whole body. */
export interface Sent {
  readonly query: URLSearchParams
  readonly contentType: string
  readonly body: AsyncIterable<Uint8Array>
}

/** The caller's own video. Throws 404 or 403. */
export async function ownVideo(id: string | null, caller: Holder, { model }: World): Promise<VideoDoc> {
  const video = id === null ? null : await model.get('video', id)
  if (!video || video.project !== caller.project)
    throw refuse(404, 'videoNotFound', {
      domain: 'youtube.video',
      message: 'The video that you are trying to use cannot be found.',
      location: 'videoId',
      locationType: 'parameter'
    })
  if (video.channel !== caller.account) throw refuse(403, 'forbidden', { domain: 'youtube.common' })
  return video
}

/** POST /upload/youtube/v3/thumbnails/set. On a Short that is not processed: 200, and nothing is set. */
export async function setThumbnail({ query, contentType, body }: Sent, caller: Holder, world: World): Promise<Reply> {
  const { faults, model, deps } = world
  const videoId = query.get('videoId')
  if (videoId === null)
    throw refuse(400, 'missingRequiredParameter', { location: 'videoId', locationType: 'parameter' })
  const video = await ownVideo(videoId, caller, world)
  const { longUploads = 'allowed', thumbnailLimitExceeded } = await faults.get(caller.project)
  if (longUploads !== 'allowed')
    throw refuse(403, 'forbidden', {
      domain: 'youtube.thumbnail',
      message: "The thumbnail can't be set for the specified video. The request might not be properly authorized."
    })
  if (thumbnailLimitExceeded)
    throw refuse(429, 'uploadRateLimitExceeded', {
      domain: 'youtube.thumbnail',
      message: 'The channel has uploaded too many thumbnails recently. Please try the request again later.'
    })
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (!['image/jpeg', 'image/png', 'application/octet-stream'].includes(type)) throw refuse(400, 'badContent')
  const { bytes, sha256, head } = await digestOf(body, PICTURE_MAX)
  if (bytes === 0) throw refuse(400, 'mediaBodyRequired', { domain: 'youtube.thumbnail' })
  if (!PICTURES.some(magic => head.startsWith(magic)))
    throw refuse(400, 'invalidImage', {
      domain: 'youtube.thumbnail',
      message: 'The provided image content is invalid.'
    })
  const now = deps.now()
  if (!video.isShort || uploadStatus(video, now) === 'processed')
    await model.put('thumbnail', videoId, { bytes, sha256, type, createdAt: now.toISOString() }, caller.project)
  const url = `https://i.ytimg.com/vi/${videoId}/default.jpg`
  return json(200, {
    kind: 'youtube#thumbnailSetResponse',
    etag: '"sandbox"',
    items: [{ default: { url, width: 120, height: 90 } }]
  })
}

/** POST /upload/youtube/v3/captions */
export async function insertCaption(sent: Sent, caller: Holder, world: World): Promise<Reply> {
  const { deps, model } = world
  const parts = partsOf(sent.query)
  if (sent.query.get('uploadType') !== 'multipart') throw refuse(400, 'badRequest')
  const { text, media } = await divide(sent.contentType, sent.body)
  const { snippet = {} } = parseBody(text)
  const { videoId, language, name, isDraft = false } = snippet
  const wrong = (reason: string): Error => refuse(400, reason, { domain: 'youtube.caption', location: 'body' })
  if (typeof videoId !== 'string' || typeof language !== 'string' || !isLanguage(language) || typeof name !== 'string')
    throw wrong('invalidMetadata')
  if (name.length > 150) throw wrong('nameTooLong')
  await ownVideo(videoId, caller, world)
  const { bytes, sha256 } = await digestOf(media.bytes, CAPTIONS_MAX)
  if (bytes === 0 || !media.isWhole()) throw wrong('contentRequired')
  const id = digest(`${videoId}/${language}/${name}`)
  const fresh: CaptionDoc = {
    video: videoId,
    language,
    name,
    isDraft: isDraft === true,
    bytes,
    sha256,
    createdAt: deps.now().toISOString()
  }
  let isNew = false
  await model.update('caption', id, caller.project, old => {
    isNew = old === null
    return old ? null : fresh
  })
  if (!isNew)
    throw refuse(409, 'captionExists', {
      domain: 'youtube.caption',
      message: 'The specified video already has a caption track with the given language and name.'
    })
  return json(200, captionResource(id, fresh, parts))
}

/** GET /youtube/v3/captions. With the track that YouTube's own recognition makes. */
export async function listCaptions(query: URLSearchParams, caller: Holder, world: World): Promise<Reply> {
  const { deps, faults, model } = world
  const parts = partsOf(query)
  const videoId = query.get('videoId')
  const video = await ownVideo(videoId, caller, world)
  const { showPostsAfterSeconds = 0 } = await faults.get(caller.project)
  const now = deps.now().getTime()
  const tracks = (await model.list('caption', caller.project)).filter(
    ({ doc }) => doc.video === videoId && Date.parse(doc.createdAt) + showPostsAfterSeconds * 1000 <= now
  )
  const items = tracks.map(({ id, doc }) => captionResource(id, doc, parts))
  const language = String(video.body.snippet?.defaultAudioLanguage ?? 'en')
  const own = { videoId, language, name: '', trackKind: 'asr', isDraft: false, status: 'serving' }
  return list('captionListResponse', [...items, resource('caption', 'asr', parts, { snippet: own })])
}

const captionResource = (id: string, doc: CaptionDoc, parts: readonly string[]) =>
  resource('caption', id, parts, {
    snippet: {
      videoId: doc.video,
      lastUpdated: doc.createdAt,
      trackKind: 'standard',
      language: doc.language,
      name: doc.name,
      isDraft: doc.isDraft,
      status: 'serving'
    }
  })

function isLanguage(tag: string): boolean {
  try {
    return new Intl.Locale(tag).language !== ''
  } catch {
    return false
  }
}

/** Reads a file of at most `max` bytes without keeping it. Longer: a RangeError, which is 413. */
async function digestOf(stream: AsyncIterable<Uint8Array>, max: number) {
  const hash = createHash('sha256')
  let bytes = 0
  let head = ''
  for await (const part of stream) {
    bytes += part.length
    if (bytes > max) throw new RangeError('the file is too long')
    if (head.length < 16) head = (head + Buffer.from(part.subarray(0, 8)).toString('hex')).slice(0, 16)
    hash.update(part)
  }
  return { bytes, head, sha256: hash.digest('hex') }
}
