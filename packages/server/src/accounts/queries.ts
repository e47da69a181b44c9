import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { Db } from '../db/open.ts'
import type { AccountsTable } from '../db/tables.ts'

export type AccountRow = Selectable<AccountsTable>

/** What names an account's row. Rows themselves are such. */
export interface AccountRef {
  readonly tenant_id: string
  readonly id: string
}

/** Oldest first. `accountIds`: only these; null: all. */
export function listAccounts(db: Db, tenantId: string, accountIds: readonly string[] | null): Promise<AccountRow[]> {
  return db
    .selectFrom('accounts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .$if(accountIds !== null, query => query.where('id', 'in', accountIds ?? []))
    .orderBy('id')
    .execute()
}

export function findAccount(db: Db, tenantId: string, id: string): Promise<AccountRow | undefined> {
  return db.selectFrom('accounts').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst()
}

/** The row as it is, and the database's clock. */
export function readGrant(db: Db, { tenant_id, id }: AccountRef) {
  return db
    .selectFrom('accounts')
    .selectAll()
    .select(sql<Date>`now()`.as('now'))
    .select(sql<boolean>`refresh_lease is not null and refresh_until > now()`.as('is_refreshing'))
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .executeTakeFirst()
}

export interface Identity {
  readonly tenant_id: string
  readonly platform: string
  readonly sandbox: boolean
  readonly remote_id: string
}

/** Locks the row to the end of the transaction. */
export function lockAccount(db: Db, identity: Identity): Promise<AccountRow | undefined> {
  const { tenant_id, platform, sandbox, remote_id } = identity
  return db
    .selectFrom('accounts')
    .selectAll()
    .where('tenant_id', '=', tenant_id)
    .where('platform', '=', platform)
    .where('sandbox', '=', sandbox)
    .where('remote_id', '=', remote_id)
    .forUpdate()
    .executeTakeFirst()
}

export interface NewAccount extends Identity {
  readonly id: string
  readonly auth: string
  readonly display_name: string
  readonly handle: string
  readonly avatar_url: string | null
  readonly facts: Readonly<Record<string, unknown>>
  readonly scopes: readonly string[]
  readonly tokens: Buffer
  readonly refresh_at: Date | null
}

/** False: the same remote account was linked just now. */
export async function insertAccount(db: Db, { facts, scopes, ...account }: NewAccount): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('accounts')
    .values({ ...account, facts: JSON.stringify(facts), scopes: [...scopes], status: 'active' })
    .onConflict(conflict => conflict.columns(['tenant_id', 'platform', 'sandbox', 'remote_id']).doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** A new grant for an account that is there. Without its lease, a refresh under way cannot put the old grant over the new one. */
export async function relinkAccount(
  db: Db,
  { facts, scopes, tokens, refresh_at, ...account }: NewAccount
): Promise<void> {
  await db
    .updateTable('accounts')
    .set({
      auth: account.auth,
      display_name: account.display_name,
      handle: account.handle,
      avatar_url: account.avatar_url,
      facts: JSON.stringify(facts),
      scopes: [...scopes],
      status: 'active',
      previous_tokens: sql`tokens`,
      tokens,
      token_version: sql`token_version + 1`,
      refresh_lease: null,
      refresh_until: null,
      refresh_at,
      facts_at: sql`now()`,
      parked_until: sql`'-infinity'`,
      status_since: sql`case when status = 'active' then status_since else now() end`,
      status_reason: null,
      linked_at: sql`now()`
    })
    .where('tenant_id', '=', account.tenant_id)
    .where('id', '=', account.id)
    .execute()
}

/** Deliveries and budgets name the app they belong to. */
export async function insertApp(db: Db, app: string): Promise<void> {
  await sql`insert into apps (app) values (${app}) on conflict do nothing`.execute(db)
}

/** Forgets the grant; answers the row as it was. Undefined: it was revoked already. */
export async function forgetAccount(db: Db, { tenant_id, id }: AccountRef): Promise<AccountRow | undefined> {
  const account = await db
    .selectFrom('accounts')
    .selectAll()
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .where('status', '<>', 'revoked')
    .forUpdate()
    .executeTakeFirst()
  if (!account) return undefined
  await db
    .updateTable('accounts')
    .set({
      status: 'revoked',
      status_since: sql`now()`,
      status_reason: null,
      tokens: null,
      previous_tokens: null,
      token_version: sql`token_version + 1`,
      refresh_lease: null,
      refresh_until: null,
      refresh_at: null
    })
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .execute()
  return account
}

/**
 * Does a live account perhaps hang on the grant that was forgotten? The same remote account in any workspace does, this one included when
 * it was linked again meanwhile. Others of the same workspace may: the platform tells which channel a grant is for, but not who its owner
 * is, and revoking ends all of an owner's grants for the app. In the sandbox each workspace is an app of its own.
 */
export async function hasSiblings(db: Db, account: AccountRow): Promise<boolean> {
  const { rows } = await sql`
    select from accounts a
    where a.platform = ${account.platform} and a.sandbox = ${account.sandbox} and a.status = 'active'
      and (a.tenant_id = ${account.tenant_id} or not a.sandbox and a.remote_id = ${account.remote_id})
    limit 1`.execute(db)
  return rows.length > 0
}

/** The right to refresh the grant of this version. False: somebody else has it, or the version moved. */
export async function takeRefresh(
  db: Db,
  { tenant_id, id }: AccountRef,
  about: { version: number; lease: string; seconds: number }
): Promise<boolean> {
  const { rows } = await sql`
    update accounts set refresh_lease = ${about.lease}, refresh_until = now() + make_interval(secs => ${about.seconds})
    where tenant_id = ${tenant_id} and id = ${id} and token_version = ${about.version} and status = 'active'
      and (refresh_lease is null or refresh_until < now())
    returning id`.execute(db)
  return rows.length > 0
}

/** Puts the new grant in and keeps the one before it. False: the lease is lost, by linking anew or unlinking. */
export async function saveRefreshed(
  db: Db,
  { tenant_id, id }: AccountRef,
  about: { lease: string; tokens: Buffer; scopes: readonly string[]; refreshAt: Date | null }
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('accounts')
    .set({
      previous_tokens: sql`tokens`,
      tokens: about.tokens,
      scopes: [...about.scopes],
      refresh_at: about.refreshAt,
      token_version: sql`token_version + 1`,
      refresh_lease: null,
      refresh_until: null
    })
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .where('refresh_lease', '=', about.lease)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

export async function giveRefreshBack(db: Db, { tenant_id, id }: AccountRef, lease: string): Promise<void> {
  await sql`update accounts set refresh_lease = null, refresh_until = null
    where tenant_id = ${tenant_id} and id = ${id} and refresh_lease = ${lease}`.execute(db)
}

/** The platform found nothing to renew yet: the lease goes back, and tomorrow somebody tries again. */
export async function postponeRenewal(db: Db, { tenant_id, id }: AccountRef, lease: string): Promise<void> {
  await sql`update accounts set refresh_lease = null, refresh_until = null,
      refresh_at = case when refresh_at is not null then now() + interval '1 day' end
    where tenant_id = ${tenant_id} and id = ${id} and refresh_lease = ${lease}`.execute(db)
}

const nextOf = (
  column: 'refresh_at' | 'facts_at',
  isDue: RawBuilder<unknown>,
  again: RawBuilder<unknown>
) => sql<AccountRow>`
  update accounts set ${sql.ref(column)} = ${again} where id = (
    select id from accounts where status = 'active' and parked_until <= now() and ${isDue}
    order by ${sql.ref(column)} limit 1 for no key update skip locked)
  returning *`

/** An account of any tenant whose grant is past half its life. For an hour, nobody else is given it. */
export async function takeRenewal(db: Db): Promise<AccountRow | undefined> {
  const { rows } = await nextOf('refresh_at', sql`refresh_at <= now()`, sql`now() + interval '1 hour'`).execute(db)
  return rows[0]
}

/** An account of any tenant whose facts are a day old. For an hour, nobody else is given it. */
export async function takeFacts(db: Db): Promise<AccountRow | undefined> {
  const isDue = sql`facts_at <= now() - interval '24 hours'`
  const { rows } = await nextOf('facts_at', isDue, sql`now() - interval '23 hours'`).execute(db)
  return rows[0]
}

export interface Shown {
  readonly display_name: string
  readonly handle: string
  readonly avatar_url: string | null
  readonly facts: Readonly<Record<string, unknown>>
}

export async function saveFacts(db: Db, { tenant_id, id }: AccountRef, { facts, ...shown }: Shown): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ ...shown, facts: JSON.stringify(facts), facts_at: sql`now()` })
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .where('status', '=', 'active')
    .execute()
}

export interface Reason {
  readonly code: string
  readonly message: string
}

/** The grant of this version is dead. False: the version moved meanwhile. */
export async function markDead(
  db: Db,
  { tenant_id, id }: AccountRef,
  version: number,
  { code, message }: Reason
): Promise<boolean> {
  const { rows } = await sql`
    update accounts set status = 'needs_relink', refresh_lease = null, refresh_until = null,
      status_since = now(), status_reason = ${JSON.stringify({ code, message })}::jsonb
    where tenant_id = ${tenant_id} and id = ${id} and token_version = ${version} and status = 'active'
    returning id`.execute(db)
  return rows.length > 0
}

/** Was the account linked again after `since`? It stays as it is until the transaction ends. */
export async function isLinkedSince(
  db: Db,
  { tenantId, accountId }: { tenantId: string; accountId: string },
  since: Date
) {
  const { rows } = await sql`
    select from accounts where tenant_id = ${tenantId} and id = ${accountId} and status = 'active'
      and linked_at > ${since} for share`.execute(db)
  return rows.length > 0
}

export async function readClock(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select now()`.execute(db)
  return (rows[0] as { now: Date }).now
}
