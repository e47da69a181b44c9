import type { Endpoint, Role } from '@upload24/contract'
import type { FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { requireWellFormed, verifyKey } from '../keys/verify.ts'
import { createTokenReader, type Identity } from '../tenants/access-token.ts'
import { readStanding } from '../tenants/queries.ts'
import type { Binding } from './bind.ts'
import type { Caller, KeyCaller, UserCaller } from './caller.ts'
import { problem } from './problem.ts'

const rank: Record<Role, number> = { viewer: 0, member: 1, admin: 2, owner: 3 }

/** Identifies the caller by one credential, and refuses the wrong kind, role or scope. Routes for anyone ask nothing. */
export function createAuthenticate(app: Pick<App, 'seal' | 'database' | 'log'>): Binding['authenticate'] {
  const readToken = createTokenReader(app)

  return async (request, endpoint) => {
    const { access } = endpoint
    if (access.who === 'anyone') return null
    const caller = await identify(request, endpoint)
    request.tenantId = caller.tenantId
    if (caller.kind === 'user') requireRole(caller, access.role)
    else if (access.who === 'bearer or key') requireScope(caller, access.scope)
    return caller
  }

  async function identify(request: FastifyRequest, { access }: Endpoint): Promise<Caller> {
    const { authorization } = request.headers
    const key = request.headers['x-api-key']
    // RFC 6750, 2 and 3.1: "Clients MUST NOT use more than one method"; that is a 400. Choosing for the caller
    // would act with rights, or in a workspace, that they may not have meant.
    if (authorization !== undefined && key !== undefined) {
      throw problem('bad_request', 'Two credentials were sent: send either Authorization or X-Api-Key.')
    }
    if (key !== undefined) {
      const text = String(key)
      if (access.who === 'bearer or key') return verifyKey(app, text)
      // Whether a well-formed key is a live one is not looked up: the answer would be the same.
      requireWellFormed(text)
      throw problem('bearer_required', 'This route takes no API key. Sign in and send Authorization: Bearer <token>.')
    }
    if (authorization === undefined) throw noCredential(access.who === 'bearer or key')
    return identifyUser(authorization)
  }

  async function identifyUser(authorization: string): Promise<UserCaller> {
    const [, token = ''] = /^bearer(?: +(.*))?$/i.exec(authorization.trim()) ?? []
    if (token === '') throw invalidToken('Authorization must read: Bearer <token>.')
    if (token.startsWith('u24_')) throw invalidToken('This is an API key: send it in the header X-Api-Key.')
    if (token.startsWith('$')) {
      throw invalidToken('The token is the name of a variable: a shell puts in its value only outside single quotes.')
    }
    const verified = await readToken(token)
    if ('identity' in verified) return requireStanding(verified.identity)
    throw invalidToken(
      'expiredAt' in verified
        ? `The token expired at ${verified.expiredAt.toISOString()}. Renew it with POST /auth/refresh, or sign in again.`
        : 'The token is not one of this instance, or it was changed. Sign in with POST /auth/sign-in for a new one.'
    )
  }

  /** As with keys, nothing is cached: who was removed or signed out a moment ago, by whichever process, is refused. */
  async function requireStanding(identity: Identity): Promise<UserCaller> {
    const { role, isSessionLive } = await readStanding(app.database.db, identity)
    if (!isSessionLive)
      throw invalidToken('The session of this token has ended. Sign in again with POST /auth/sign-in.')
    if (role === null) {
      const advice = 'POST /auth/refresh leads to another workspace of yours.'
      throw invalidToken(`You are not, or not any more, a member of the workspace of this token. ${advice}`)
    }
    return { kind: 'user', ...identity, role }
  }
}

function requireRole(caller: UserCaller, needed: Role): void {
  if (rank[caller.role] >= rank[needed]) return
  throw problem('role_missing', `This needs the role ${needed} in the workspace; yours is ${caller.role}.`)
}

function requireScope(caller: KeyCaller, needed: KeyCaller['scopes'][number]): void {
  if (caller.scopes.includes(needed)) return
  throw problem('scope_missing', `This needs the scope ${needed}; the key has ${caller.scopes.join(', ')}.`)
}

const noCredential = (takesKeys: boolean) =>
  problem(
    'unauthorized',
    takesKeys
      ? 'Send Authorization: Bearer <token>, or X-Api-Key: <key>.'
      : 'Send Authorization: Bearer <token>, the accessToken of POST /auth/sign-in.'
  )

/** RFC 6750, 3: why it was refused also stands in WWW-Authenticate. */
const invalidToken = (detail: string) =>
  problem('invalid_token', detail, {
    headers: { 'www-authenticate': 'Bearer realm="upload24", error="invalid_token"' }
  })
