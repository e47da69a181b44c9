import { type RawBuilder, sql } from 'kysely'
import { newId } from '../lib/ids.ts'
import type { Database } from './open.ts'

/** Seconds between two signs of life of a process: one row per process, for everything that it holds. */
export const HEARTBEAT = 2
/** Seconds of silence after which what a process held may be taken over, before its leases end. */
export const SILENT = 7

/** True in SQL when the process named by `worker` gives no sign of life, or never was. */
export const isSilent = (worker: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`not exists (
  select from workers w where w.id = ${worker} and w.beat_at > now() - ${SILENT} * interval '1 second')`

/** This process in the `workers` table. */
export interface Presence {
  readonly id: string
  /** Says, with the next sign of life, that this process looked for deliveries. */
  look(): void
  stop(): Promise<void>
}

export async function announce({ db }: Database, onError: (error: unknown) => void): Promise<Presence> {
  const id = newId()
  let hasLooked = false
  let isKnown = false
  const beat = () => {
    const looked = hasLooked
    hasLooked = false
    return sql`insert into workers (id, claimed_at) values (${id}, case when ${looked}::bool then now() end)
      on conflict (id) do update
      set beat_at = now(), claimed_at = coalesce(excluded.claimed_at, workers.claimed_at)`.execute(db)
  }
  await beat()
  // Rows of the dead are kept for a day: they tell who held what.
  await sql`delete from workers where beat_at < now() - interval '1 day'`.execute(db)
  let beating: Promise<unknown> | undefined
  const beatOnce = () => {
    // A database that is slow to answer gets one beat at a time.
    beating ??= beat()
      .catch(onError)
      .finally(() => {
        beating = undefined
      })
  }
  const timer = setInterval(beatOnce, HEARTBEAT * 1000)
  return {
    id,
    look() {
      hasLooked = true
      // The first one is told at once: until then the instance is not ready.
      if (!isKnown) beatOnce()
      isKnown = true
    },
    async stop() {
      clearInterval(timer)
      // A beat under way would bring the row back.
      await beating
      await sql`delete from workers where id = ${id}`.execute(db)
    }
  }
}
