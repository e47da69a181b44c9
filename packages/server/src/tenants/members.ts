import { type Member, type Role, roles } from '@upload24/contract'
import type { Db } from '../db/open.ts'
import type { UserCaller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { publicId, readId } from '../lib/ids.ts'
import type { PeopleApp } from './auth.ts'
import { cancelInvitationsBy, cancelInvitationsTo } from './invitation-queries.ts'
import * as queries from './member-queries.ts'

export const list = async (app: PeopleApp, caller: UserCaller): Promise<Member[]> =>
  (await queries.listMembers(app.database.db, caller.tenantId)).map(present)

/** Counts from the member's next request on. What they had invited people to, and may not any more, is void. */
export async function changeRole(app: PeopleApp, caller: UserCaller, userId: string, role: Role): Promise<Member> {
  return app.database.db.transaction().execute(async trx => {
    const member = await lockAndFind(trx, caller, userId, role)
    await requireOwnerLeft(trx, caller.tenantId, member, role)
    await queries.setRole(trx, caller.tenantId, member.id, role)
    const beyond = roles.filter(each => role !== 'owner' && (role !== 'admin' || each === 'owner'))
    if (beyond.length > 0) await cancelInvitationsBy(trx, caller.tenantId, member.id, beyond)
    return present({ ...member, role })
  })
}

/** At once: the member's next request is refused. Whom they had invited is not let in any more, nor are they again. */
export async function remove(app: PeopleApp, caller: UserCaller, userId: string): Promise<void> {
  await app.database.db.transaction().execute(async trx => {
    await end(trx, caller.tenantId, await lockAndFind(trx, caller, userId))
  })
}

export async function leave(app: PeopleApp, caller: UserCaller): Promise<void> {
  await app.database.db.transaction().execute(async trx => {
    await queries.lockMembers(trx, caller.tenantId)
    const member = await queries.findMember(trx, caller.tenantId, caller.userId)
    if (member) await end(trx, caller.tenantId, member)
  })
}

async function end(trx: Db, tenantId: string, member: queries.MemberRow): Promise<void> {
  await requireOwnerLeft(trx, tenantId, member, null)
  await queries.deleteMember(trx, tenantId, member.id)
  await cancelInvitationsBy(trx, tenantId, member.id, roles)
  await cancelInvitationsTo(trx, tenantId, member.email)
}

/** Reads both roles under the lock: whoever was demoted while this request waited has no say any more. */
async function lockAndFind(trx: Db, caller: UserCaller, userId: string, role?: Role): Promise<queries.MemberRow> {
  const id = readId('user', userId)
  await queries.lockMembers(trx, caller.tenantId)
  const actor = await queries.findMember(trx, caller.tenantId, caller.userId)
  if (actor?.role !== 'owner' && actor?.role !== 'admin') {
    throw problem('role_missing', 'This needs the role admin in the workspace, which was taken from you just now.')
  }
  const member = id === null ? undefined : await queries.findMember(trx, caller.tenantId, id)
  if (!member) throw problem('not_found', `There is no member ${userId} in this workspace.`)
  if (actor.role !== 'owner' && (member.role === 'owner' || role === 'owner')) {
    throw problem('role_missing', 'Only an owner may make, change or remove an owner: ask one of them.')
  }
  return member
}

async function requireOwnerLeft(trx: Db, tenantId: string, member: queries.MemberRow, role: Role | null) {
  if (member.role !== 'owner' || role === 'owner' || (await queries.countOwners(trx, tenantId)) > 1) return
  throw problem('last_owner', `${member.email} is the only owner: make another member an owner first.`)
}

const present = ({ id, email, name, role, joinedAt }: queries.MemberRow): Member => ({
  userId: publicId('user', id),
  email,
  name,
  role,
  joinedAt: joinedAt.toISOString()
})
