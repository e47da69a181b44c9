import type { Role } from '@upload24/contract'
import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import type { Identity } from './access-token.ts'

/** Held to the end of the transaction: of several sign-ups that name the same thing, one goes on at a time. */
export async function lockSignUp(db: Db, what: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`sign-up ${what}`}, 0))`.execute(db)
}

export async function hasUsers(db: Db): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined
}

export async function hasUser(db: Db, email: string): Promise<boolean> {
  return (await db.selectFrom('users').where('email', '=', email).select('id').executeTakeFirst()) !== undefined
}

export function findUser(db: Db, userId: string) {
  return db
    .selectFrom('users')
    .where('id', '=', userId)
    .select(['id', 'email', 'name', 'two_factor_enabled as hasTwoFactor'])
    .executeTakeFirst()
}

export async function setUserName(db: Db, userId: string, name: string): Promise<void> {
  await db.updateTable('users').set({ name, updated_at: sql`now()` }).where('id', '=', userId).execute()
}

/** What the user of a token is in its workspace now, and whether its session goes on. One read by two unique indexes. */
export async function readStanding(
  db: Db,
  { userId, tenantId, sessionId }: Identity
): Promise<{ role: Role | null; isSessionLive: boolean }> {
  const session = sessionId ?? null
  const { rows } = await sql<{ role: Role | null; isSessionLive: boolean }>`
    select (select role from members where user_id = ${userId} and tenant_id = ${tenantId}) as role,
      ${session}::uuid is null or exists (
        select from user_sessions where id = ${session}::uuid and user_id = ${userId} and expires_at > now()
      ) as "isSessionLive"`.execute(db)
  return rows[0] as (typeof rows)[0]
}

const memberships = (db: Db, userId: string) =>
  db
    .selectFrom('members')
    .innerJoin('tenants', 'tenants.id', 'members.tenant_id')
    .where('members.user_id', '=', userId)
    .select([
      'tenants.id as tenantId',
      'tenants.name',
      'tenants.time_zone as timezone',
      'tenants.created_at as createdAt',
      'members.role'
    ])

export type Membership = Awaited<ReturnType<typeof listMemberships>>[number]

/** The user's workspaces, the one joined first in front. */
export const listMemberships = (db: Db, userId: string) =>
  memberships(db, userId).orderBy('members.created_at').orderBy('members.id').execute()

/** The user's workspace: the preferred one while they are a member of it, else the one joined first. */
export function findMembership(db: Db, userId: string, preferredTenantId: string | null) {
  return memberships(db, userId)
    .orderBy(sql`members.tenant_id is not distinct from ${preferredTenantId}::uuid`, 'desc')
    .orderBy('members.created_at')
    .orderBy('members.id')
    .limit(1)
    .executeTakeFirst()
}

/** Whoever is a member already keeps their role. */
export async function insertMember(
  db: Db,
  member: { id: string; tenantId: string; userId: string; role: Role }
): Promise<void> {
  await db
    .insertInto('members')
    .values({ id: member.id, tenant_id: member.tenantId, user_id: member.userId, role: member.role })
    .onConflict(conflict => conflict.columns(['user_id', 'tenant_id']).doNothing())
    .execute()
}

export async function insertTenant(db: Db, tenant: { id: string; name: string; timezone: string }): Promise<void> {
  const { id, name, timezone } = tenant
  await db.insertInto('tenants').values({ id, name, slug: id, time_zone: timezone }).execute()
}

export async function changeTenant(
  db: Db,
  tenantId: string,
  changes: { name?: string | undefined; timezone?: string | undefined }
): Promise<void> {
  const { name, timezone } = changes
  const set = { ...(name === undefined ? {} : { name }), ...(timezone === undefined ? {} : { time_zone: timezone }) }
  if (Object.keys(set).length === 0) return
  await db.updateTable('tenants').set(set).where('id', '=', tenantId).execute()
}
