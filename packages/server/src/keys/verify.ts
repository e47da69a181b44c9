import { timingSafeEqual } from 'node:crypto'
import type { App } from '../app.ts'
import type { KeyCaller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { hashKey, readKeyId } from './format.ts'
import { findKeyToVerify, touchKey } from './queries.ts'

type VerifyApp = Pick<App, 'database' | 'log'>

/** What is no key at all, or has a typo, is refused here: no database is asked. Returns the id of the key's row. */
export function requireWellFormed(key: string): string {
  const id = readKeyId(key)
  if (id) return id
  throw problem('malformed_api_key', adviceFor(key))
}

/** Nothing is cached: a key that was revoked a moment ago, by whichever process, is refused. */
export async function verifyKey(app: VerifyApp, key: string): Promise<KeyCaller> {
  const keyId = requireWellFormed(key)
  const row = await findKeyToVerify(app.database.db, keyId)
  if (!row || !timingSafeEqual(row.hash, hashKey(key))) {
    throw problem('invalid_api_key', 'No such API key exists here: it may be of another instance.')
  }
  // Whoever presents the right secret may be told why it is refused.
  if (row.revoked_at) throw problem('invalid_api_key', `This API key was revoked at ${row.revoked_at.toISOString()}.`)
  if (row.is_expired) throw problem('invalid_api_key', `This API key expired at ${row.expires_at?.toISOString()}.`)
  if (row.is_use_stale) rememberUse(app, keyId)
  return { kind: 'key', tenantId: row.tenant_id, keyId, scopes: row.scopes, accountIds: row.account_ids }
}

const remembering = new Set<string>()

/** The request does not wait for it; of those that arrive while it is written, none writes again. */
function rememberUse(app: VerifyApp, keyId: string): void {
  if (remembering.has(keyId)) return
  remembering.add(keyId)
  touchKey(app.database.db, keyId)
    .catch(error => app.log.warn({ err: error, keyId }, 'the last use of an API key was not written'))
    .finally(() => remembering.delete(keyId))
}

function adviceFor(key: string): string {
  if (/^bearer\b/i.test(key)) {
    return 'X-Api-Key holds the key and nothing else: drop the prefix "Bearer " (it belongs to the header Authorization).'
  }
  if (key.startsWith('$')) {
    return 'X-Api-Key holds the name of a variable, not its value: a shell puts it in only outside single quotes.'
  }
  if (/^ey[\w-]+\./.test(key))
    return 'This is an access token, not an API key: send it as Authorization: Bearer <token>.'
  if (key.startsWith('u24_')) return 'The API key is not complete or has a typo: send it exactly as it was given.'
  return 'This is no API key: one looks like u24_live_… and is made with POST /api-keys/generate.'
}
