import type { RemotePost } from '@upload24/connectors'
import { sql } from 'kysely'
import type { Db } from '../../db/open.ts'
import { newId } from '../../lib/ids.ts'
import { notify, PATIENCE } from '../queries.ts'
import type { StoredPost } from '../rows.ts'

/** One that the options of a delivery ask for. */
export interface WantedFollowUp {
  readonly followUp: string
  readonly part: string
  readonly fileId: string | null
  /** RFC 3339. Null, or past: at once. */
  readonly notBefore: string | null
}

interface Parent {
  readonly tenantId: string
  readonly id: string
}

/** Before the delivery is written: an unlinking holds the account first too, and then stops what it finds. */
export async function holdAccount(db: Db, { tenantId, accountId }: { tenantId: string; accountId: string }) {
  await sql`select from accounts where tenant_id = ${tenantId} and id = ${accountId} for key share`.execute(db)
}

/**
 * In the transaction in which the delivery ends as uploaded, after `holdAccount`: one row each. Made again, they stay as
 * they are. Those of an account that is unlinked by now end at their first step.
 */
export async function createFollowUps(
  db: Db,
  { tenantId, id }: Parent,
  wanted: readonly WantedFollowUp[]
): Promise<void> {
  const rows = wanted.map((each, position) => ({ ...each, id: newId(), position }))
  await sql`
    insert into deliveries (id, tenant_id, upload_id, account_id, platform, app, position, title, description, options,
      adjustments, quota_month, status, bytes, due_at, ask_at, give_up_at, parent_id, follow_up, part, file_id, stop)
    select r.id, p.tenant_id, p.upload_id, p.account_id, p.platform, p.app, r.position, p.title, p.description, p.options,
      '[]', p.quota_month, case when r.due_at > now() then 'scheduled' else 'running' end, coalesce(f.bytes, 0),
      r.due_at, case when a.status = 'revoked' then now() else r.due_at end, r.due_at + ${PATIENCE},
      p.id, r."followUp", r.part, r."fileId", case when a.status = 'revoked' then 'unlink' end
    from (
        select *, greatest("notBefore", now()) as due_at from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as r (id uuid, "followUp" text, part text, "fileId" uuid, position integer, "notBefore" timestamptz)
      ) as r
      join deliveries p on p.tenant_id = ${tenantId} and p.id = ${id}
      join accounts a on a.tenant_id = p.tenant_id and a.id = p.account_id
      left join files f on f.tenant_id = p.tenant_id and f.id = r."fileId"
    on conflict do nothing`.execute(db)
  await notify(db)
}

/** What is known of the post that a follow-up belongs to. */
export async function readPost(db: Db, { tenantId, id }: Parent): Promise<StoredPost | undefined> {
  const { rows } = await sql<StoredPost>`
    select remote_id as "remoteId", remote_url as "remoteUrl", remote_trace as "remoteTrace"
    from deliveries where tenant_id = ${tenantId} and id = ${id}`.execute(db)
  return rows[0]
}

/** What was not known of the post. An address that stood in for the missing id gives way to the post's own. */
export async function fillPost(db: Db, { tenantId, id }: Parent, post: RemotePost): Promise<void> {
  const [remoteId, remoteUrl] = [post.id ?? null, post.url ?? null]
  await sql`
    update deliveries set remote_id = coalesce(remote_id, ${remoteId}),
      remote_url = case when remote_id is null and ${remoteId}::text is not null
        then coalesce(${remoteUrl}, remote_url) else coalesce(remote_url, ${remoteUrl}) end
    where tenant_id = ${tenantId} and id = ${id} and status = 'uploaded'`.execute(db)
}
