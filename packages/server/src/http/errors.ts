import type { Socket } from 'node:net'
import { problems } from '@upload24/contract'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { newId } from '../lib/ids.ts'
import { problemCount } from '../lib/metrics.ts'
import { drainBriefly } from './drain.ts'
import { collectMethods } from './methods.ts'
import { Problem, problem } from './problem.ts'

export const newRequestId = (): string => `req_${newId().replaceAll('-', '')}`

/** Every error leaves as RFC 9457 `application/problem+json`. `docsUrl`: where a problem's `type` leads. */
export function answerErrors(http: FastifyInstance, docsUrl: string): void {
  http.setErrorHandler((error: FastifyError | Problem, request, reply) => {
    const known = error instanceof Problem ? error : translate(error, request.method)
    if (known.status >= 500) request.log.error({ err: error }, 'request failed')
    return sendProblem(request, reply, known, docsUrl)
  })
  const methodsOf = collectMethods(http)
  http.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] as string
    return sendProblem(request, reply, refuseAddress(request.method, path, methodsOf(path)), docsUrl)
  })
}

function refuseAddress(method: string, path: string, allowed: readonly string[]): Problem {
  if (allowed.length === 0) return problem('not_found', `There is nothing at ${path}.`)
  const allow = allowed.join(', ')
  return problem('method_not_allowed', `${path} takes ${allow}, not ${method}.`, { headers: { allow } })
}

/**
 * What is no HTTP never becomes a request: it is answered on the bare connection, and that is closed.
 * `docsUrl`: where a problem's `type` leads.
 */
export function answerNoHttp(error: ConnectionError, socket: Socket, docsUrl: string): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return
  const requestId = newRequestId()
  const known = problem('bad_request', `This is not HTTP as it should be: ${error.code ?? error.message}.`)
  const body = JSON.stringify(problemBody(known, requestId, docsUrl))
  const headers = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close'
  ]
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`)
}

/** An address that is no address never reaches a route. */
export function answerMalformed(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  docsUrl: string
): void {
  reply.header('x-request-id', request.id)
  sendProblem(request, reply, problem('bad_request', error.message), docsUrl)
}

/** The body of a problem, also for those that are kept and replayed. */
export function problemBody(known: Problem, requestId: string, docsUrl: string): Record<string, unknown> {
  const [status, title] = problems[known.code]
  return {
    type: `${docsUrl}#${known.code}`,
    title,
    status,
    detail: known.message,
    code: known.code,
    requestId,
    ...(known.errors ? { errors: known.errors } : {}),
    ...known.more
  }
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, known: Problem, docsUrl: string) {
  problemCount.inc({ code: known.code })
  // Of a refused form two gigabytes may still be on their way.
  drainBriefly(request.raw)
  // Of what was not made after all.
  reply.removeHeader('location')
  if (known.status === 401) reply.header('www-authenticate', 'Bearer realm="upload24", ApiKey header="X-Api-Key"')
  reply.headers(known.headers)
  return reply
    .code(known.status)
    .type('application/problem+json')
    .send(problemBody(known, request.id, docsUrl))
}

/** What Fastify itself refuses, in our words. */
function translate(error: FastifyError, method: string): Problem {
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problem('unsupported_media_type', 'The body has a media type that this route does not read.')
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return problem('too_large', 'The JSON body has more than 1 MiB.')
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return problem('malformed_json', 'The body is not valid JSON.')
  }
  if (error instanceof SyntaxError) return problem('malformed_json', 'The body is not valid JSON.')
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return problem('bad_request', error.message)
  }
  // A commit whose answer was lost has made what was asked for.
  const next =
    method === 'GET' || method === 'HEAD'
      ? 'Try again'
      : 'It may have been done all the same: repeat it with the same Idempotency-Key, or look first'
  return problem('internal_error', `Something failed on our side. ${next}; give us the requestId if it stays.`)
}
