import { type Selectable, sql } from 'kysely'
import type { Db } from '../../db/open.ts'
import type { LinksTable } from '../../db/tables-linking.ts'

export type LinkRow = Selectable<LinksTable>

export interface NewLink
  extends Omit<LinkRow, 'cookie_hash' | 'created_at' | 'expires_at' | 'used_at' | 'offer' | 'offer_until'> {
  readonly seconds: number
}

/** Answers when it expires. */
export async function insertLink(db: Db, link: NewLink): Promise<Date> {
  const { rows } = await sql<{ expires_at: Date }>`
    insert into links (id, tenant_id, user_id, platform, sandbox, auth, token_hash, state_hash, secrets, return_to, choose, expires_at)
    values (${link.id}, ${link.tenant_id}, ${link.user_id}, ${link.platform}, ${link.sandbox}, ${link.auth},
      ${link.token_hash}, ${link.state_hash}, ${link.secrets}, ${link.return_to}, ${link.choose}, now() + make_interval(secs => ${link.seconds}))
    returning expires_at`.execute(db)
  return (rows[0] as { expires_at: Date }).expires_at
}

/** Forgets the grants that nobody chose from, and the links of yesterday. */
export async function sweepLinks(db: Db): Promise<void> {
  await sql`update links set offer = null where offer is not null and offer_until < now()`.execute(db)
  await sql`delete from links where expires_at < now() - interval '1 day'`.execute(db)
}

/** Binds the page to the first browser that opens it. Undefined: it is bound, used or expired. */
export async function claimLink(db: Db, tokenHash: Buffer, cookieHash: Buffer): Promise<LinkRow | undefined> {
  const { rows } = await sql<LinkRow>`
    update links set cookie_hash = ${cookieHash}
    where token_hash = ${tokenHash} and cookie_hash is null and used_at is null and expires_at > now()
    returning *`.execute(db)
  return rows[0]
}

export interface SeenLink extends LinkRow {
  readonly is_expired: boolean
  readonly now: Date
}

export async function findLink(
  db: Db,
  by: { readonly token_hash: Buffer } | { readonly state_hash: Buffer }
): Promise<SeenLink | undefined> {
  const isIt = 'token_hash' in by ? sql`token_hash = ${by.token_hash}` : sql`state_hash = ${by.state_hash}`
  const { rows } = await sql<SeenLink>`
    select *, expires_at <= now() as is_expired, now() from links where ${isIt}`.execute(db)
  return rows[0]
}

/** The right to finish the link: once, in time, by the browser that opened it, while who began it may still link. */
export async function spendLink(db: Db, id: string, cookieHash: Buffer): Promise<boolean> {
  const { rows } = await sql`
    update links l set used_at = now()
    where id = ${id} and cookie_hash = ${cookieHash} and used_at is null and expires_at > now()
      and exists (select from members m
        where m.tenant_id = l.tenant_id and m.user_id = l.user_id and m.role in ('owner', 'admin'))
    returning id`.execute(db)
  return rows.length > 0
}

/** Keeps what a grant brought for so many seconds, until the person has chosen. */
export async function keepOffer(db: Db, id: string, offer: Buffer, seconds: number): Promise<void> {
  await sql`update links set offer = ${offer}, offer_until = now() + make_interval(secs => ${seconds})
    where id = ${id}`.execute(db)
}

export interface OfferRow extends LinkRow {
  readonly offer: Buffer
  readonly offer_until: Date
  readonly now: Date
}

/** For whoever began the link. Undefined: there is no choice to make, or not any more. `isTaken`: locked to the end of the transaction. */
export async function findOffer(
  db: Db,
  { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
  id: string,
  isTaken = false
): Promise<OfferRow | undefined> {
  const { rows } = await sql<OfferRow>`
    select *, now() from links where id = ${id} and tenant_id = ${tenantId} and user_id = ${userId}
      and offer is not null and offer_until > now() ${isTaken ? sql`for update` : sql``}`.execute(db)
  return rows[0]
}

export async function forgetOffer(db: Db, id: string): Promise<void> {
  await sql`update links set offer = null where id = ${id}`.execute(db)
}

/** The accounts of a workspace among these, by their remote id. */
export async function findLinked(db: Db, link: LinkRow, remoteIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; remoteId: string }>`
    select id, remote_id as "remoteId" from accounts
    where tenant_id = ${link.tenant_id} and platform = ${link.platform} and sandbox = ${link.sandbox}
      and remote_id = any(${remoteIds}::text[]) and status <> 'revoked'`.execute(db)
  return new Map(rows.map(row => [row.remoteId, row.id]))
}

/** What the page says of a link: whose workspace it is, and who asked. */
export async function describeLink(db: Db, { tenant_id, user_id }: LinkRow) {
  const { rows } = await sql<{ workspace: string; person: string }>`
    select t.name as workspace, u.name as person from tenants t, users u
    where t.id = ${tenant_id} and u.id = ${user_id}`.execute(db)
  return rows[0] as { workspace: string; person: string }
}

/** Who links the accounts of a demonstration. */
export async function findOwner(db: Db, tenantId: string): Promise<string | undefined> {
  const { rows } = await sql<{ user_id: string }>`
    select user_id from members where tenant_id = ${tenantId} and role = 'owner' order by created_at, id limit 1`.execute(
    db
  )
  return rows[0]?.user_id
}
