import type { SignedIn, Tenant } from '@upload24/contract'
import type { Db } from '../db/open.ts'
import type { UserCaller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { newId, publicId } from '../lib/ids.ts'
import { issueAccessToken } from './access-token.ts'
import type { PeopleApp } from './auth.ts'
import { findMembership, findUser, insertMember, insertTenant, type Membership } from './queries.ts'
import { findSessionByToken, setActiveTenant } from './session-queries.ts'
import { sessionTokenOf } from './visitor.ts'

/** The answer, and the Set-Cookie headers that go with it. */
export interface Entered {
  readonly signedIn: SignedIn
  readonly cookies: readonly string[]
}

export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
}

/** A token of the session for the preferred workspace, else for the one joined first. */
export async function enter(
  app: PeopleApp,
  db: Db,
  user: User,
  sessionId: string | undefined,
  tenantId: string | null
): Promise<SignedIn> {
  const found = await findMembership(db, user.id, tenantId)
  if (!found) throw new Error(`user ${user.id} is in no workspace`)
  const { role } = found
  return {
    ...(await issueAccessToken(app, { userId: user.id, tenantId: found.tenantId, role, sessionId })),
    user: { id: publicId('user', user.id), email: user.email, name: user.name },
    tenant: presentTenant(found)
  }
}

/** Who was removed from their last workspace starts over where everybody may, and nowhere else. */
export async function enterOrMake(
  app: PeopleApp,
  user: User,
  sessionId: string,
  tenantId: string | null
): Promise<SignedIn> {
  const { db } = app.database
  if (!(await findMembership(db, user.id, tenantId))) {
    if (app.config.signUp !== 'open')
      throw problem('sign_up_closed', 'You are in no workspace any more. Ask for an invitation.')
    await makeWorkspace(db, user.id, { name: workspaceName(user.name) })
  }
  return enter(app, db, user, sessionId, tenantId)
}

/** Goes on in the session that better-auth put in place of the caller's, in the same workspace. */
export async function reenter(app: PeopleApp, caller: UserCaller, headers: Headers): Promise<Entered> {
  const { db } = app.database
  const sessionId = await findSessionId(db, sessionTokenOf(headers))
  await setActiveTenant(db, sessionId, caller.tenantId)
  const user = await findUser(db, caller.userId)
  if (!user) throw new Error(`user ${caller.userId} has gone`)
  return { signedIn: await enter(app, db, user, sessionId, caller.tenantId), cookies: headers.getSetCookie() }
}

export async function findSessionId(db: Db, token: string): Promise<string> {
  const session = await findSessionByToken(db, token)
  if (!session) throw new Error('the session has gone')
  return session.id
}

export async function makeWorkspace(
  db: Db,
  userId: string,
  { name, timezone = 'UTC' }: { name: string; timezone?: string | undefined }
): Promise<string> {
  const tenantId = newId()
  await insertTenant(db, { id: tenantId, name, timezone })
  await insertMember(db, { id: newId(), tenantId, userId, role: 'owner' })
  return tenantId
}

export const workspaceName = (name: string) => `Workspace of ${name}`

export const presentTenant = ({ tenantId, name, role, timezone }: Membership): Tenant => ({
  id: publicId('tenant', tenantId),
  name,
  role,
  timezone
})
