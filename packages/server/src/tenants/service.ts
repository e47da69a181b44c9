import type { SignedIn } from '@upload24/contract'
import { isAPIError } from 'better-auth/api'
import { hashPassword } from 'better-auth/crypto'
import type { Db } from '../db/open.ts'
import type { UserCaller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { newId, publicId, readId } from '../lib/ids.ts'
import { issueAccessToken } from './access-token.ts'
import { type Auth, createAuth, type PeopleApp } from './auth.ts'
import { acceptInvitation } from './invitations.ts'
import { findMembership, findUser, hasUser, hasUsers, lockSignUp, setActiveTenant } from './queries.ts'

/** What better-auth is told of the request: the session cookie, and what is remembered of a session. */
export interface Visitor {
  readonly cookie?: string | undefined
  readonly userAgent?: string | undefined
  readonly address?: string | undefined
}

/** The answer, and the Set-Cookie headers that go with it. */
export interface Entered {
  readonly signedIn: SignedIn
  readonly cookies: readonly string[]
}

export interface NewUser {
  readonly email: string
  readonly password: string
  readonly name: string
  readonly workspace?: string | undefined
  readonly invitation?: string | undefined
}

interface User {
  readonly id: string
  readonly email: string
  readonly name: string
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
    if (entry.invitation) await acceptInvitation(trx, entry.invitation, user)
    else await createWorkspace(auth, user.id, entry.workspace ?? workspaceName(name))
    return { signedIn: await enter(app, trx, user, null), cookies: headers.getSetCookie() }
  })
}

/** The same answer, after the same work, for an unknown address and for a wrong password. */
export async function signIn(
  app: PeopleApp,
  auth: Auth,
  entry: { email: string; password: string; invitation?: string | undefined },
  visitor: Visitor = {}
): Promise<Entered> {
  const { headers, response } = await auth.api
    .signInEmail({
      body: { email: entry.email, password: entry.password },
      headers: headersOf({ ...visitor, cookie: undefined }),
      returnHeaders: true
    })
    .catch(error => {
      if (!isAPIError(error) || error.statusCode >= 500) throw error
      throw problem('invalid_credentials', 'There is no account with this e-mail and password.')
    })
  const { user } = response
  const joined = entry.invitation ? await acceptInvitation(app.database.db, entry.invitation, user) : null
  return { signedIn: await enterOrMake(app, auth, user, joined), cookies: headers.getSetCookie() }
}

/** A fresh token for the session of the cookie, with the role as it is now. */
export async function refresh(app: PeopleApp, auth: Auth, visitor: Visitor): Promise<Entered> {
  const { headers, response } = await auth.api.getSession({ headers: headersOf(visitor), returnHeaders: true })
  if (!response) throw problem('unauthorized', 'There is no session, or it has ended. Sign in with POST /auth/sign-in.')
  const tenantId = response.session.activeOrganizationId ?? null
  return { signedIn: await enterOrMake(app, auth, response.user, tenantId), cookies: headers.getSetCookie() }
}

/** Ends the session of the cookie; without one there is nothing to end. Returns the cookies' removal. */
export async function signOut(auth: Auth, visitor: Visitor): Promise<readonly string[]> {
  const { headers } = await auth.api.signOut({ headers: headersOf(visitor), returnHeaders: true })
  return headers.getSetCookie()
}

/** The same user in another of their workspaces, which the session of the cookie remembers. */
export async function switchTenant(
  app: PeopleApp,
  auth: Auth,
  caller: UserCaller,
  tenantId: string,
  visitor: Visitor
): Promise<SignedIn> {
  const { db } = app.database
  const wanted = readId('tenant', tenantId)
  const user = await findUser(db, caller.userId)
  const membership = user && wanted ? await findMembership(db, user.id, wanted) : undefined
  if (!user || membership?.tenantId !== wanted) throw problem('not_found', `You are in no workspace ${tenantId}.`)
  const session = await auth.api.getSession({ headers: headersOf(visitor) })
  if (session?.user.id === user.id) await setActiveTenant(db, session.session.id, membership.tenantId)
  return enter(app, db, user, membership.tenantId)
}

/** Who was removed from their last workspace starts over where everybody may, and nowhere else. */
async function enterOrMake(app: PeopleApp, auth: Auth, user: User, tenantId: string | null): Promise<SignedIn> {
  const { db } = app.database
  if (!(await findMembership(db, user.id, tenantId))) {
    if (app.config.signUp !== 'open')
      throw problem('sign_up_closed', 'You are in no workspace any more. Ask for an invitation.')
    await createWorkspace(auth, user.id, workspaceName(user.name))
  }
  return enter(app, db, user, tenantId)
}

async function enter(app: PeopleApp, db: Db, user: User, tenantId: string | null): Promise<SignedIn> {
  const found = await findMembership(db, user.id, tenantId)
  if (!found) throw new Error(`user ${user.id} is in no workspace`)
  const { role } = found
  return {
    ...(await issueAccessToken(app, { userId: user.id, tenantId: found.tenantId, role })),
    user: { id: publicId('user', user.id), email: user.email, name: user.name },
    tenant: { id: publicId('tenant', found.tenantId), name: found.tenantName, role }
  }
}

async function requireOpen(app: PeopleApp, db: Db): Promise<void> {
  const { signUp } = app.config
  if (signUp === 'open' || (signUp === 'first' && !(await hasUsers(db)))) return
  throw problem('sign_up_closed', 'This instance takes new users by invitation only: ask one of its owners.')
}

const createWorkspace = (auth: Auth, userId: string, name: string) =>
  auth.api.createOrganization({ body: { name, slug: newId(), userId } })

const workspaceName = (name: string) => `Workspace of ${name}`

function headersOf(visitor: Visitor): Headers {
  const headers = new Headers()
  if (visitor.cookie) headers.set('cookie', visitor.cookie)
  if (visitor.userAgent) headers.set('user-agent', visitor.userAgent)
  if (visitor.address) headers.set('x-peer-address', visitor.address)
  return headers
}
