import type { Endpoint } from '@upload24/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Db } from '../db/open.ts'
import type { Caller, UserCaller } from './caller.ts'
import { problem } from './problem.ts'
import { faultsOf, knownFields, refuseFaults, requireShallow, unstorableText } from './validation.ts'

export type { FastifyReply as Reply, FastifyRequest as Request } from 'fastify'

type Output<E, K extends string> = E extends { readonly [key in K]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined

/** What a handler is given: parsed input, and who asks. `body` of forms and of uploads is read by the handler itself. */
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

type BodyOf<E extends Endpoint> = E extends { readonly platformOptions: true } ? unknown : Output<E, 'body'>

/** An answer whose status is not the endpoint's usual one. */
export class Answered<T> {
  readonly status: number
  readonly body: T
  constructor(status: number, body: T) {
    this.status = status
    this.body = body
  }
}

type Handler<E extends Endpoint> = (
  call: Call<Output<E, 'params'>, Output<E, 'query'>, BodyOf<E>, CallerOf<E>>
) => Promise<z.input<E['reply']> | Answered<z.input<E['reply']>>>

export interface Outcome {
  readonly status: number
  readonly body: unknown
}

/** What a handler may tell while an Idempotency-Key guards its request. Absent without the header. */
export interface Idempotent {
  /** A form's fingerprint is known once its file is read. Throws when the request was answered before. */
  compare(fingerprint: Buffer): Promise<void>
  /** Keeps the answer in the transaction that makes what it tells of. Throws when the key was taken over meanwhile. */
  keep(trx: Db, status: number, body: unknown): Promise<void>
}

declare module 'fastify' {
  interface FastifyRequest {
    idempotent?: Idempotent
  }
}

/** Runs the handler, or answers for it: Idempotency-Key stands between route and handler. */
export type IdempotencyGuard = (
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller | null,
  run: () => Promise<Outcome>
) => Promise<Outcome>

export interface Binding {
  readonly http: FastifyInstance
  /** Identifies the caller by its credential and refuses the wrong kind, role or scope. */
  readonly authenticate: (request: FastifyRequest, endpoint: Endpoint) => Promise<Caller | null>
  readonly guard: IdempotencyGuard
}

/** The only place where the contract meets Fastify: input is parsed before the handler, its answer before it leaves. */
export function bind<const E extends Endpoint>(binding: Binding, endpoint: E, handler: Handler<E>): void {
  binding.http.route({
    method: endpoint.method,
    url: endpoint.path.replace(/\{(\w+)\}/g, ':$1'),
    handler: async (request, reply) => {
      const caller = await binding.authenticate(request, endpoint)
      requireShallow(request.body, 'malformed_json')
      const { status, body } = await binding.guard(endpoint, request, reply, caller, async () => {
        const result = await handler({ ...readInput(endpoint, request), caller, request, reply } as never)
        return result instanceof Answered
          ? { status: result.status, body: endpoint.reply.parse(result.body) }
          : { status: endpoint.status, body: endpoint.reply.parse(result) }
      })
      return reply.code(status).send(body)
    }
  })
}

export function readInput(endpoint: Endpoint, request: FastifyRequest) {
  const params = endpoint.params?.safeParse(request.params)
  if (params && !params.success) throw problem('not_found', 'There is nothing at this address.')
  if (endpoint.body && !endpoint.form) requireJson(request)
  const query = endpoint.query?.safeParse(request.query)
  // The options of platforms need the targets: the upload's own reading checks everything together. A form is not here yet.
  const isRaw = endpoint.platformOptions === true || endpoint.form !== undefined
  const body = isRaw ? undefined : endpoint.body?.safeParse(request.body ?? {})
  refuseFaults([
    ...unstorableText(request.query),
    ...(isRaw ? [] : unstorableText(request.body)),
    ...(query?.error ? faultsOf(query.error, knownFields(endpoint.query)) : []),
    ...(body?.error ? faultsOf(body.error, knownFields(endpoint.body)) : [])
  ])
  return { params: params?.data, query: query?.data, body: isRaw ? request.body : body?.data }
}

/** The parser of forms is there for the routes that take them, and leaves every other body unread. */
function requireJson(request: FastifyRequest): void {
  if (!/^multipart\//i.test(request.headers['content-type'] ?? '')) return
  throw problem('unsupported_media_type', 'This route takes application/json.')
}
