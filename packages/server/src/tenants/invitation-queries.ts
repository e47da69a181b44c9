import type { Role } from '@upload24/contract'
import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

export interface NewInvitation {
  readonly id: string
  readonly tenantId: string
  readonly email: string
  readonly role: Role
  readonly tokenHash: Buffer
  readonly inviterId: string
  readonly seconds: number
}

const after = (seconds: number) => sql<Date>`now() + make_interval(secs => ${seconds})`

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
      expires_at: after(invitation.seconds)
    })
    .returning(['id', 'expires_at as expiresAt'])
    .executeTakeFirstOrThrow()
}

/** A new link in place of the old one. */
export function renewInvitation(
  db: Db,
  tenantId: string,
  id: string,
  about: Pick<NewInvitation, 'tokenHash' | 'inviterId' | 'seconds'>
) {
  return db
    .updateTable('invitations')
    .set({ token_hash: about.tokenHash, inviter_id: about.inviterId, expires_at: after(about.seconds) })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .returning(['id', 'expires_at as expiresAt'])
    .executeTakeFirst()
}

const isExpired = sql<boolean>`invitations.expires_at <= now()`

const pending = (db: Db, tenantId: string) =>
  db
    .selectFrom('invitations')
    .innerJoin('users', 'users.id', 'invitations.inviter_id')
    .where('invitations.tenant_id', '=', tenantId)
    .where('invitations.status', '=', 'pending')
    .select([
      'invitations.id',
      'invitations.email',
      'invitations.role',
      'invitations.inviter_id as inviterId',
      'users.name as inviterName',
      'invitations.created_at as createdAt',
      'invitations.expires_at as expiresAt',
      isExpired.as('isExpired')
    ])

/** Those that nobody has accepted, the newest in front; also expired ones, which can be sent again. */
export const listInvitations = (db: Db, tenantId: string) =>
  pending(db, tenantId).orderBy('invitations.id', 'desc').limit(1000).execute()

export const findPending = (db: Db, tenantId: string, id: string) =>
  pending(db, tenantId).where('invitations.id', '=', id).executeTakeFirst()

/** What the link tells who opens it. */
export const findByToken = (db: Db, tokenHash: Buffer) =>
  db
    .selectFrom('invitations')
    .innerJoin('tenants', 'tenants.id', 'invitations.tenant_id')
    .innerJoin('users', 'users.id', 'invitations.inviter_id')
    .leftJoin('users as invited', 'invited.email', 'invitations.email')
    .where('invitations.token_hash', '=', tokenHash)
    .select([
      'tenants.name as workspace',
      'invitations.email',
      'invitations.role',
      'invitations.status',
      'users.name as invitedBy',
      'invitations.expires_at as expiresAt',
      isExpired.as('isExpired'),
      'invited.id as invitedId'
    ])
    .executeTakeFirst()

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

const cancel = (db: Db, tenantId: string) =>
  db
    .updateTable('invitations')
    .set({ status: 'canceled' })
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'pending')

export async function cancelInvitation(db: Db, tenantId: string, id: string): Promise<boolean> {
  return (await cancel(db, tenantId).where('id', '=', id).returning('id').executeTakeFirst()) !== undefined
}

export async function cancelInvitationsTo(db: Db, tenantId: string, email: string): Promise<void> {
  await cancel(db, tenantId).where('email', '=', email).execute()
}

/** What the person sent, to these roles. */
export async function cancelInvitationsBy(
  db: Db,
  tenantId: string,
  inviterId: string,
  roles: readonly Role[]
): Promise<void> {
  await cancel(db, tenantId).where('inviter_id', '=', inviterId).where('role', 'in', roles).execute()
}
