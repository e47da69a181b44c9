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
  stop(): Promise<void>
}

export async function announce({ db }: Database, onError: (error: unknown) => void): Promise<Presence> {
  const id = newId()
  const beat = () =>
    sql`insert into workers (id) values (${id}) on conflict (id) do update set beat_at = now()`.execute(db)
  await beat()
  // Rows of the dead are kept for a day: they tell who held what.
  await sql`delete from workers where beat_at < now() - interval '1 day'`.execute(db)
  let beating: Promise<unknown> | undefined
  const timer = setInterval(() => {
    // A database that is slow to answer gets one beat at a time.
    beating ??= beat()
      .catch(onError)
      .finally(() => {
        beating = undefined
      })
  }, HEARTBEAT * 1000)
  return {
    id,
    async stop() {
      clearInterval(timer)
      // A beat under way would bring the row back.
      await beating
      await sql`delete from workers where id = ${id}`.execute(db)
    }
  }
}
