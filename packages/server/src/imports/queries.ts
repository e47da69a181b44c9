import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import { isSilent } from '../db/presence.ts'
import type { ImportFailure } from './failures.ts'

/** Seconds. */
const LEASE = 60
/** Two hours from the first claim to the last byte: 2 GiB at 300 KB/s. */
const GIVE_UP = 7200

const seconds = (value: number) => sql`${value} * interval '1 second'`

export async function insertImport(db: Db, tenantId: string, id: string, url: Buffer): Promise<void> {
  await sql`insert into imports (id, tenant_id, url, give_up_at)
    values (${id}, ${tenantId}, ${url}, 'infinity')`.execute(db)
  await sql`select pg_notify('imports', '')`.execute(db)
}

export interface ImportRow {
  readonly id: string
  readonly fileId: string
  readonly status: 'waiting' | 'fetching' | 'completed' | 'failed' | 'aborted' | 'expired'
  readonly bytesReceived: number
  readonly bytesTotal: number | null
  readonly attempts: number
  readonly uploadId: string | null
  readonly accountIds: readonly string[]
  readonly failure: ImportFailure | null
  readonly createdAt: Date
  readonly expiresAt: Date
}

export async function findImport(db: Db, tenantId: string, id: string): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`
    select i.id, s.file_id as "fileId", i.bytes_received as "bytesReceived", i.bytes_total as "bytesTotal", i.attempts,
      s.upload_id as "uploadId", s.account_ids as "accountIds", i.failure, s.created_at as "createdAt",
      s.expires_at as "expiresAt", case
        when s.status = 'completed' then 'completed'
        when i.failure is not null then 'failed'
        when s.status <> 'open' then s.status
        when s.expires_at <= now() then 'expired'
        when i.lease is not null then 'fetching'
        else 'waiting' end as status
    from imports i join upload_sessions s on s.tenant_id = i.tenant_id and s.id = i.id
    where i.tenant_id = ${tenantId} and i.id = ${id}`.execute(db)
  return rows[0]
}

export interface Held {
  readonly id: string
  readonly lease: string
}

export interface Claimed extends Held {
  readonly tenantId: string
  /** Sealed. */
  readonly url: Buffer
  /** Where the bytes are to go: every claim has a place of its own, so that two that meet cannot mix. */
  readonly storageKey: string
  /** Where an earlier claim may have left bytes. */
  readonly formerKey: string
  /** Seconds until nobody waits any longer. */
  readonly left: number
}

export interface Wish {
  readonly worker: string
  readonly lease: string
  /** What this process still works on. */
  readonly busy: readonly string[]
  /** How many more it could work on. */
  readonly free: number
  readonly place: string
}

/**
 * The next import that is due, leased to `worker`; the workspace with the fewest under way goes first, and none takes a
 * slot of a process that leaves fewer free than it holds there: servers that drip for hours keep nobody else's waiting. A
 * lease ends with its time, or when its worker has been silent.
 */
export async function claim(db: Db, { worker, lease, busy, free, place }: Wish): Promise<Claimed | undefined> {
  const { rows } = await sql<Claimed>`
    with due as (
      select i.id, s.storage_key as former from imports i
        join upload_sessions s on s.tenant_id = i.tenant_id and s.id = i.id
      where i.url is not null and i.ask_at <= now() and s.status = 'open' and s.expires_at > now()
        and i.id <> all(${busy}::uuid[])
        and (i.lease is null or i.lease_until < now() or ${isSilent(sql.ref('i.worker'))})
        and (select count(*) from imports o where o.tenant_id = i.tenant_id and o.id = any(${busy}::uuid[])) < ${free}
      order by (select count(*) from imports o where o.tenant_id = i.tenant_id and o.lease is not null), i.ask_at
      for no key update of i skip locked limit 1
    ), placed as (
      update upload_sessions s set storage_key = s.tenant_id || '/' || ${place}::text from due
      where s.id = due.id and s.status = 'open' returning s.id, s.storage_key
    )
    update imports i set lease = ${lease}, lease_until = now() + ${seconds(LEASE)}, worker = ${worker},
      give_up_at = least(i.give_up_at, now() + ${seconds(GIVE_UP)})
    from due join placed on placed.id = due.id where i.id = due.id
    returning i.id, i.lease, i.tenant_id as "tenantId", i.url, placed.storage_key as "storageKey",
      due.former as "formerKey", extract(epoch from i.give_up_at - now())::float8 as left`.execute(db)
  return rows[0]
}

export interface Seen {
  readonly received: number
  readonly total: number | null
  /** Requests since the last beat. */
  readonly requests: number
}

/** Extends the lease and tells how far it is. False: the lease, or the import itself, is over. */
export async function beat(db: Db, { id, lease }: Held, seen: Seen): Promise<boolean> {
  const { rows } = await sql`
    update imports i set lease_until = now() + ${seconds(LEASE)}, bytes_received = ${seen.received},
      bytes_total = ${seen.total}, attempts = attempts + ${seen.requests}
    where i.id = ${id} and i.lease = ${lease} and exists (
      select from upload_sessions s where s.id = i.id and s.status = 'open' and s.expires_at > now())
    returning i.id`.execute(db)
  return rows.length > 0
}

/** Locks the row before its session's, as every claim does. False: the lease is not ours any more. */
export async function hold(db: Db, { id, lease }: Held): Promise<boolean> {
  const { rows } = await sql`select from imports where id = ${id} and lease = ${lease} for update`.execute(db)
  return rows.length > 0
}

/** In the transaction that ends its session. */
export async function end(db: Db, id: string, failure: ImportFailure | null): Promise<void> {
  await sql`update imports set url = null, lease = null, lease_until = null,
      failure = ${failure && JSON.stringify(failure)}::jsonb where id = ${id}`.execute(db)
}

export interface Came {
  readonly bytes: number
  readonly name: string
  readonly contentType: string
}

/** What was not known when the session began. */
export async function describeSession(db: Db, id: string, { bytes, name, contentType }: Came): Promise<void> {
  await sql`update upload_sessions set file_size = ${bytes}, file_name = ${name}, content_type = ${contentType}
    where id = ${id}`.execute(db)
  await sql`update imports set bytes_received = ${bytes}, bytes_total = ${bytes} where id = ${id}`.execute(db)
}

/** Gives the lease back, to be claimed again after `wait` seconds. */
export async function postpone(db: Db, { id, lease }: Held, wait: number): Promise<void> {
  await sql`update imports set lease = null, lease_until = null, ask_at = now() + ${seconds(wait)}
    where id = ${id} and lease = ${lease}`.execute(db)
}

/** A worker that stops gives back what it holds. */
export async function handOver(db: Db, worker: string): Promise<void> {
  await sql`update imports set lease = null, lease_until = null where worker = ${worker} and lease is not null`.execute(
    db
  )
  await sql`select pg_notify('imports', '')`.execute(db)
}

/** Of imports that were aborted or expired, nothing secret stays. */
export async function forgetEnded(db: Db): Promise<void> {
  await sql`update imports i set url = null, lease = null, lease_until = null from upload_sessions s
    where s.tenant_id = i.tenant_id and s.id = i.id and s.status <> 'open' and i.url is not null`.execute(db)
}
