import type { z } from 'zod'
import type { ProblemCode } from './problems.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Scope = 'upload:write' | 'upload:read' | 'accounts:read'
export type Role = 'owner' | 'admin' | 'member' | 'viewer'

/** Who may call: nobody is asked, a signed-in user (with at least this role), or also an API key with this scope. */
export type Access =
  | { readonly who: 'anyone' }
  | { readonly who: 'bearer'; readonly role: Role }
  | { readonly who: 'bearer or key'; readonly role: Role; readonly scope: Scope }

export interface Endpoint {
  readonly id: string
  readonly method: Method
  /** OpenAPI's notation: `/api/upload/{uploadId}/status`. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly access: Access
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** The body is multipart/form-data: the fields of `body`, and one file; what that is, and the media types that it may be sent as. */
  readonly form?: { readonly file: string; readonly types: string }
  /** `body` takes the options of each platform as further fields; the server adds their schemas. */
  readonly platformOptions?: boolean
  /** Honours Idempotency-Key. `sealed`: the kept answer holds secrets. `once`: it is never shown again. */
  readonly idempotency?: 'plain' | 'sealed' | 'once'
  readonly status: 200 | 201 | 202 | 204
  readonly reply: z.ZodType
  /** The answer is a stream of server-sent events; `reply` is the `data` of one. */
  readonly stream?: true
  /** Beside those that every route has: what its rules can answer. */
  readonly problems: readonly ProblemCode[]
}

/** Declares a route. The server binds a handler to it; the OpenAPI document and the SDK read it. */
export const endpoint = <const E extends Endpoint>(declared: E): E => declared
