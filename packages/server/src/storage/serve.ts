import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { drainBriefly } from '../http/drain.ts'
import { problem } from '../http/problem.ts'
import type { DiskStorage } from './disk.ts'
import { AlreadyFrozen, MediaChanged, Missing, StorageFull, TooLong, TooShort } from './errors.ts'
import { parseRange } from './range.ts'
import { SINGLE, WHOLE } from './staged-part.ts'

type Request = FastifyRequest<{ Params: { tenant: string; file: string } }>

const PATH = '/storage/:tenant/:file'
/** A sender that says nothing for this long has gone; its bytes are given up. */
const IDLE_MS = 120_000

/** Serves the signed addresses of the local store. Errors are thrown as problems, for the server's error handler. */
export async function serveStorage(http: FastifyInstance, { disk }: { disk: DiskStorage }): Promise<void> {
  http.removeAllContentTypeParsers()
  http.addContentTypeParser('*', (_request, _body, done) => done(null))

  // Browsers upload from any origin: the signature is the right to do so, and no cookie is read here.
  http.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'ETag, Content-Length, Content-Range, Accept-Ranges, X-Request-Id',
      'Cross-Origin-Resource-Policy': 'cross-origin'
    })
  })

  http.options(PATH, async (_request, reply) =>
    reply
      .code(204)
      .headers({
        'Access-Control-Allow-Methods': 'GET, HEAD, PUT',
        'Access-Control-Allow-Headers': 'Content-Type, Range, If-Range',
        'Access-Control-Max-Age': '86400'
      })
      .send()
  )

  http.put(PATH, async (request: Request, reply) => {
    request.raw.setTimeout(IDLE_MS, () => request.raw.destroy())
    try {
      const part = await receive(disk, request)
      return reply.code(200).header('ETag', part.etag).send()
    } catch (error) {
      drainBriefly(request.raw)
      throw explain(error)
    } finally {
      request.raw.setTimeout(0)
    }
  })

  http.route<{ Params: { tenant: string; file: string } }>({
    method: ['GET', 'HEAD'],
    url: PATH,
    exposeHeadRoute: false,
    handler: (request, reply) => sendObject(disk, request, reply)
  })
}

async function receive(disk: DiskStorage, request: Request) {
  const { key, params } = readGrant(disk, 'PUT', request)
  const bytes = Number(params.bytes)
  const { type } = params
  if (type !== undefined && !isSameType(request.headers['content-type'], type)) {
    throw problem('invalid_signature', `The address was signed for Content-Type: ${type}. Send just that header.`)
  }
  const announced = request.headers['content-length']
  if (announced !== undefined && Number(announced) !== bytes) {
    throw problem('file_size_mismatch', `The address was signed for ${bytes} bytes; ${announced} were announced.`)
  }
  return disk.receive(key, params.upload ?? SINGLE, Number(params.part ?? WHOLE), request.raw, bytes)
}

async function sendObject(disk: DiskStorage, request: Request, reply: FastifyReply) {
  const { key, params } = readGrant(disk, 'GET', request)
  const object = { key, etag: params.etag ?? '', bytes: Number(params.bytes) }
  const ifRange = request.headers['if-range']
  const isRanged = ifRange === undefined || ifRange === object.etag
  const range = parseRange(isRanged ? request.headers.range : undefined, object.bytes)
  reply.headers({
    ETag: object.etag,
    'Accept-Ranges': 'bytes',
    'Content-Type': params.type ?? 'application/octet-stream',
    // These bytes are somebody's file: never a page of this origin.
    'Content-Security-Policy': 'sandbox',
    'X-Content-Type-Options': 'nosniff'
  })
  if (range === 'unsatisfiable') {
    return reply.code(416).header('Content-Range', `bytes */${object.bytes}`).send()
  }
  const { start, end } = range ?? { start: 0, end: object.bytes }
  if (range) reply.code(206).header('Content-Range', `bytes ${start}-${end - 1}/${object.bytes}`)
  reply.header('Content-Length', end - start)
  try {
    const body = await disk.read(object, start, request.method === 'HEAD' ? start : end)
    return reply.send(request.method === 'HEAD' ? undefined : body)
  } catch (error) {
    throw explain(error)
  }
}

function readGrant(disk: DiskStorage, method: 'PUT' | 'GET', request: Request) {
  const { tenant, file } = request.params
  const key = `${tenant}/${file}`
  const query = request.raw.url?.split('?', 2)[1] ?? ''
  const granted = disk.readAddress(method, key, query)
  if (granted === 'expired') throw problem('invalid_signature', 'The address has expired. Ask for a new one.')
  if (granted === 'invalid') {
    throw problem(
      'invalid_signature',
      'The address was changed or belongs to another method. Use it just as it was given.'
    )
  }
  return { key, params: granted.params }
}

const isSameType = (sent: string | undefined, signed: string) =>
  sent?.trim().toLowerCase() === signed.trim().toLowerCase()

/** The storage's words as the caller's faults; what is neither stays a bug. */
function explain(error: unknown): unknown {
  if (error instanceof TooLong || error instanceof TooShort) {
    return problem('file_size_mismatch', `The address was signed for another size: ${error.message}.`)
  }
  if (error instanceof StorageFull) return problem('no_room', 'The disk is full; nothing of the file was kept.')
  if (error instanceof AlreadyFrozen)
    return problem('session_completed', 'The upload is complete: its bytes are frozen.')
  if (error instanceof Missing) return problem('not_found', 'Nothing is awaited or kept at this address any more.')
  if (error instanceof MediaChanged) return problem('not_found', 'The file that this address was made for is gone.')
  return error
}
