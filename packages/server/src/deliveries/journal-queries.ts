import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import type { Entry } from './journal.ts'
import type { Claimed } from './rows.ts'

/** Entries of one delivery that are kept, give or take `SLACK`. */
const KEPT = 200
/** They are counted once for so many. */
const SLACK = 20

/**
 * In the transaction of the step, after the delivery was written: under its lock, and with its lease. `unanswered`: a
 * delivery as it was claimed, with a call that somebody began and left without a word.
 */
export async function insertAttempts(
  db: Db,
  id: string,
  entries: readonly Entry[],
  unanswered: Pick<Claimed, 'doubt' | 'doubtSince' | 'attempts'> | null
): Promise<void> {
  const left = unanswered && {
    call: unanswered.doubt,
    at: unanswered.doubtSince,
    attempt: unanswered.attempts,
    verdict: 'began'
  }
  const now = performance.now()
  const told = entries.map(({ began, ...entry }) => ({ ...entry, age: (now - began) / 1000 }))
  const rows = [...(left ? [left] : []), ...told].map((row, index) => ({ ...row, index }))
  if (rows.length === 0) return
  const { rows: written } = await sql<{ n: number }>`
    insert into attempts (tenant_id, delivery_id, n, at, attempt, call, method, host, path, status, request_id, duration_ms,
      bytes, verdict, code, message)
    select d.tenant_id, d.id, coalesce(last.n, -1) + 1 + r.index,
      coalesce(r.at, clock_timestamp() - r.age * interval '1 second'), coalesce(r.attempt, d.attempts), r.call, r.method,
      r.host, r.path, r.status, r."requestId", r.ms, r.bytes, r.verdict, r.code, left(r.message, 500)
    from deliveries d cross join jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (index integer, at timestamptz,
        age float8, attempt integer, call text, method text, host text, path text, status smallint, "requestId" text,
        ms integer, bytes bigint, verdict text, code text, message text)
      left join lateral (select max(n) as n from attempts where delivery_id = d.id) last on true
    where d.id = ${id} and not (r.verdict = 'began' and exists (
      select from attempts a where a.delivery_id = d.id and a.attempt = r.attempt and a.call = r.call))
    returning n`.execute(db)
  if (written.some(({ n }) => n >= KEPT && n % SLACK === 0)) await dropOldest(db, id)
}

/** What went well goes first: chunks, then questions. */
async function dropOldest(db: Db, id: string): Promise<void> {
  await sql`
    delete from attempts where delivery_id = ${id} and n in (
      select n from attempts where delivery_id = ${id}
      order by verdict = 'answered' and call = 'send' desc, verdict = 'answered' and call = 'check' desc, n
      limit (select greatest(count(*) - ${KEPT}, 0) from attempts where delivery_id = ${id}))`.execute(db)
}
