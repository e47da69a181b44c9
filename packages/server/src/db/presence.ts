import { sql } from 'kysely'
import { newId } from '../lib/ids.ts'
import type { Database } from './open.ts'

/** Seconds between two signs of life of a process. */
const BEAT = 2
/** Seconds of silence after which what a process held may be taken over. */
export const SILENT = 7

/** This process in the `workers` table: leases and claims of a process that is silent may be taken over. */
export interface Presence {
  readonly id: string
  stop(): Promise<void>
}

/** One statement every two seconds, for everything that this process holds. */
export async function announce({ db }: Database, onError: (error: unknown) => void): Promise<Presence> {
  const id = newId()
  const beat = () =>
    sql`
    insert into workers (id) values (${id}) on conflict (id) do update set beat_at = now()`.execute(db)
  await beat()
  // Rows of the dead are kept for a day, so that nothing mistakes "gone" for "never was".
  await sql`delete from workers where beat_at < now() - interval '1 day'`.execute(db)
  const timer = setInterval(() => void beat().catch(onError), BEAT * 1000)
  return {
    id,
    async stop() {
      clearInterval(timer)
      await sql`delete from workers where id = ${id}`.execute(db)
    }
  }
}
