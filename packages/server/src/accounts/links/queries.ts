import { type Selectable, sql } from 'kysely'
import type { Db } from '../../db/open.ts'
import type { LinksTable } from '../../db/tables-linking.ts'

export type LinkRow = Selectable<LinksTable>

export interface NewLink extends Omit<LinkRow, 'cookie_hash' | 'created_at' | 'expires_at' | 'used_at'> {
  readonly seconds: number
}

/** Answers when it expires. Those of yesterday are swept. */
export async function insertLink(db: Db, link: NewLink): Promise<Date> {
  const { rows } = await sql<{ expires_at: Date }>`
    with swept as (delete from links where expires_at < now() - interval '1 day')
    insert into links (id, tenant_id, user_id, platform, sandbox, auth, token_hash, state_hash, secrets, return_to, expires_at)
    values (${link.id}, ${link.tenant_id}, ${link.user_id}, ${link.platform}, ${link.sandbox}, ${link.auth},
      ${link.token_hash}, ${link.state_hash}, ${link.secrets}, ${link.return_to}, now() + make_interval(secs => ${link.seconds}))
    returning expires_at`.execute(db)
  return (rows[0] as { expires_at: Date }).expires_at
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
