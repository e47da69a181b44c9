import { sql } from 'kysely'
import type { AccountRow } from '../accounts/queries.ts'
import type { Db } from '../db/open.ts'
import { isSilent, SILENT } from '../db/presence.ts'
import { LEASE } from './machine.ts'
import type { MediaRow } from './media.ts'
import { columns, notify } from './queries.ts'
import type { Claimed } from './rows.ts'

/** Deliveries of one account that may run at the same time. */
const PER_ACCOUNT = 3

/** What a step has to know of the account. */
export type LinkedAccount = Pick<
  AccountRow,
  'id' | 'tenant_id' | 'platform' | 'sandbox' | 'auth' | 'remote_id' | 'handle' | 'scopes' | 'facts'
>

export interface Found extends Claimed {
  /** It was still scheduled: this is its first claim. */
  readonly isFirst: boolean
  /** Whoever held it was silent, or too slow. */
  readonly isTakenOver: boolean
  /** Its account or its app was parked, and everybody else waits for what the platform tells this one. */
  readonly isProbe: boolean
  readonly account: LinkedAccount
  /** A delivery's own file, or that of its upload. Null: it is gone. */
  readonly file: MediaRow | null
}

interface Wish {
  readonly worker: string
  /** At most so many. */
  readonly slots: number
  /** What this process still works on, were its leases to run out. */
  readonly busy: readonly string[]
}

/**
 * Leases what is due to `worker`, in turns: see `claim_due` in the migrations. A lease ends with its time, or when its
 * worker has been silent; whoever held it can write nothing more.
 */
export async function claim(db: Db, { worker, slots, busy }: Wish): Promise<Found[]> {
  const { rows } = await sql<Flags>`
    with leased as materialized (
      select * from claim_due(${worker}, ${busy}::uuid[], ${slots}, ${PER_ACCOUNT}, ${LEASE}, ${SILENT})
    ), seen as (
      -- Nobody sees a delivery at work whose upload is still scheduled. One that is locked is not waited for.
      update uploads u set status = 'Processing', updated_at = now() from (
        select id from uploads where status = 'Scheduled' and id in (
          select d.upload_id from deliveries d join leased using (id) where d.parent_id is null)
        for update skip locked) free
      where u.id = free.id)
    select id, is_first as "isFirst", is_taken_over as "isTakenOver", is_probe as "isProbe" from leased`.execute(db)
  if (rows.length === 0) return []
  // Beside the claim, in statements of their own: no other claim waits for them.
  const claimed = await readClaimed(
    db,
    worker,
    rows.map(({ id }) => id)
  )
  const unseen = claimed.filter(({ isUnseen }) => isUnseen).map(({ id }) => id)
  if (unseen.length > 0) await refreshUploads(db, worker, unseen)
  const byId = new Map(claimed.map(({ isUnseen, ...row }) => [row.id, row]))
  return rows.flatMap(flags => {
    const row = byId.get(flags.id)
    return row ? [{ ...row, ...flags }] : []
  })
}

type Read = Omit<Found, keyof Flags> & { readonly id: string; readonly isUnseen: boolean }

/** All that their first steps have to know, in one statement. */
async function readClaimed(db: Db, worker: string, ids: readonly string[]): Promise<Read[]> {
  const { rows } = await sql<Read>`
    select ${columns}, d.parent_id is null and u.status = 'Scheduled' as "isUnseen",
      json_build_object('id', a.id, 'tenant_id', a.tenant_id, 'platform', a.platform, 'sandbox', a.sandbox,
        'auth', a.auth, 'remote_id', a.remote_id, 'handle', a.handle, 'scopes', a.scopes, 'facts', a.facts) as account,
      case when f.id is not null then json_build_object('storageKey', f.storage_key, 'etag', f.etag, 'bytes', f.bytes,
        'name', f.name, 'contentType', f.content_type, 'durationSeconds', f.duration_seconds, 'width', f.width,
        'height', f.height, 'media', f.media) end as file
    from deliveries d join accounts a on a.tenant_id = d.tenant_id and a.id = d.account_id
      join uploads u on u.tenant_id = d.tenant_id and u.id = d.upload_id
      left join files f on f.tenant_id = d.tenant_id and f.id = coalesce(d.file_id, u.file_id)
    where d.id = any(${ids}::uuid[]) and d.worker = ${worker} and d.lease is not null`.execute(db)
  return rows
}

/**
 * The uploads that the claim found locked, of what the worker still holds. In one order, so that no two of these wait for each
 * other, and not waiting for the disk: whoever takes over after a crash does it again.
 */
async function refreshUploads(db: Db, worker: string, ids: readonly string[]): Promise<void> {
  await sql`
    with quick as materialized (select set_config('synchronous_commit', 'off', true))
    select refresh_upload(u.tenant_id, u.upload_id) from quick cross join (
      select distinct tenant_id, upload_id from deliveries
      where id = any(${ids}::uuid[]) and parent_id is null and worker = ${worker} and lease is not null
      order by upload_id) u`.execute(db)
}

/** What a claim leased whose answer was lost, so that nobody has it: `busy` is what this process does have. */
export async function returnLeases(db: Db, worker: string, busy: readonly string[]): Promise<void> {
  await sql`update deliveries set lease = null
    where worker = ${worker} and lease is not null and id <> all(${busy}::uuid[])`.execute(db)
}

type Flags = Pick<Found, 'id' | 'isFirst' | 'isTakenOver' | 'isProbe'>

export interface Outlook {
  /** A claim may find something. */
  readonly isDue: boolean
  /** Seconds until the next account's turn that has not come yet. Null: there is none. */
  readonly dueIn: number | null
}

/** Asked before each claim, since most of the time there is nothing to do. Marks are turns that no claim has seen. */
export async function lookAhead(db: Db): Promise<Outlook> {
  const { rows } = await sql<Outlook>`
    select extract(epoch from least(
        (select min(next_at) from turns where not is_due and next_at > now() and next_at < 'infinity'),
        (select min(at) from turn_marks where at > now())) - now())::float8 as "dueIn",
      exists (select from turn_marks) or exists (select from tenant_turns where is_due)
        or exists (select from turns where not is_due and next_at <= now())
        or exists (select from deliveries d where d.lease is not null
          and (d.lease_until < now() or ${isSilent(sql.ref('d.worker'))})) as "isDue"`.execute(db)
  return rows[0] as Outlook
}

/** Tenants whose turn has come, and of whom nothing is under way anywhere; at most so many are counted. */
export async function countShutOut(db: Db, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select tenant_id from tenant_turns where is_due
      union select tenant_id from turns where not is_due and next_at <= now()
      union select tenant_id from turn_marks where at <= now() and tenant_id is not null
      except select tenant_id from deliveries where lease is not null
      limit ${most}) waiting`.execute(db)
  return rows[0]?.count ?? 0
}

/**
 * In the transaction of a probe's step that parks nobody. It was answered: what waited for that goes on. It was not: the next
 * one finds out.
 */
export async function settleProbe(
  db: Db,
  { id, accountId, app }: Pick<Claimed, 'id' | 'accountId' | 'app'>,
  isAnswered: boolean
): Promise<void> {
  if (isAnswered) {
    for (const [column, kind] of [
      ['parked_until', ''],
      ['starts_parked_until', 'starts:']
    ] as const) {
      const until = sql.ref(column)
      const isOver = (scope: string) => sql`${until} <= now() and exists (select from probes p
        where p.scope = ${kind + scope} and p.delivery_id = ${id} and p.until = ${until})`
      await sql`update apps set ${until} = '-infinity' where app = ${app} and ${isOver(app)}`.execute(db)
      await sql`update accounts set ${until} = '-infinity' where id = ${accountId} and ${isOver(accountId)}`.execute(db)
    }
  } else {
    await sql`insert into turn_marks (account_id, at) values (${accountId}, '-infinity')`.execute(db)
  }
  await notify(db)
}
