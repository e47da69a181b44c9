import type { Me, Session } from '@upload24/contract'
import type { UserCaller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { publicId, readId } from '../lib/ids.ts'
import type { Auth, PeopleApp } from './auth.ts'
import { type Entered, presentTenant, reenter } from './enter.ts'
import { findUser, listMemberships, setUserName } from './queries.ts'
import { refuse, wrongPassword } from './refusals.ts'
import * as queries from './session-queries.ts'
import { sessionHeaders, type Visitor } from './visitor.ts'
import { mayCreate } from './workspaces.ts'

export async function read(app: PeopleApp, caller: UserCaller): Promise<Me> {
  const { db } = app.database
  const [user, memberships] = [await findUser(db, caller.userId), await listMemberships(db, caller.userId)]
  const here = memberships.find(({ tenantId }) => tenantId === caller.tenantId)
  // Removed between the check of the token and this line.
  if (!user || !here) throw problem('invalid_token', 'You are not in this workspace any more. Use POST /auth/refresh.')
  return {
    user: { id: publicId('user', user.id), email: user.email, name: user.name, hasTwoFactor: user.hasTwoFactor },
    tenant: presentTenant(here),
    tenants: memberships.map(presentTenant),
    mayCreateWorkspaces: mayCreate(app, memberships)
  }
}

export async function rename(app: PeopleApp, caller: UserCaller, name: string): Promise<Me> {
  await setUserName(app.database.db, caller.userId, name)
  return read(app, caller)
}

/** Ends every session of the user, and goes on in a new one. */
export async function changePassword(
  app: PeopleApp,
  auth: Auth,
  caller: UserCaller,
  { password, newPassword }: { password: string; newPassword: string },
  visitor: Visitor
): Promise<Entered> {
  const headers = await sessionHeaders(app, caller, visitor)
  const body = { currentPassword: password, newPassword, revokeOtherSessions: true }
  const answer = await refuse(auth.api.changePassword({ body, headers, returnHeaders: true }), {
    INVALID_PASSWORD: wrongPassword
  })
  return reenter(app, caller, answer.headers)
}

export async function listSessions(app: PeopleApp, caller: UserCaller): Promise<Session[]> {
  const rows = await queries.listSessions(app.database.db, caller.userId)
  return rows.map(row => ({
    id: publicId('signin', row.id),
    isCurrent: row.id === caller.sessionId,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.updated_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    userAgent: row.user_agent || null,
    address: row.ip_address || null
  }))
}

export async function endSession(app: PeopleApp, caller: UserCaller, sessionId: string): Promise<void> {
  const id = readId('signin', sessionId)
  if (!id || !(await queries.endSession(app.database.db, caller.userId, id))) {
    throw problem('not_found', `You have no session ${sessionId}, or it has ended.`)
  }
}

export const endSessions = (app: PeopleApp, caller: UserCaller, keepsCurrent: boolean): Promise<void> =>
  queries.endSessions(app.database.db, caller.userId, keepsCurrent ? (caller.sessionId ?? null) : null)
