import type { Request } from '../http/bind.ts'
import type { UserCaller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import type { PeopleApp } from './auth.ts'
import { findSessionToken } from './session-queries.ts'

/** What better-auth is told of the request: the session cookie, and what is remembered of a session. */
export interface Visitor {
  readonly cookie?: string | undefined
  readonly userAgent?: string | undefined
  readonly address?: string | undefined
}

export const visitorOf = (request: Request): Visitor => ({
  cookie: request.headers.cookie,
  userAgent: request.headers['user-agent'],
  address: request.ip
})

export function headersOf(visitor: Visitor): Headers {
  const headers = new Headers()
  if (visitor.cookie) headers.set('cookie', visitor.cookie)
  if (visitor.userAgent) headers.set('user-agent', visitor.userAgent)
  if (visitor.address) headers.set('x-peer-address', visitor.address)
  return headers
}

/** As whom better-auth acts: the session that the access token belongs to, whatever cookie came with it. */
export async function sessionHeaders(app: PeopleApp, caller: UserCaller, visitor: Visitor): Promise<Headers> {
  const found = caller.sessionId && (await findSessionToken(app.database.db, caller.userId, caller.sessionId))
  if (!found) throw problem('invalid_token', 'This token belongs to no session. Sign in with POST /auth/sign-in.')
  const headers = headersOf({ ...visitor, cookie: undefined })
  headers.set('authorization', `Bearer ${found.token}`)
  return headers
}

/** The token of the session that better-auth has just made or put in place of another (its bearer plugin names it). */
export function sessionTokenOf(headers: Headers): string {
  const signed = headers.get('set-auth-token')
  if (signed === null) throw new Error('better-auth has made no session')
  return decodeURIComponent(signed).split('.')[0] as string
}
