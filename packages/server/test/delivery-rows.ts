import type pg from 'pg'
import { newId } from '../src/lib/ids.ts'

export interface Rows {
  readonly tenantId: string
  readonly accounts: readonly string[]
}

/** A worker that lives for ever: where silence is not the question, a busy machine must not make one silent. */
export async function insertWorker(pool: pg.Pool): Promise<string> {
  const id = newId()
  await pool.query(`insert into workers (id, beat_at) values ($1, 'infinity')`, [id])
  return id
}

/** A workspace whose accounts have `perAccount` deliveries each, all of them due in so many seconds. */
export async function insertDue(
  pool: pg.Pool,
  { accounts, perAccount, aloneKey = null }: { accounts: number; perAccount: number; aloneKey?: string | null },
  inSeconds = 0
): Promise<Rows> {
  const tenantId = newId()
  const app = `app of ${tenantId}`
  await pool.query('insert into tenants (id, name, slug) values ($1, $2, $3)', [tenantId, 'Rows', tenantId])
  await pool.query('insert into apps (app) values ($1)', [app])
  await pool.query(`insert into quotas values ($1, '2026-01-01', $2)`, [tenantId, accounts * perAccount])
  const ids: string[] = []
  for (let i = 0; i < accounts; i++) {
    const id = newId()
    ids.push(id)
    await pool.query(
      `insert into accounts (id, tenant_id, platform, sandbox, auth, remote_id, display_name, handle, facts, scopes, status)
       values ($1, $2, 'youtube', true, 'google', $3, 'Channel', 'channel', '{}', '{}', 'active')`,
      [id, tenantId, id]
    )
  }
  for (let i = 0; i < perAccount; i++) {
    const [fileId, uploadId] = [newId(), newId()]
    await pool.query(
      `insert into files (id, tenant_id, storage_key, etag, bytes, name, content_type)
       values ($1, $2, 'key', '"etag"', 100, 'a.mp4', 'video/mp4')`,
      [fileId, tenantId]
    )
    await pool.query(
      `insert into uploads (id, tenant_id, file_id, title, status) values ($1, $2, $3, 'A', 'Processing')`,
      [uploadId, tenantId, fileId]
    )
    for (const [position, accountId] of ids.entries()) {
      await pool.query(
        `insert into deliveries (id, tenant_id, upload_id, account_id, platform, app, position, title, description,
          options, adjustments, quota_month, status, bytes, due_at, ask_at, give_up_at, alone_key)
         values ($1, $2, $3, $4, 'youtube', $5, $6, 'A', '', '{}', '[]', '2026-01-01', 'scheduled', 100,
          now() + make_interval(secs => $8), now() + make_interval(secs => $8), now() + interval '1 day', $7)`,
        [newId(), tenantId, uploadId, accountId, app, position, aloneKey, inSeconds]
      )
    }
  }
  return { tenantId, accounts: ids }
}

/** The same in bulk, each delivery with an upload of its own. */
export async function insertMany(
  pool: pg.Pool,
  { accounts, perAccount }: { accounts: number; perAccount: number }
): Promise<Rows> {
  const rows = await insertDue(pool, { accounts, perAccount: 1 })
  await pool.query(
    `with made as (
       insert into uploads (id, tenant_id, file_id, title, status)
       select gen_random_uuid(), f.tenant_id, f.id, 'A', 'Processing' from files f, generate_series(2, $2) where f.tenant_id = $1
       returning id, tenant_id)
     insert into deliveries (id, tenant_id, upload_id, account_id, platform, app, position, title, description, options,
       adjustments, quota_month, status, bytes, due_at, ask_at, give_up_at)
     select gen_random_uuid(), m.tenant_id, m.id, a.id, 'youtube', 'app of ' || m.tenant_id, 0, 'A', '', '{}', '[]',
       '2026-01-01', 'scheduled', 100, now(), now(), now() + interval '1 day'
     from made m join accounts a on a.tenant_id = m.tenant_id`,
    [rows.tenantId, perAccount]
  )
  return rows
}
