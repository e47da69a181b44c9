import type { Role } from '@upload24/contract'
import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

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
  return db.selectFrom('users').where('id', '=', userId).select(['id', 'email', 'name']).executeTakeFirst()
}

/** The user's workspace: the preferred one while they are a member of it, else the one joined first. */
export function findMembership(db: Db, userId: string, preferredTenantId: string | null) {
  return db
    .selectFrom('members')
    .innerJoin('tenants', 'tenants.id', 'members.tenant_id')
    .where('members.user_id', '=', userId)
    .select(['tenants.id as tenantId', 'tenants.name as tenantName', 'members.role'])
    .orderBy(sql`members.tenant_id is not distinct from ${preferredTenantId}::uuid`, 'desc')
    .orderBy('members.created_at')
    .orderBy('members.id')
    .limit(1)
    .executeTakeFirst()
}

export function listMembers(db: Db, tenantId: string) {
  return db
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .where('members.tenant_id', '=', tenantId)
    .select(['users.id', 'users.email', 'users.name', 'members.role', 'members.created_at as joinedAt'])
    .orderBy('members.created_at')
    .orderBy('members.id')
    .execute()
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

export async function setActiveTenant(db: Db, sessionId: string, tenantId: string): Promise<void> {
  await db.updateTable('user_sessions').set({ active_tenant_id: tenantId }).where('id', '=', sessionId).execute()
}

export async function cancelInvitations(db: Db, tenantId: string, email: string): Promise<void> {
  await db
    .updateTable('invitations')
    .set({ status: 'canceled' })
    .where('tenant_id', '=', tenantId)
    .where('email', '=', email)
    .where('status', '=', 'pending')
    .execute()
}

export interface NewInvitation {
  readonly id: string
  readonly tenantId: string
  readonly email: string
  readonly role: Role
  readonly tokenHash: Buffer
  readonly inviterId: string
  readonly seconds: number
}

export function insertInvitation(db: Db, invitation: NewInvitation) {
  return db
    .insertInto('invitations')
    .values({
      id: invitation.id,
      tenant_id: invitation.tenantId,
      email: invitation.email,
      role: invitation.role,
      token_hash: invitation.tokenHash,
      inviter_id: invitation.inviterId,
      expires_at: sql<Date>`now() + make_interval(secs => ${invitation.seconds})`
    })
    .returning(['id', 'expires_at as expiresAt'])
    .executeTakeFirstOrThrow()
}

/** Of several that come with the same token at once, one gets the row. */
export function takeInvitation(db: Db, tokenHash: Buffer, email: string) {
  return db
    .updateTable('invitations')
    .set({ status: 'accepted' })
    .where('token_hash', '=', tokenHash)
    .where('email', '=', email)
    .where('status', '=', 'pending')
    .where('expires_at', '>', sql<Date>`now()`)
    .returning(['tenant_id as tenantId', 'role'])
    .executeTakeFirst()
}
