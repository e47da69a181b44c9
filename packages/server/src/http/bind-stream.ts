import type { ServerResponse } from 'node:http'
import type { Endpoint } from '@upload24/contract'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { type Binding, readInput } from './bind.ts'
import type { Caller } from './caller.ts'

export interface StreamCall<Q> {
  readonly query: Q
  readonly caller: Caller
  readonly request: FastifyRequest
  /** Once more: a key may be revoked and a token expire while the stream is open. */
  readonly authenticate: () => Promise<unknown>
  /** From here on it is a stream: until then a problem is answered as on every route. */
  readonly start: () => ServerResponse
}

/** Binds an endpoint that answers with server-sent events. The handler runs for as long as the stream is open. */
export function bindStream<const E extends Endpoint & { readonly query: z.ZodType; readonly stream: true }>(
  binding: Binding,
  endpoint: E,
  handler: (call: StreamCall<z.output<E['query']>>) => Promise<void>
): void {
  binding.http.route({
    method: endpoint.method,
    url: endpoint.path,
    // A HEAD would be answered with a stream that nobody reads.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const authenticate = () => binding.authenticate(request, endpoint)
      const caller = (await authenticate()) as Caller
      const { query } = readInput(endpoint, request)
      const start = () => {
        const headers = reply.getHeaders()
        reply.hijack()
        reply.raw.writeHead(200, {
          ...(headers as Record<string, string>),
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-cache, no-transform',
          // nginx and those that follow it hand each event on at once.
          'x-accel-buffering': 'no'
        })
        return reply.raw
      }
      await handler({ query: query as z.output<E['query']>, caller, request, authenticate, start })
      return reply
    }
  })
}
