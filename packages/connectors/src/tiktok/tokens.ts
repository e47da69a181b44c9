import type { Answer, Tokens } from '../connector.ts'
import { Lost } from '../failures.ts'
import { readJson } from '../json.ts'
import { Granted } from './shapes.ts'

/** The flat answer of /v2/oauth/token/. The lives of both tokens are told and have changed: they are never assumed. */
export function readTokens(answer: Answer, now: Date): Tokens {
  const parsed = Granted.safeParse(readJson(answer.text))
  if (!parsed.success) throw new Lost('the token answer could not be read')
  const { access_token, expires_in, refresh_token, refresh_expires_in, scope } = parsed.data
  const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)
  return {
    access: access_token,
    scopes: scope.split(/[\s,]+/).filter(Boolean),
    ...(refresh_token === undefined ? {} : { refresh: refresh_token }),
    ...(expires_in === undefined ? {} : { expiresAt: at(expires_in) }),
    ...(refresh_expires_in === undefined ? {} : { refreshExpiresAt: at(refresh_expires_in) })
  }
}
