import type { Failure } from '@upload24/connectors'
import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import type { Pauses } from './pauses.ts'

/** Seconds. Whatever a platform asks for, a day later one finds out whether it still means it. */
const LONGEST_PAUSE = 86_400

/**
 * Stops everyone in these scopes for so many seconds, or new posts alone. `why`: the refusal that asked for it, if one did, for those
 * who wait and were not refused themselves. The app before the account, so that no two of these wait for each other.
 */
export async function parkAll(
  db: Db,
  row: { readonly app: string; readonly accountId: string },
  { app = 0, account = 0 }: Pauses,
  { why, stops }: { readonly why?: Failure | null | undefined; readonly stops?: 'starts' | undefined } = {}
): Promise<void> {
  const prefix = stops === 'starts' ? 'starts_' : ''
  const [parkedUntil, parkedFor] = [sql.ref(`${prefix}parked_until`), sql.ref(`${prefix}parked_for`)]
  const parked = (scope: Failure['scope'], wait: number) => {
    const until = sql`now() + make_interval(secs => ${Math.min(wait, LONGEST_PAUSE)})`
    const reason = why?.scope === scope ? JSON.stringify({ code: why.code, message: why.message }) : null
    return sql`${parkedUntil} = greatest(${parkedUntil}, ${until}), ${parkedFor} = case
      when ${parkedUntil} > now() and (${reason}::jsonb is null or ${parkedUntil} > ${until}) then ${parkedFor}
      else ${reason}::jsonb end`
  }
  if (app > 0) await sql`update apps set ${parked('app', app)} where app = ${row.app}`.execute(db)
  if (account > 0) await sql`update accounts set ${parked('account', account)} where id = ${row.accountId}`.execute(db)
}
