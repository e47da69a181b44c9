import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

export interface DemoUser {
  readonly userId: string
  readonly tenantId: string
}

/** The demo user and the workspace that they own. */
export async function findDemoUser(db: Db, email: string): Promise<DemoUser | undefined> {
  const { rows } = await sql<DemoUser>`
    select u.id as "userId", m.tenant_id as "tenantId" from users u join members m on m.user_id = u.id
    where u.email = ${email} and m.role = 'owner' order by m.created_at limit 1`.execute(db)
  return rows[0]
}

export async function setQuotaLimit(db: Db, tenantId: string, limit: number): Promise<void> {
  await db.updateTable('tenants').set({ quota_limit: limit }).where('id', '=', tenantId).execute()
}

export async function setPasswordHash(db: Db, userId: string, hash: string): Promise<void> {
  await sql`update user_credentials set password = ${hash}, updated_at = now()
    where user_id = ${userId} and provider_id = 'credential'`.execute(db)
}

/** Active sandbox accounts, oldest first. */
export async function listDemoAccounts(db: Db, tenantId: string, platform: string): Promise<string[]> {
  const rows = await db
    .selectFrom('accounts')
    .where('tenant_id', '=', tenantId)
    .where('platform', '=', platform)
    .where('sandbox', '=', true)
    .where('status', '=', 'active')
    .orderBy('linked_at')
    .orderBy('id')
    .select('id')
    .execute()
  return rows.map(row => row.id)
}
