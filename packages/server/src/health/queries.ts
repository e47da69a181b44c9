import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import { SILENT } from '../db/presence.ts'

/** Whether any worker looked for deliveries within its beat. Throws when the database does not answer. */
export async function hasWorker(db: Db): Promise<boolean> {
  const { rows } = await sql`
    select from workers where claimed_at > now() - ${SILENT} * interval '1 second' limit 1`.execute(db)
  return rows.length > 0
}

export interface Gauges {
  /** Seconds. Of what is due, not parked, and that nobody works on. */
  readonly lateBy: number
  readonly inFlight: readonly { readonly platform: string; readonly count: number }[]
  readonly openSessions: readonly { readonly kind: string; readonly count: number }[]
  readonly workers: number
}

/** Of the whole instance, whichever process is asked. Each reads a partial index of what is open. */
export async function readGauges(db: Db): Promise<Gauges> {
  // Marks count too: without a worker nobody makes turns of them.
  const { rows: late } = await sql<{ lateBy: number | null }>`
    select extract(epoch from now() - min(d.ask_at))::float8 as "lateBy"
    from (
      select account_id from turns where is_due
      union select account_id from turns where not is_due and next_at <= now() + interval '5 seconds'
      union select account_id from turn_marks where at <= now() and account_id is not null) t
    cross join lateral (
      select o.ask_at from deliveries o
      where o.account_id = t.account_id and o.status in ('scheduled', 'running') and o.ask_at <= now() and o.lease is null
        and (o.stop is not null or not exists (select from pause_of(o.account_id, o.app, is_start(o))))
      order by o.ask_at limit 1) d`.execute(db)
  const { rows: inFlight } = await sql<Gauges['inFlight'][0]>`
    select platform, count(*)::int as count from deliveries where lease is not null group by platform`.execute(db)
  // Somebody takes it over, if anybody is there: from when its worker fell silent nobody works on it.
  const { rows: left } = await sql<{ lateBy: number | null }>`
    select extract(epoch from now() - min(greatest(d.ask_at, silence.since)))::float8 as "lateBy"
    from deliveries d left join workers w on w.id = d.worker
      cross join lateral (select least(d.lease_until, w.beat_at + ${SILENT} * interval '1 second') as since) silence
    where d.lease is not null and d.ask_at <= now() and silence.since <= now()
      and (d.stop is not null or not exists (select from pause_of(d.account_id, d.app, is_start(d))))`.execute(db)
  const { rows: openSessions } = await sql<Gauges['openSessions'][0]>`
    select kind, count(*)::int as count from upload_sessions where status = 'open' group by kind`.execute(db)
  const { rows: workers } = await sql<{ count: number }>`
    select count(*)::int as count from workers
    where claimed_at > now() - ${SILENT} * interval '1 second'`.execute(db)
  const lateBy = Math.max(late[0]?.lateBy ?? 0, left[0]?.lateBy ?? 0)
  return { lateBy, inFlight, openSessions, workers: workers[0]?.count ?? 0 }
}
