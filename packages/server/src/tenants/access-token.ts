import type { Role } from '@upload24/contract'
import { roles } from '@upload24/contract'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { App } from '../app.ts'
import { publicId, readId } from '../lib/ids.ts'

/** Who a token speaks for; the ids are the database's. */
export interface Identity {
  readonly userId: string
  readonly tenantId: string
  /** For the reader's eyes: what counts is the role of the member's row. */
  readonly role: Role
  /** The session that the token ends with. A script's has none, and lives until it expires. */
  readonly sessionId?: string | undefined
}

export type Verified = { readonly identity: Identity } | { readonly expiredAt: Date } | { readonly invalid: true }

/** Seconds. */
export const ACCESS_TOKEN_SECONDS = 15 * 60

const ALGORITHM = 'HS256'
const TYPE = 'at+jwt'
const ISSUER = 'upload24'

/** A JWT for `Authorization: Bearer`. Only this system reads it, hence a symmetric key, derived from SECRET_KEY. */
export async function issueAccessToken(app: Pick<App, 'seal'>, identity: Identity, seconds = ACCESS_TOKEN_SECONDS) {
  const now = Math.floor(Date.now() / 1000)
  const session = identity.sessionId === undefined ? {} : { sid: publicId('signin', identity.sessionId) }
  const accessToken = await new SignJWT({
    tenant: publicId('tenant', identity.tenantId),
    role: identity.role,
    ...session
  })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
    .setSubject(publicId('user', identity.userId))
    .setIssuer(ISSUER)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .sign(app.seal.derive('access-token'))
  return { accessToken, expiresAt: new Date((now + seconds) * 1000).toISOString() }
}

/** Whether a token is ours and lives. Whether its session does, and what its user may, only the database knows. */
export function createTokenReader(app: Pick<App, 'seal'>): (token: string) => Promise<Verified> {
  const key = crypto.subtle.importKey(
    'raw',
    app.seal.derive('access-token'),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify']
  )
  return async token => {
    try {
      const { payload } = await jwtVerify(token, await key, { algorithms: [ALGORITHM], typ: TYPE, issuer: ISSUER })
      const userId = readId('user', String(payload.sub))
      const tenantId = readId('tenant', String(payload.tenant))
      const role = roles.find(each => each === payload.role)
      const sessionId = payload.sid === undefined ? undefined : readId('signin', String(payload.sid))
      if (!userId || !tenantId || !role || sessionId === null) return { invalid: true }
      return { identity: { userId, tenantId, role, sessionId } }
    } catch (error) {
      // jose checks the signature first: what has merely expired was ours.
      if (error instanceof errors.JWTExpired) return { expiredAt: new Date(Number(error.payload.exp) * 1000) }
      if (error instanceof errors.JOSEError) return { invalid: true }
      throw error
    }
  }
}
