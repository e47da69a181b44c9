import type { IncomingMessage } from 'node:http'
import { plainText, type Reply, ReplyError, readText } from '../../sandbox/reply.ts'
import type { Call, Request } from '../../sandbox/serve.ts'
import type { Holder } from '../../sandbox/sign-in.ts'
import { listCategories } from './categories.ts'
import { insertComment, listComments } from './comments.ts'
import { refuse } from './errors.ts'
import { insertCaption, listCaptions, setThumbnail } from './extras.ts'
import { openSession } from './insert.ts'
import { withoutItems } from './lists.ts'
import type { World } from './model.ts'
import { addToPlaylist, listItems, listPlaylists } from './playlists.ts'
import { charge } from './quota.ts'
import { listChannels, listUploads, listVideos } from './read.ts'
import { cancelSession, forgetSession, putSession, readRange } from './session.ts'
import { uploadSimply } from './simple.ts'

const SCOPE = 'https://www.googleapis.com/auth'
const FULL = ['youtube.force-ssl']
const MANAGE = ['youtube', ...FULL]
const READ = ['youtube.readonly', ...MANAGE]
const UPLOAD = ['youtube.upload', ...MANAGE]

/** A method of the API: the names that faults know it by, what it needs, what it does. */
interface Method {
  readonly names: readonly string[]
  readonly scopes: readonly string[]
  readonly bucket: 'uploads' | 'units' | null
  /** In the bucket's units. Absent: 1. */
  readonly cost?: number
  /** `stream`: the body, which a fault may have shortened. */
  run(caller: Holder, stream: AsyncIterable<Uint8Array>): Promise<Reply>
}

/** The signed-in caller. Throws 401. */
async function authenticate(req: IncomingMessage, { signIn }: World): Promise<Holder> {
  const token = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1]
  if (token === undefined)
    throw refuse(401, 'required', { message: 'Login Required.', location: 'Authorization', locationType: 'header' })
  const access = await signIn.verify(token)
  if (!access) throw refuse(401, 'authError')
  return access
}

/** Throws 404 for an address that is not served. Costs: developers.google.com/youtube/v3/determine_quota_cost. */
function findMethod(request: Request, world: World): Method {
  const { req, path, query, host } = request
  const units = (name: string, scopes: readonly string[], cost: number, run: Method['run']): Method => {
    return { names: [name], scopes, bucket: 'units', cost, run }
  }
  const sent = (body: AsyncIterable<Uint8Array>) => ({ query, contentType: req.headers['content-type'] ?? '', body })
  switch (`${req.method} ${path}`) {
    case 'GET /youtube/v3/channels':
      return units('channels', READ, 1, caller => listChannels(query, caller, world))
    case 'GET /youtube/v3/videos':
      return units('status', READ, 1, caller => listVideos(query, caller, world))
    case 'GET /youtube/v3/videoCategories':
      return units('categories', READ, 1, () => listCategories(query))
    case 'GET /youtube/v3/playlists':
      return units('playlists', READ, 1, caller => listPlaylists(query, caller))
    case 'GET /youtube/v3/playlistItems':
      return query.get('playlistId')?.startsWith('PL')
        ? units('inPlaylist', READ, 1, caller => listItems(query, caller, world))
        : units('list', READ, 1, caller => listUploads(query, caller, world))
    case 'POST /youtube/v3/playlistItems':
      return units('addToPlaylist', MANAGE, 50, async (caller, body) =>
        addToPlaylist(query, await readText(body), caller, world)
      )
    case 'GET /youtube/v3/commentThreads':
      return units('comments', FULL, 1, caller => listComments(query, caller, world))
    case 'POST /youtube/v3/commentThreads':
      return units('comment', FULL, 50, async (caller, body) =>
        insertComment(query, await readText(body), caller, world)
      )
    case 'GET /youtube/v3/captions':
      return units('captions', FULL, 50, caller => listCaptions(query, caller, world))
    case 'POST /upload/youtube/v3/captions':
      return units('caption', FULL, 400, (caller, body) => insertCaption(sent(body), caller, world))
    case 'POST /upload/youtube/v3/thumbnails/set':
      return units('thumbnail', UPLOAD, 50, (caller, body) => setThumbnail(sent(body), caller, world))
    case 'POST /youtube/v3/videos':
      throw refuse(400, 'wrongUrlForUpload', {
        message: 'Uploads must be sent to the upload URL. Re-send this request to /upload/youtube/v3/videos'
      })
  }
  if (/^(\/resumable)?\/upload\/youtube\/v3\/videos$/.test(path)) return uploadMethod(request, world)
  throw new ReplyError(plainText(404, `Not Found: ${host}${path}`))
}

function uploadMethod({ req, query, host }: Request, world: World): Method {
  const { headers } = req
  const uploadId = query.get('upload_id')
  if (uploadId !== null && req.method === 'PUT') {
    const length = Number(headers['content-length'] ?? 0)
    const range = readRange(headers['content-range'], length)
    if (!range) throw refuse(400, 'badRequest', { message: 'Failed to parse Content-Range header.' })
    const type = headers['content-type']
    const isLast = range.last + 1 === range.total || range.total === null
    return {
      names: range.isQuery ? ['query'] : isLast ? ['chunk', 'lastChunk'] : ['chunk'],
      scopes: UPLOAD,
      bucket: null,
      run: (caller, stream) =>
        putSession(uploadId, { range, type, length, stream, stop: () => req.destroy() }, caller, world)
    }
  }
  if (uploadId !== null && req.method === 'DELETE')
    return { names: ['query'], scopes: UPLOAD, bucket: null, run: caller => cancelSession(uploadId, caller, world) }
  if (req.method !== 'POST') throw refuse(405, 'httpMethodNotAllowed')
  const slug = headers.slug === undefined ? undefined : String(headers.slug)
  const uploadType = query.get('uploadType') ?? ''
  if (uploadType === 'multipart' || uploadType === 'media')
    return {
      names: ['insert', 'chunk', 'lastChunk'],
      scopes: UPLOAD,
      bucket: 'uploads',
      run: (caller, stream) => {
        const contentType = headers['content-type'] ?? ''
        return uploadSimply({ query, contentType, slug, stream, stop: () => req.destroy() }, caller, world)
      }
    }
  if (uploadType !== 'resumable') throw refuse(400, uploadType === '' ? 'notUpload' : 'badRequest')
  return {
    names: ['insert'],
    scopes: UPLOAD,
    bucket: 'uploads',
    run: async (caller, body) => {
      const text = await readText(body)
      const type = String(headers['x-upload-content-type'] ?? '')
      const length = headers['x-upload-content-length']
      const opening = { query, type, length: length === undefined ? null : Number(length), slug, text }
      return openSession(opening, host, caller, world)
    }
  }
}

/** One request to the API, signed in. */
export async function routeApi(request: Request, world: World): Promise<Call> {
  const method = findMethod(request, world)
  const caller = await authenticate(request.req, world)
  const uploadId = request.query.get('upload_id')
  return {
    names: method.names,
    project: caller.project,
    run: body => perform(method, caller, body, world),
    fail: (status, reason = REASON[status] ?? 'backendError', headers) => refuse(status, reason, {}, headers).reply,
    ...(uploadId === null ? {} : { forgetSession: () => forgetSession(uploadId, world) }),
    async endGrant() {
      await world.signIn.endGrants(caller)
      return refuse(401, 'authError').reply
    }
  }
}

async function perform(method: Method, caller: Holder, body: AsyncIterable<Uint8Array>, world: World): Promise<Reply> {
  if (method.bucket) await charge(caller.project, method.bucket, method.cost ?? 1, world)
  if (!method.scopes.some(scope => caller.scopes.includes(`${SCOPE}/${scope}`)))
    throw refuse(403, 'insufficientPermissions')
  const reply = await method.run(caller, body)
  const { hits } = await world.faults.take(caller.project, method.names, ['noItems'])
  return hits.noItems ? withoutItems(reply) : reply
}

const REASON: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'authError',
  403: 'forbidden',
  404: 'notFound',
  429: 'rateLimitExceeded',
  500: 'internalError'
}
