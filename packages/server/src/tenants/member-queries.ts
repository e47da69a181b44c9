import type { Role } from '@upload24/contract'
import type { Db } from '../db/open.ts'

const members = (db: Db, tenantId: string) =>
  db
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .where('members.tenant_id', '=', tenantId)
    .select(['users.id', 'users.email', 'users.name', 'members.role', 'members.created_at as joinedAt'])

export type MemberRow = Awaited<ReturnType<typeof listMembers>>[number]

export const listMembers = (db: Db, tenantId: string) =>
  members(db, tenantId).orderBy('members.created_at').orderBy('members.id').execute()

export const findMember = (db: Db, tenantId: string, userId: string) =>
  members(db, tenantId).where('members.user_id', '=', userId).executeTakeFirst()

/** Held to the end of the transaction: of two owners who remove each other, the second finds that they are the last. */
export async function lockMembers(db: Db, tenantId: string): Promise<void> {
  await db.selectFrom('tenants').where('id', '=', tenantId).select('id').forNoKeyUpdate().execute()
}

export async function countOwners(db: Db, tenantId: string): Promise<number> {
  const { count } = await db
    .selectFrom('members')
    .where('tenant_id', '=', tenantId)
    .where('role', '=', 'owner')
    .select(row => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function setRole(db: Db, tenantId: string, userId: string, role: Role): Promise<void> {
  await db
    .updateTable('members')
    .set({ role })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute()
}

export async function deleteMember(db: Db, tenantId: string, userId: string): Promise<void> {
  await db.deleteFrom('members').where('tenant_id', '=', tenantId).where('user_id', '=', userId).execute()
}

export async function hasMember(db: Db, tenantId: string, email: string): Promise<boolean> {
  return (await members(db, tenantId).where('users.email', '=', email).executeTakeFirst()) !== undefined
}
