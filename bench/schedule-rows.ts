import type pg from 'pg'
import type { Database } from '../packages/server/src/db/open.ts'
import { claim } from '../packages/server/src/deliveries/claim-queries.ts'

/** Accounts of a tenant, each with one app of the tenant's own; uploads go to all of them. */
export const ACCOUNTS = 2
export const PLATFORM = 'noop'

/**
 * Rows as accepted uploads leave them, due between one and thirty days from now. What triggers make of them, events and
 * turns, is left out or made at once: else it takes five minutes.
 */
export async function fillTables(pool: pg.Pool, waiting: number, tenants: number): Promise<void> {
  const uploads = Math.ceil(waiting / tenants / ACCOUNTS)
  await pool.query(
    `insert into tenants (id, name, slug) select uuidv7(), 'Bench', 'bench-' || n from generate_series(1, $1) n`,
    [tenants]
  )
  await pool.query(`insert into apps (app) select $1 || ':' || id from tenants`, [PLATFORM])
  await pool.query(`insert into quotas (tenant_id, month, reserved) select id, '2026-01-01', 1000000 from tenants`)
  await pool.query(
    `insert into accounts (id, tenant_id, platform, sandbox, auth, remote_id, display_name, handle, facts, scopes, status)
     select uuidv7(), t.id, $1, true, 'none', n::text, 'Channel', 'channel', '{}', '{}', 'active'
     from tenants t, generate_series(1, $2) n`,
    [PLATFORM, ACCOUNTS]
  )
  await pool.query(
    `insert into files (id, tenant_id, storage_key, etag, bytes, name, content_type)
     select uuidv7(), id, 'key', '"etag"', 100, 'a.mp4', 'video/mp4' from tenants`
  )
  const client = await pool.connect()
  await client.query("set session_replication_role = 'replica'")
  const step = 50
  for (let first = 1; first <= tenants; first += step) {
    await client.query(
      `with chosen as (select id from tenants where substr(slug, 7)::int between $1 and $2),
       made as (
         insert into uploads (id, tenant_id, file_id, title, status)
         select uuidv7(), s.id, (select f.id from files f where f.tenant_id = s.id), 'A', 'Scheduled'
         from chosen s, generate_series(1, $3)
         returning id, tenant_id, now() + (1 + random() * 29) * interval '1 day' as due)
       insert into deliveries (id, tenant_id, upload_id, account_id, platform, app, position, title, description, options,
         adjustments, quota_month, status, bytes, due_at, ask_at, give_up_at)
       select uuidv7(), m.tenant_id, m.id, a.id, $4, $4 || ':' || m.tenant_id, a.remote_id::int, 'A', '', '{}', '[]',
         '2026-01-01', 'scheduled', 100, m.due, m.due, m.due + interval '1 day'
       from made m join accounts a on a.tenant_id = m.tenant_id`,
      [first, first + step - 1, uploads, PLATFORM]
    )
  }
  client.release(true)
  await pool.query(
    `insert into turns (account_id, tenant_id, app, next_at)
     select account_id, tenant_id, app, min(ask_at) from deliveries group by account_id, tenant_id, app`
  )
  await pool.query('vacuum analyze')
}

/** `count` of the waiting become due in the second that begins in `inSeconds`, equally many of each tenant. */
export async function makeDue(pool: pg.Pool, count: number, tenants: number, inSeconds: number): Promise<void> {
  const perTenant = Math.ceil(count / tenants / ACCOUNTS)
  await pool.query(
    `with chosen as (
       select u.id, date_trunc('second', now()) + ($1 + random()) * interval '1 second' as due from tenants t cross join lateral (
         select id from uploads where tenant_id = t.id and status = 'Scheduled' limit $2) u)
     update deliveries d set ask_at = c.due, due_at = c.due from chosen c where d.upload_id = c.id`,
    [inSeconds, perTenant]
  )
}

/** How many a second can be leased, up to `slots` by each claim, with nothing else to do. What was leased is given back untimed. */
export async function measureClaims({ db, pool }: Database, worker: string, slots: number): Promise<number> {
  let [taken, ms] = [0, 0]
  for (;;) {
    const from = performance.now()
    const found = await claim(db, { worker, slots, busy: [] })
    ms += performance.now() - from
    if (found.length === 0) return taken / (ms / 1000)
    taken += found.length
    await pool.query(
      `update deliveries set lease = null, status = 'scheduled', ask_at = now() + interval '2 days',
        due_at = now() + interval '2 days' where id = any($1)`,
      [found.map(({ id }) => id)]
    )
  }
}

/** One delivery of some upload of its own, due in so many seconds. */
export async function insertOne(pool: pg.Pool, inSeconds: number): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `with upload as (
       insert into uploads (id, tenant_id, file_id, title, status)
       select uuidv7(), tenant_id, id, 'One', 'Scheduled' from files order by random() limit 1 returning id, tenant_id)
     insert into deliveries (id, tenant_id, upload_id, account_id, platform, app, position, title, description, options,
       adjustments, quota_month, status, bytes, due_at, ask_at, give_up_at)
     select uuidv7(), u.tenant_id, u.id, (select a.id from accounts a where a.tenant_id = u.tenant_id limit 1), $1,
       $1 || ':' || u.tenant_id, 0, 'One', '', '{}', '[]', '2026-01-01', 'scheduled', 100, at, at, at + interval '1 day'
     from upload u, (select clock_timestamp() + $2 * interval '1 second' as at) t returning id`,
    [PLATFORM, inSeconds]
  )
  return rows[0]?.id as string
}
