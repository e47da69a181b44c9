import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import type { App } from '../app.ts'
import { answerErrors, answerMalformed, answerNoHttp, newRequestId } from './errors.ts'

const MiB = 2 ** 20

/** Fastify with everything that every route has: request ids, problems, JSON and its limit. No routes. */
export async function createHttp(app: Pick<App, 'config' | 'log'>): Promise<FastifyInstance> {
  const docsUrl = `${app.config.http.publicUrl}/docs/errors`
  const http = Fastify({
    loggerInstance: app.log,
    genReqId: newRequestId,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    clientErrorHandler: (error, socket) => answerNoHttp(error, socket, docsUrl),
    frameworkErrors: (error, request, reply) => answerMalformed(error, request, reply, docsUrl),
    bodyLimit: MiB,
    trustProxy: trustOf(app.config.http.trustedProxies),
    // A 2 GB form on a slow line takes hours; what idles is cut by keepAliveTimeout and the socket's own time-out.
    requestTimeout: 0,
    connectionTimeout: 180_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 }
  }) as unknown as FastifyInstance
  // Fastify reads text/plain of itself; no route takes it.
  http.removeContentTypeParser('text/plain')
  await http.register(cookie)
  http.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  http.addHook('onResponse', async (request, reply) => {
    const { method, tenantId } = request
    // A query may carry a signature or a code, and a parameter named token is one.
    const { token } = request.params as { token?: string }
    const path = (request.url.split('?')[0] as string).replace(token || '\0', '…')
    request.log.info({ tenantId, method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request')
  })
  answerErrors(http, docsUrl)
  return http
}

/** Only `request.ip` is read of what it makes known: no address of ours is made from a header. */
const trustOf = (proxies: number | readonly string[] | undefined) =>
  typeof proxies === 'number' ? (_: string, step: number) => step < proxies : proxies ? [...proxies] : false

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `authenticate`, for the log. */
    tenantId?: string
  }
}
