import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import type { Position } from './position.ts'

/** Days for which events are kept. */
export const KEPT_DAYS = 30

export interface EventRow {
  readonly seq: number
  readonly id: string
  readonly type: string
  readonly uploadId: string | null
  readonly data: Record<string, unknown>
  readonly at: Date
}

export interface EventFilter {
  readonly types: readonly string[] | undefined
  /** Those of uploads to these accounts alone. Null: all. */
  readonly accountIds: readonly string[] | null
  readonly limit: number
}

export interface Batch {
  /** What the statement saw: with these events, everything that it shows was read. */
  readonly snapshot: string
  readonly now: Date
  readonly events: readonly EventRow[]
}

/** What a reader has not seen, in order. One statement, and so one snapshot. */
export async function readBatch(db: Db, tenantId: string, at: Position, filter: EventFilter): Promise<Batch> {
  const { types = null, accountIds, limit } = filter
  const { rows } = await sql<{ snapshot: string; now: Date } & (EventRow | { seq: null })>`
    select s.shown::text as snapshot, now() as now, e.*
    from (select pg_current_snapshot() as shown) s left join lateral (
      select e.seq, e.id, e.type, e.upload_id as "uploadId", e.data, e.at from events e
      where e.tenant_id = ${tenantId} and e.seq > ${at.after}
        and e.xid >= pg_snapshot_xmin(${at.seen}::pg_snapshot)
        and not pg_visible_in_snapshot(e.xid, ${at.seen}::pg_snapshot)
        -- Also of rows that came from another cluster: they wait until its numbers have come.
        and pg_visible_in_snapshot(e.xid, coalesce(${at.until}::pg_snapshot, s.shown))
        and (${types}::text[] is null or e.type = any(${types}::text[]))
        and (${accountIds}::uuid[] is null or ${accountIds}::uuid[] @> coalesce(e.account_ids,
          (select u.account_ids from uploads u where u.tenant_id = e.tenant_id and u.id = e.upload_id)))
      order by e.seq limit ${limit}) e on true
    order by e.seq`.execute(db)
  const { snapshot, now } = rows[0] as { snapshot: string; now: Date }
  return { snapshot, now, events: rows.filter(row => row.seq !== null) as EventRow[] }
}

/** Now, and the number before the first event at that time or after it. */
export async function findStart(db: Db, tenantId: string, since: Date) {
  const { rows } = await sql<{ snapshot: string; after: number }>`
    select pg_current_snapshot()::text as snapshot, coalesce((
      select min(seq) - 1 from events where tenant_id = ${tenantId} and at >= ${since}),
      (select max(seq) from events), 0)::bigint as after`.execute(db)
  return rows[0] as { snapshot: string; after: number }
}

export async function readSnapshot(db: Db): Promise<string> {
  const { rows } = await sql<{ snapshot: string }>`select pg_current_snapshot()::text as snapshot`.execute(db)
  return (rows[0] as { snapshot: string }).snapshot
}

/** False: it lies in the future of this database, and so is of another one. */
export async function isOurs(db: Db, { seen, until }: Position): Promise<boolean> {
  const { rows } = await sql<{ isOurs: boolean }>`
    select pg_snapshot_xmax(${until ?? seen}::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
      and pg_snapshot_xmax(${seen}::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) as "isOurs"`.execute(db)
  return rows[0]?.isOurs === true
}

/** From the end of this statement on, new transactions announce what happens in the workspace. */
export async function addReader(db: Db, tenantId: string, worker: string): Promise<void> {
  await sql`
    insert into event_readers (tenant_id, worker) values (${tenantId}, ${worker}) on conflict do nothing`.execute(db)
}

export async function removeReader(db: Db, tenantId: string, worker: string): Promise<void> {
  await sql`delete from event_readers where tenant_id = ${tenantId} and worker = ${worker}`.execute(db)
}

/** Those of processes that are long gone. */
export async function sweepReaders(db: Db): Promise<void> {
  await sql`
    delete from event_readers r where not exists (
      select from workers w where w.id = r.worker and w.beat_at > now() - interval '1 hour')`.execute(db)
}

/** Forgets the oldest; numbers follow time closely enough. Returns how many went. */
export async function sweepEvents(db: Db, most = 10_000): Promise<number> {
  const { rows } = await sql`
    delete from events where seq in (
      select seq from (select seq, at from events order by seq limit ${most}) oldest
      where at < now() - ${KEPT_DAYS} * interval '1 day')
    returning 1`.execute(db)
  return rows.length
}
