import type { Endpoint } from '@upload24/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Caller, UserCaller } from './caller.ts'
import { Problem, problem } from './problem.ts'
import { faultsOf } from './validation.ts'

type Output<S> = S extends z.ZodType ? z.output<S> : undefined

/** What a handler is given: parsed input, and who asks. */
export interface Call<P, Q, B, C> {
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly caller: C
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

type CallerOf<E extends Endpoint> = E['access'] extends { who: 'anyone' }
  ? null
  : E['access'] extends { who: 'bearer' }
    ? UserCaller
    : Caller

type Handler<E extends Endpoint> = (
  call: Call<Output<E['params']>, Output<E['query']>, Output<E['body']>, CallerOf<E>>
) => Promise<z.input<E['reply']>>

/** Makes an answer of the request, or lets `run` make it: Idempotency-Key stands between route and handler. */
export type Around = (
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller | null,
  run: () => Promise<{ status: number; body: unknown }>
) => Promise<{ status: number; body: unknown }>

export interface Binding {
  readonly http: FastifyInstance
  /** Identifies the caller by its credential and refuses the wrong kind, role or scope. */
  readonly authenticate: (request: FastifyRequest, endpoint: Endpoint) => Promise<Caller | null>
  readonly around: Around
}

/** The only place where the contract meets Fastify: input is parsed before the handler, its answer before it leaves. */
export function bind<const E extends Endpoint>(binding: Binding, endpoint: E, handler: Handler<E>): void {
  const route = {
    method: endpoint.method,
    url: endpoint.path.replace(/\{(\w+)\}/g, ':$1'),
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const caller = await binding.authenticate(request, endpoint)
      const answer = await binding.around(endpoint, request, reply, caller, async () => {
        const input = endpoint.form
          ? { ...readInput(endpoint, request), body: undefined }
          : readInput(endpoint, request)
        const result = await handler({ ...input, caller, request, reply } as Parameters<Handler<E>>[0])
        const status = reply.statusCode === 200 ? endpoint.status : reply.statusCode
        return { status, body: endpoint.reply.parse(result) }
      })
      return reply.code(answer.status).send(answer.body)
    }
  }
  binding.http.route(route)
}

function readInput(endpoint: Endpoint, request: FastifyRequest) {
  const params = endpoint.params?.safeParse(request.params)
  if (params && !params.success) throw problem('not_found', 'There is nothing at this address.')
  const query = endpoint.query?.safeParse(request.query ?? {})
  const body = endpoint.form ? undefined : endpoint.body?.safeParse(request.body ?? {})
  const faults = [query, body].flatMap(part => (part && !part.success ? faultsOf(part.error) : []))
  if (faults.length > 0) throw new Problem('validation_failed', describe(faults.length), { errors: faults })
  return { params: params?.data, query: query?.data, body: body?.data }
}

const describe = (count: number) => (count === 1 ? 'One field breaks a rule.' : `${count} fields break a rule.`)
