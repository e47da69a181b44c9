import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import { isSilent } from '../db/presence.ts'
import { LEASE } from './machine.ts'
import { columns, seconds } from './queries.ts'
import type { Claimed } from './rows.ts'

/** Deliveries of one account that may run at the same time. */
const PER_ACCOUNT = 3

export interface Found extends Claimed {
  /** It was still scheduled: this is its first claim. */
  readonly isFirst: boolean
  /** Whoever held it was silent, or too slow. */
  readonly isTakenOver: boolean
}

/**
 * The next delivery that is due, leased to `worker`; undefined when there is none. The account that waited longest goes
 * first. A lease ends with its time, or when its worker has been silent; whoever held it can write nothing more.
 * `busy`: what this process still works on, were its leases to run out.
 * Throws a unique violation when another claim took the same `alone_key` in this moment: claim again.
 */
export async function claim(
  db: Db,
  { worker, lease, busy }: { worker: string; lease: string; busy: readonly string[] }
): Promise<Found | undefined> {
  const { rows } = await sql<Found>`
    with due as (
      select d.id, d.account_id, d.status = 'scheduled' as is_first, d.lease is not null as is_taken_over
      from deliveries d join accounts a on a.id = d.account_id join apps p on p.app = d.app
      where d.status in ('scheduled', 'running') and d.ask_at <= now() and d.id <> all(${busy}::uuid[])
        and (d.lease is null or d.lease_until < now() or ${isSilent(sql.ref('d.worker'))})
        and (d.stop is not null or (a.parked_until <= now() and p.parked_until <= now()))
        and (select count(*) from deliveries o
          where o.account_id = d.account_id and o.lease is not null and o.id <> d.id) < ${PER_ACCOUNT}
        -- An account that was claimed since this statement began is read anew when it is locked, but the count above is
        -- not: its row and the one that the statement sees differ then, and it is left for the next look.
        and a.last_claim = (select seen.last_claim from accounts seen where seen.id = d.account_id)
        and (d.alone_key is null or d.alone_since is not null or d.give_up_at <= now() or not exists (
          -- Someone runs with this key; someone ended without an id and has not settled, so that the next watermark
          -- would miss its post; someone later than our own doubt is unaccounted for.
          select from deliveries o where o.alone_key = d.alone_key and o.id <> d.id and (
            o.alone_since is not null
            or o.remote_id is null and o.settled_at > now()
            or o.remote_id is null and o.doubt_since > d.doubt_since and (d.doubt_commits or d.stage = 'committed')
              and (o.status = 'uploaded' or o.doubt_commits or o.stage = 'committed'))))
      order by a.last_claim, d.ask_at
      for no key update of d, a skip locked limit 1
    ), touched as (
      update accounts a set last_claim = now() from due where a.id = due.account_id
    )
    update deliveries d set lease = ${lease}, lease_until = now() + ${seconds(LEASE)}, worker = ${worker},
      status = 'running', started_at = coalesce(d.started_at, now()),
      crashes = d.crashes + (d.lease is not null)::int,
      alone_since = case when d.alone_key is not null and d.give_up_at > now() and d.stop is null
        then coalesce(d.alone_since, now()) end
    from due where d.id = due.id
    returning ${columns}, due.is_first as "isFirst", due.is_taken_over as "isTakenOver"`.execute(db)
  return rows[0]
}

/** Seconds until the next delivery that is not due yet. Null: there is none. */
export async function nextDueIn(db: Db): Promise<number | null> {
  const { rows } = await sql<{ wait: number | null }>`
    select extract(epoch from min(ask_at) - now())::float8 as wait from deliveries
    where status in ('scheduled', 'running') and ask_at > now()`.execute(db)
  return rows[0]?.wait ?? null
}
