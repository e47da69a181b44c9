import type { IncomingMessage } from 'node:http'
import { onlyFirst, type Reply, readText } from '../../sandbox-http.ts'
import { ApiError, refuse } from './errors.ts'
import { openSession } from './insert.ts'
import { type Caller, digest, isPast, type World } from './model.ts'
import { charge } from './quota.ts'
import { listChannels, listPlaylist, listVideos } from './read.ts'
import { cancelSession, forgetSession, putSession, readRange } from './session.ts'
import { uploadSimply } from './simple.ts'
import { endGrants } from './token.ts'

const SCOPE = 'https://www.googleapis.com/auth'
const READ = ['youtube.readonly', 'youtube', 'youtube.force-ssl']
const UPLOAD = ['youtube.upload', 'youtube', 'youtube.force-ssl']

/** One request to www.googleapis.com. */
export interface Request {
  readonly req: IncomingMessage
  readonly host: string
  readonly path: string
  readonly query: URLSearchParams
}

/** A method of the API: the names that faults know it by, what it needs, what it does. */
export interface Method {
  readonly names: readonly string[]
  readonly scopes: readonly string[]
  readonly bucket: 'uploads' | 'units' | null
  /** `stream`: the body, which a fault may have shortened. */
  run(caller: Caller, stream: AsyncIterable<Uint8Array>): Promise<Reply>
}

/** The signed-in caller. Throws 401. */
export async function authenticate(req: IncomingMessage, { model, deps }: World): Promise<Caller> {
  const token = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1]
  if (token === undefined)
    throw refuse(401, 'required', { message: 'Login Required.', location: 'Authorization', locationType: 'header' })
  const access = await model.get('access', digest(token))
  if (!access || isPast(access.expiresAt, deps.now())) throw refuse(401, 'authError')
  return access
}

/** Throws 404 for an address that is not served. */
export function findMethod(request: Request, world: World): Method {
  const { req, path, query, host } = request
  const at = `${req.method} ${path}`
  const read = (name: string, run: typeof listVideos): Method => ({
    names: [name],
    scopes: READ,
    bucket: 'units',
    run: caller => run(query, caller, world)
  })
  if (at === 'GET /youtube/v3/channels') return read('channels', listChannels)
  if (at === 'GET /youtube/v3/videos') return read('status', listVideos)
  if (at === 'GET /youtube/v3/playlistItems') return read('list', listPlaylist)
  if (/^(\/resumable)?\/upload\/youtube\/v3\/videos$/.test(path)) return uploadMethod(request, world)
  if (at === 'POST /youtube/v3/videos')
    throw refuse(400, 'wrongUrlForUpload', {
      message: 'Uploads must be sent to the upload URL. Re-send this request to /upload/youtube/v3/videos'
    })
  throw new ApiError({ status: 404, headers: { 'content-type': 'text/plain' }, body: `Not Found: ${host}${path}` })
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
    run: async caller => {
      const text = await readText(req)
      const type = String(headers['x-upload-content-type'] ?? '')
      const length = headers['x-upload-content-length']
      const opening = { query, type, length: length === undefined ? null : Number(length), slug, text }
      return openSession(opening, host, caller, world)
    }
  }
}

export interface Outcome {
  readonly reply: Reply
  /** Bytes of the answer that still arrive. */
  readonly cut?: number
  /** The connection goes without an answer. */
  readonly isDropped?: boolean
}

/** One request with its faults. */
export async function serveApi(request: Request, world: World, sleep: (ms: number) => Promise<void>): Promise<Outcome> {
  const { req, query } = request
  const method = findMethod(request, world)
  let caller = await authenticate(req, world)
  const { hits } = await world.faults.take(caller.project, method.names, [
    'cutAnswer',
    'dropRequest',
    'status',
    'delayMs',
    'forgetSessions',
    'revokeGrant'
  ])
  if (hits.delayMs) await sleep(hits.delayMs.ms)
  const uploadId = query.get('upload_id')
  if (hits.dropRequest) {
    if (hits.dropRequest.bytes > 0) await method.run(caller, onlyFirst(req, hits.dropRequest.bytes)).catch(() => {})
    return { reply: { status: 500 }, isDropped: true }
  }
  if (hits.revokeGrant) {
    await endGrants(caller, world)
    caller = await authenticate(req, world)
  }
  const { forgetSessions: forget, status, cutAnswer } = hits
  const cut = cutAnswer ? { cut: cutAnswer.bytes } : {}
  if (forget?.when === 'before' && uploadId !== null) await forgetSession(uploadId, world)
  const refusal =
    status && refuse(status.code, status.reason ?? reasonOf(status.code), {}, retryHeader(status.retryAfter)).reply
  if (refusal && status.when === 'before') return { reply: refusal, ...cut }
  const reply = await perform(method, caller, req, world)
  if (forget?.when === 'after' && uploadId !== null) await forgetSession(uploadId, world)
  return { reply: refusal ?? reply, ...cut }
}

async function perform(method: Method, caller: Caller, req: IncomingMessage, world: World): Promise<Reply> {
  try {
    if (method.bucket) await charge(caller.project, method.bucket, world)
    if (!method.scopes.some(scope => caller.scopes.includes(`${SCOPE}/${scope}`)))
      throw refuse(403, 'insufficientPermissions')
    return await method.run(caller, req)
  } catch (error) {
    if (error instanceof ApiError) return error.reply
    throw error
  }
}

const retryHeader = (seconds: number | undefined): Record<string, string> =>
  seconds === undefined ? {} : { 'retry-after': String(seconds) }

const REASON: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'authError',
  403: 'forbidden',
  404: 'notFound',
  429: 'rateLimitExceeded',
  500: 'internalError'
}
const reasonOf = (code: number): string => REASON[code] ?? 'backendError'
