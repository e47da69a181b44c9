import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

export async function setActiveTenant(db: Db, sessionId: string, tenantId: string): Promise<void> {
  await db.updateTable('user_sessions').set({ active_tenant_id: tenantId }).where('id', '=', sessionId).execute()
}

export const findSessionByToken = (db: Db, token: string) =>
  db.selectFrom('user_sessions').where('token', '=', token).select('id').executeTakeFirst()

export const findSessionToken = (db: Db, userId: string, sessionId: string) =>
  db
    .selectFrom('user_sessions')
    .where('id', '=', sessionId)
    .where('user_id', '=', userId)
    .select('token')
    .executeTakeFirst()

/** Those that live, the one used last in front. */
export const listSessions = (db: Db, userId: string) =>
  db
    .selectFrom('user_sessions')
    .where('user_id', '=', userId)
    .where('expires_at', '>', sql<Date>`now()`)
    .select(['id', 'created_at', 'updated_at', 'expires_at', 'user_agent', 'ip_address'])
    .orderBy('updated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1000)
    .execute()

/** False: the user has no such session. */
export async function endSession(db: Db, userId: string, sessionId: string): Promise<boolean> {
  const ended = await db
    .deleteFrom('user_sessions')
    .where('user_id', '=', userId)
    .where('id', '=', sessionId)
    .returning('id')
    .executeTakeFirst()
  return ended !== undefined
}

/** All of the user's but the one to keep, where there is one. */
export async function endSessions(db: Db, userId: string, keep: string | null): Promise<void> {
  await db
    .deleteFrom('user_sessions')
    .where('user_id', '=', userId)
    .where(sql<boolean>`id is distinct from ${keep}::uuid`)
    .execute()
}

/**
 * Remembers a one-time code for as long as a clock that is a step off would take it. False: it was used before.
 * RFC 6238, 5.2: "The verifier MUST NOT accept the second attempt of the OTP after the successful validation has been
 * issued for the first OTP."
 */
export async function claimCode(db: Db, id: string, identifier: string): Promise<boolean> {
  const { rows } = await sql`
    insert into verifications (id, identifier, value, expires_at)
    values (${id}, ${identifier}, '', now() + interval '2 minutes')
    on conflict (identifier) do update set expires_at = excluded.expires_at where verifications.expires_at <= now()
    returning id`.execute(db)
  return rows.length > 0
}
