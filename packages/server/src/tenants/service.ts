import type { SignedIn } from '@upload24/contract'
import { isAPIError } from 'better-auth/api'
import { hashPassword } from 'better-auth/crypto'
import type { Db } from '../db/open.ts'
import type { UserCaller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { readId } from '../lib/ids.ts'
import { type Auth, createAuth, type PeopleApp } from './auth.ts'
import { type Entered, enter, enterOrMake, findSessionId, makeWorkspace, workspaceName } from './enter.ts'
import { acceptInvitation } from './invitations.ts'
import { findMembership, findUser, hasUser, hasUsers, lockSignUp } from './queries.ts'
import { setActiveTenant } from './session-queries.ts'
import { takeSecondStep } from './two-factor.ts'
import { headersOf, sessionTokenOf, type Visitor } from './visitor.ts'

export interface NewUser {
  readonly email: string
  readonly password: string
  readonly name: string
  readonly workspace?: string | undefined
  readonly invitation?: string | undefined
}

/** User, workspace and membership, or none of them: one transaction. */
export async function signUp(app: PeopleApp, entry: NewUser, visitor: Visitor = {}): Promise<Entered> {
  const { email, name, password } = entry
  if (!entry.invitation) await requireOpen(app, app.database.db)
  // Hashing takes a tenth of a second: no transaction waits for it.
  const hash = await hashPassword(password)
  return app.database.db.transaction().execute(async trx => {
    await lockSignUp(trx, app.config.signUp === 'first' ? 'of the first' : email)
    if (!entry.invitation) await requireOpen(app, trx)
    if (await hasUser(trx, email)) throw problem('email_taken', `${email} has an account here.`)
    const auth = createAuth(app, { db: trx, hash: async () => hash })
    const { headers, response } = await auth.api.signUpEmail({
      body: { email, name, password },
      headers: headersOf(visitor),
      returnHeaders: true
    })
    const { user } = response
    const tenantId = entry.invitation
      ? await acceptInvitation(trx, entry.invitation, user)
      : await makeWorkspace(trx, user.id, { name: entry.workspace ?? workspaceName(name) })
    const sessionId = await findSessionId(trx, sessionTokenOf(headers))
    return { signedIn: await enter(app, trx, user, sessionId, tenantId), cookies: headers.getSetCookie() }
  })
}

export interface Credentials {
  readonly email: string
  readonly password: string
  /** The second factor. */
  readonly code?: string | undefined
  readonly invitation?: string | undefined
}

/** The same answer, after the same work, for an unknown address and for a wrong password. */
export async function signIn(app: PeopleApp, auth: Auth, entry: Credentials, visitor: Visitor = {}): Promise<Entered> {
  const first = await auth.api
    .signInEmail({
      body: { email: entry.email, password: entry.password },
      headers: headersOf({ ...visitor, cookie: undefined }),
      returnHeaders: true
    })
    .catch(error => {
      if (!isAPIError(error) || error.statusCode >= 500) throw error
      throw problem('invalid_credentials', 'There is no account with this e-mail and password.')
    })
  const isHalfway = 'twoFactorRedirect' in first.response
  const { headers, response } = isHalfway ? await takeSecondStep(app, auth, entry, first.headers, visitor) : first
  const { db } = app.database
  const sessionId = await findSessionId(db, sessionTokenOf(headers))
  const joined = entry.invitation ? await join(db, entry.invitation, response.user, sessionId) : null
  return { signedIn: await enterOrMake(app, response.user, sessionId, joined), cookies: headers.getSetCookie() }
}

/** A fresh token for the session of the cookie, with the role as it is now. */
export async function refresh(app: PeopleApp, auth: Auth, visitor: Visitor): Promise<Entered> {
  const { headers, response } = await auth.api.getSession({ headers: headersOf(visitor), returnHeaders: true })
  if (!response) throw problem('unauthorized', 'There is no session, or it has ended. Sign in with POST /auth/sign-in.')
  const { session, user } = response
  const signedIn = await enterOrMake(app, user, session.id, session.activeOrganizationId ?? null)
  return { signedIn, cookies: headers.getSetCookie() }
}

/** Ends the session of the cookie; without one there is nothing to end. Returns the cookies' removal. */
export async function signOut(auth: Auth, visitor: Visitor): Promise<readonly string[]> {
  const { headers } = await auth.api.signOut({ headers: headersOf(visitor), returnHeaders: true })
  return headers.getSetCookie()
}

/** The same user in another of their workspaces, which the session remembers. */
export async function switchTenant(app: PeopleApp, caller: UserCaller, tenantId: string): Promise<SignedIn> {
  const { db } = app.database
  const wanted = readId('tenant', tenantId)
  const user = await findUser(db, caller.userId)
  const membership = user && wanted ? await findMembership(db, user.id, wanted) : undefined
  if (!user || membership?.tenantId !== wanted) throw problem('not_found', `You are in no workspace ${tenantId}.`)
  if (caller.sessionId) await setActiveTenant(db, caller.sessionId, membership.tenantId)
  return enter(app, db, user, caller.sessionId, membership.tenantId)
}

/** The user who is signed in joins the workspace of the invitation, and goes on in it. */
export async function accept(app: PeopleApp, caller: UserCaller, token: string): Promise<SignedIn> {
  const { db } = app.database
  const user = await findUser(db, caller.userId)
  if (!user) throw new Error(`user ${caller.userId} has gone`)
  return enter(app, db, user, caller.sessionId, await join(db, token, user, caller.sessionId))
}

const join = (db: Db, token: string, user: { id: string; email: string }, sessionId: string | undefined) =>
  db.transaction().execute(async trx => {
    const tenantId = await acceptInvitation(trx, token, user)
    if (sessionId) await setActiveTenant(trx, sessionId, tenantId)
    return tenantId
  })

export async function isOpen(app: PeopleApp, db: Db): Promise<boolean> {
  const { signUp } = app.config
  return signUp === 'open' || (signUp === 'first' && !(await hasUsers(db)))
}

async function requireOpen(app: PeopleApp, db: Db): Promise<void> {
  if (await isOpen(app, db)) return
  throw problem('sign_up_closed', 'This instance takes new users by invitation only: ask one of its owners.')
}
