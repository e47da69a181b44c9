import type * as contract from '@upload24/contract'

/**
 * The contract as types. This is the only file that knows it, and nothing of it is there at run time: a browser loads no
 * schemas. The published package has these types written out (`scripts/sdk-types.ts`).
 */
type Declared = typeof contract
type Endpoints = {
  readonly [K in keyof Declared as Declared[K] extends { readonly path: string; readonly reply: unknown }
    ? K
    : never]: Declared[K]
}

type In<S> = S extends { readonly _zod: { readonly input: infer I } } ? I : never
type Out<S> = S extends { readonly _zod: { readonly output: infer O } } ? O : never

/** What a caller writes. Where a schema would read anything (a number in a query), what it makes of it is meant. */
type Sent<I, O> = I extends unknown
  ? // An object without fields has an index of nothing, which would forbid the fields of params and of a form.
    {
      [K in keyof I as [I[K]] extends [never] ? never : K]: unknown extends I[K]
        ? K extends keyof O
          ? O[K] | undefined
          : I[K]
        : I[K]
    }
  : never
type Part<E, K extends string> = E extends { readonly [key in K]: infer S } ? Sent<In<S>, Out<S>> : unknown

/** A merge patch takes a field away with null. */
type Body<E> = E extends { readonly method: 'PATCH'; readonly platformOptions: true }
  ? { [K in keyof Part<E, 'body'>]: Part<E, 'body'>[K] | null }
  : Part<E, 'body'>

type FileOf<E> = E extends { readonly form: object } ? { file: Blob; fileName?: string | undefined } : unknown
type Flat<T> = T extends unknown ? { [K in keyof T]: T[K] } : never

/**
 * `form`: multipart/form-data with one file. `stream`: server-sent events. `open`: no credential is asked for.
 * `keyed`: honours Idempotency-Key.
 */
export type Kind = 'plain' | 'keyed' | 'open' | 'form' | 'stream'
type KindOf<E> = E extends { readonly form: object }
  ? 'form'
  : E extends { readonly stream: true }
    ? 'stream'
    : E extends { readonly access: { readonly who: 'anyone' } }
      ? 'open'
      : E extends { readonly idempotency: string }
        ? 'keyed'
        : 'plain'

type RouteOf<E> = E extends { readonly method: infer M extends string; readonly path: infer P extends string }
  ? `${M} ${P}`
  : never

/** Every endpoint by method and path: `GET /uploads`. `input` is params, query and body in one. */
export type Routes = {
  readonly [K in keyof Endpoints as RouteOf<Endpoints[K]>]: {
    readonly kind: KindOf<Endpoints[K]>
    readonly input: Flat<
      Part<Endpoints[K], 'params'> & Part<Endpoints[K], 'query'> & Body<Endpoints[K]> & FileOf<Endpoints[K]>
    >
    readonly reply: Endpoints[K] extends { readonly reply: infer S } ? Out<S> : never
    /** Takes the options of each platform as further fields. */
    readonly platformOptions: Endpoints[K] extends { readonly platformOptions: true } ? true : false
  }
}

/** What an endpoint takes: `Input<'GET /uploads'>`. */
export type Input<R extends keyof Routes> = Routes[R]['input']
/** What an endpoint answers with: `Reply<'GET /uploads'>['items'][number]`. */
export type Reply<R extends keyof Routes> = Routes[R]['reply']

export type { Event, EventType, Fault, ProblemCode, PublicStatus, UploadStatus } from '@upload24/contract'
