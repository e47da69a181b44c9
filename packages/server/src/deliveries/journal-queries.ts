import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/open.ts'
import type { Entry } from './journal.ts'
import type { Claimed } from './rows.ts'

/** Entries of one delivery that are kept, give or take `SLACK`. */
const KEPT = 200
/** They are counted once for so many. */
const SLACK = 20

/**
 * For the statement that saves the step, as `saved`: with its lease, or not at all. `unanswered`: a delivery as it was
 * claimed, with a call that somebody began and left without a word. Null: nothing is to be told.
 */
export function attemptsOf(
  entries: readonly Entry[],
  unanswered: Pick<Claimed, 'doubt' | 'doubtSince' | 'attempts'> | null
): RawBuilder<unknown> | null {
  const left = unanswered && {
    call: unanswered.doubt,
    at: unanswered.doubtSince,
    attempt: unanswered.attempts,
    verdict: 'began'
  }
  const now = performance.now()
  const told = entries.map(({ began, ...entry }) => ({ ...entry, age: (now - began) / 1000 }))
  const rows = [...(left ? [left] : []), ...told].map((row, index) => ({ ...row, index }))
  if (rows.length === 0) return null
  return sql`
    insert into attempts (tenant_id, delivery_id, n, at, attempt, call, method, host, path, status, request_id, duration_ms,
      bytes, verdict, code, message)
    select s.tenant_id, s.id, coalesce(last.n, -1) + 1 + r.index,
      coalesce(r.at, clock_timestamp() - r.age * interval '1 second'), coalesce(r.attempt, s.attempt), r.call, r.method,
      r.host, r.path, r.status, r."requestId", r.ms, r.bytes, r.verdict, r.code, left(r.message, 500)
    from saved s cross join jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (index integer, at timestamptz,
        age float8, attempt integer, call text, method text, host text, path text, status smallint, "requestId" text,
        ms integer, bytes bigint, verdict text, code text, message text)
      left join lateral (select max(n) as n from attempts where delivery_id = s.id) last on true
    where not (r.verdict = 'began' and exists (
      select from attempts a where a.delivery_id = s.id and a.attempt = r.attempt and a.call = r.call))
    returning n`
}

/** Drops the oldest, once the new lines are too many. */
export async function trimAttempts(db: Db, id: string, lines: readonly number[]): Promise<void> {
  if (lines.some(n => n >= KEPT && n % SLACK === 0)) await dropOldest(db, id)
}

/** What went well goes first: chunks, then questions. */
async function dropOldest(db: Db, id: string): Promise<void> {
  await sql`
    delete from attempts where delivery_id = ${id} and n in (
      select n from attempts where delivery_id = ${id}
      order by verdict = 'answered' and call = 'send' desc, verdict = 'answered' and call = 'check' desc, n
      limit (select greatest(count(*) - ${KEPT}, 0) from attempts where delivery_id = ${id}))`.execute(db)
}
