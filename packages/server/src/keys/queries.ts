import type { Scope } from '@upload24/contract'
import { type ExpressionBuilder, sql } from 'kysely'
import type { Db } from '../db/open.ts'
import type { Tables } from '../db/tables.ts'

export interface NewKey {
  readonly id: string
  readonly hash: Buffer
  readonly prefix: string
  readonly name: string | null
  readonly scopes: readonly Scope[]
  readonly accountIds: readonly string[] | null
  readonly createdBy: string
  readonly expiresAt: Date | null
}

const isLive = (row: ExpressionBuilder<Tables, 'api_keys'>) =>
  row.and([
    row('revoked_at', 'is', null),
    row.or([row('expires_at', 'is', null), row('expires_at', '>', sql<Date>`now()`)])
  ])

const shown = [
  'id',
  'name',
  'prefix',
  'scopes',
  'account_ids',
  'created_at',
  'expires_at',
  'last_used_at',
  'revoked_at',
  'created_by',
  'replaced_by'
] as const

/** Held to the end of the transaction, so that two requests cannot both take the last free place. */
export async function lockTenant(db: Db, tenantId: string): Promise<void> {
  await db.selectFrom('tenants').where('id', '=', tenantId).select('id').forNoKeyUpdate().execute()
}

export async function countLiveKeys(db: Db, tenantId: string): Promise<number> {
  const { count } = await db
    .selectFrom('api_keys')
    .where('tenant_id', '=', tenantId)
    .where(isLive)
    .select(row => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export function insertKey(db: Db, tenantId: string, key: NewKey) {
  return db
    .insertInto('api_keys')
    .values({
      id: key.id,
      tenant_id: tenantId,
      hash: key.hash,
      prefix: key.prefix,
      name: key.name,
      scopes: [...key.scopes],
      account_ids: key.accountIds && [...key.accountIds],
      created_by: key.createdBy,
      expires_at: key.expiresAt
    })
    .returning(shown)
    .executeTakeFirstOrThrow()
}

/** All that live, and for 30 days those that do not any more. Newest first. */
export function listKeys(db: Db, tenantId: string) {
  return db
    .selectFrom('api_keys')
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`least(revoked_at, expires_at, 'infinity') > now() - interval '30 days'`)
    .select(shown)
    .orderBy('id', 'desc')
    .execute()
}

export function findLiveKeyForUpdate(db: Db, tenantId: string, id: string) {
  return db
    .selectFrom('api_keys')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where(isLive)
    .select(shown)
    .forUpdate()
    .executeTakeFirst()
}

/** False when there is no such key. One that was revoked before keeps its time. */
export async function revokeKey(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Ends a key's life after so many seconds, if nothing ends it before. */
export async function expireKey(db: Db, tenantId: string, id: string, seconds: number): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ expires_at: sql<Date>`least(expires_at, now() + make_interval(secs => ${seconds}))` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute()
}

/** The key that rotation puts in its place. */
export async function noteReplaced(db: Db, tenantId: string, id: string, by: string): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ replaced_by: by })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute()
}

/** Those of the ids that are accounts of this tenant which are not unlinked. */
export async function findAccountIds(db: Db, tenantId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('accounts')
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', [...ids])
    .where('status', '!=', 'revoked')
    .select('id')
    .execute()
  return rows.map(row => row.id)
}

/** By its id alone: whoever holds the key does not say whose it is. One read of the primary key. */
export function findKeyToVerify(db: Db, id: string) {
  return db
    .selectFrom('api_keys')
    .where('id', '=', id)
    .select([
      'tenant_id',
      'hash',
      'scopes',
      'account_ids',
      'revoked_at',
      'expires_at',
      sql<boolean>`coalesce(expires_at <= now(), false)`.as('is_expired'),
      sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`.as('is_use_stale')
    ])
    .executeTakeFirst()
}

/** At most one write a minute, in whichever process. */
export async function touchKey(db: Db, id: string): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ last_used_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where(sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`)
    .execute()
}
