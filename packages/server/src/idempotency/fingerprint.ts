import { createHash } from 'node:crypto'
import type { Endpoint } from '@upload24/contract'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'

/** The header's value, quoted (draft-ietf-httpapi-idempotency-key-header) or bare. */
export function readKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  const text = Array.isArray(header) ? header.join(',') : header
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw problem('bad_request', 'Idempotency-Key must have 1 to 255 visible ASCII characters, quoted or bare.')
  }
  return key
}

/** What makes two requests the same: the route, what it was given, and the limits of the key that asks. */
export function fingerprintOf(endpoint: Endpoint, caller: Caller, given: readonly unknown[]): Buffer {
  const limits = caller.kind === 'key' ? caller.accountIds : null
  return createHash('sha256')
    .update(JSON.stringify(sorted([endpoint.id, limits, ...given])))
    .digest()
}

/** Members in the order of their names: {"a":1,"b":2} and {"b":2,"a":1} are the same request. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]))
}
