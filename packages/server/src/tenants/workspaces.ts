import type { Workspace } from '@upload24/contract'
import type { UserCaller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import type { PeopleApp } from './auth.ts'
import { makeWorkspace, presentTenant } from './enter.ts'
import { changeTenant, findMembership, listMemberships, type Membership } from './queries.ts'

interface Settings {
  readonly name?: string | undefined
  readonly timezone?: string | undefined
}

/** Where sign-up is closed, a workspace is still made by those whom the first user has trusted with one. */
export const mayCreate = (app: PeopleApp, memberships: readonly Membership[]): boolean =>
  app.config.signUp === 'open' || memberships.some(({ role }) => role === 'owner')

export async function create(app: PeopleApp, caller: UserCaller, about: Settings & { name: string }) {
  const { db } = app.database
  if (!mayCreate(app, await listMemberships(db, caller.userId))) {
    throw problem('sign_up_closed', 'On this instance only owners of a workspace create another: ask one of them.')
  }
  const tenantId = await db.transaction().execute(trx => makeWorkspace(trx, caller.userId, about))
  return read(app, { ...caller, tenantId })
}

export async function read(app: PeopleApp, caller: UserCaller): Promise<Workspace> {
  const found = await findMembership(app.database.db, caller.userId, caller.tenantId)
  // Removed between the check of the token and this line.
  if (found?.tenantId !== caller.tenantId) throw problem('not_found', 'You are not in this workspace any more.')
  return { ...presentTenant(found), createdAt: found.createdAt.toISOString() }
}

export async function change(app: PeopleApp, caller: UserCaller, settings: Settings): Promise<Workspace> {
  await changeTenant(app.database.db, caller.tenantId, settings)
  return read(app, caller)
}
