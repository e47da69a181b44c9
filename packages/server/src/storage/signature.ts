import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Addresses of the local store: everything that the holder may do stands in the query, and the signature covers the
 * method, the key and every parameter, so that a changed, added, repeated or dropped one is refused.
 */
export interface Grant {
  readonly method: 'PUT' | 'GET'
  readonly key: string
  readonly params: Readonly<Record<string, string>>
}

const SIGNATURE = 'signature'
const EXPIRES = 'expires'

function computeSignature(signingKey: Buffer, method: string, key: string, params: readonly [string, string][]) {
  const sorted = params.toSorted(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1))
  return createHmac('sha256', signingKey)
    .update(JSON.stringify([method, key, sorted]))
    .digest('base64url')
}

/** The path and query that carry the grant; `expiresAt` is rounded down to the second. */
export function signAddress(signingKey: Buffer, grant: Grant, expiresAt: Date): string {
  const expires = String(Math.floor(expiresAt.getTime() / 1000))
  const params = Object.entries({ ...grant.params, [EXPIRES]: expires })
  const signature = computeSignature(signingKey, grant.method, grant.key, params)
  return `/storage/${grant.key}?${new URLSearchParams([...params, [SIGNATURE, signature]])}`
}

/** What the address allows, or why it allows nothing. */
export function readAddress(
  signingKey: Buffer,
  method: 'PUT' | 'GET',
  key: string,
  query: string,
  now: Date
): { params: Readonly<Record<string, string>> } | 'invalid' | 'expired' {
  const all = [...new URLSearchParams(query)]
  const params = all.filter(([name]) => name !== SIGNATURE)
  const given = Buffer.from(all.find(([name]) => name === SIGNATURE)?.[1] ?? '')
  const right = Buffer.from(computeSignature(signingKey, method, key, params))
  if (all.length !== params.length + 1 || given.length !== right.length || !timingSafeEqual(given, right))
    return 'invalid'
  const granted = Object.fromEntries(params)
  return Number(granted[EXPIRES]) * 1000 > now.getTime() ? { params: granted } : 'expired'
}
