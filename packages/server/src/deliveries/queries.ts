import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/open.ts'
import { CEILING, type Delivery, LEASE, mayExist, type Next } from './machine.ts'
import type { Claimed, Stepped } from './rows.ts'

/** `asks`: may the next call be a question about a post? Only that one has to know which are taken, up to 200 of them. */
const steppedWhere = (asks: RawBuilder<unknown>) => sql`
  d.id, d.status, d.stage, d.state, d.bytes, d.sent, d.chunk_end as "chunkEnd", d.tries, d.restarts, d.absent, d.doubt,
  d.doubt_commits as "doubtCommits", d.doubt_repeat as "doubtRepeat", d.doubt_since as "doubtSince", d.crashes, d.stop,
  d.remote_id as "remoteId", d.remote_url as "remoteUrl", d.remote_trace as "remoteTrace", d.failure, d.lease,
  clock_timestamp() as now, extract(epoch from clock_timestamp() - d.doubt_since)::float8 as "doubtAge",
  extract(epoch from d.settled_at - clock_timestamp())::float8 as "settlesIn",
  extract(epoch from d.give_up_at - clock_timestamp())::float8 as left,
  case when ${asks} then taken_posts(d.account_id, d.id, d.parent_id is not null) else '{}'::text[] end as taken`

const stepped = steppedWhere(sql`d.doubt is not null or d.stage = 'committed'`)
/** Of a call that was not made yet there is no question, unless it repeats one that was. */
const steppedOnce = steppedWhere(sql`d.doubt_repeat`)

export const columns = sql`${stepped}, d.tenant_id as "tenantId", d.upload_id as "uploadId", d.account_id as "accountId",
  d.platform, d.app, d.title, d.description, d.options, d.attempts, d.quota_month::text as "quotaMonth",
  d.parent_id as "parentId", d.follow_up as "followUp", d.part, d.file_id as "fileId"`

/** A delivery gives up so long after its time, or after it was woken. */
export const PATIENCE = sql`interval '24 hours'`

export const seconds = (value: number) => sql`${value} * interval '1 second'`

/** Heard by every worker when the transaction ends: something may be due. */
export async function notify(db: Db): Promise<void> {
  await sql`select pg_notify('deliveries', '')`.execute(db)
}

export interface Held {
  readonly id: string
  readonly lease: string
}

/** Undefined: the lease is not ours any more. */
export async function read(db: Db, { id, lease }: Held): Promise<Stepped | undefined> {
  const { rows } = await sql<Stepped>`
    select ${stepped} from deliveries d where d.id = ${id} and d.lease = ${lease}`.execute(db)
  return rows[0]
}

/** Before every changing call. Undefined: the lease is not ours any more, or a stop was asked for. */
export async function begin(db: Db, { id, lease }: Held, next: Next): Promise<Stepped | undefined> {
  const { doubt, absent } = next.delivery
  const settledAt = next.settle === undefined ? sql`d.settled_at` : sql`now() + ${seconds(next.settle)}`
  const { rows } = await sql<Stepped>`
    update deliveries d set doubt = ${doubt?.call ?? null}, doubt_commits = ${doubt?.commits ?? false},
      doubt_repeat = ${doubt?.repeat ?? false}, absent = ${absent},
      doubt_since = case when d.doubt is null then now() else d.doubt_since end,
      settled_at = ${settledAt}, attempts = d.attempts + 1
    where d.id = ${id} and d.lease = ${lease} and d.stop is null
    returning ${steppedOnce}`.execute(db)
  return rows[0]
}

/** What is written in the same statement, or not at all. */
export interface Beside {
  /** Writes the journal's lines of what `saved` is, and answers their numbers as `n`. */
  readonly attempts: RawBuilder<unknown> | null
  /** What becomes of the unit of quota that was reserved. */
  readonly unit: 'spent' | 'released' | null
}

export interface Saved {
  /** Null: the lease was given back. */
  readonly row: Stepped | null
  /** The numbers of the journal's new lines. */
  readonly lines: readonly number[]
}

/**
 * What came of the step, and the upload's own status by trigger. The lease goes back when there is a wait, which is spread by a tenth unless the platform named
 * the time. Undefined: it is not ours any more.
 */
export async function save(
  db: Db,
  { id, lease }: Held,
  next: Next,
  state: Buffer | null,
  { attempts, unit }: Beside
): Promise<Saved | undefined> {
  const d = next.delivery
  const isOver = d.status !== 'running'
  const givesBack = isOver || next.wait > 0
  const settledAt = next.settle === undefined ? sql`d.settled_at` : sql`now() + ${seconds(next.settle)}`
  const wait = seconds(next.wait)
  const isPatient = next.patient ?? false
  const isNameless = d.status === 'uploaded' && d.post?.id === undefined
  // A step that failed by itself after a cancel was granted: the answer to the cancel stands.
  const isPlain = d.status === 'failed' && !mayExist(d)
  const status = sql`case when d.stop = 'cancel' and ${isPlain} then 'canceled' else ${d.status} end`
  const spread = isPatient ? wait : sql`${wait} * (0.9 + random() * 0.2)`
  const giveUpAt = isPatient
    ? sql`greatest(d.give_up_at, least(now() + ${wait} + interval '6 hours', ${latestEnd}))`
    : sql`d.give_up_at`
  const journal = attempts ?? sql`select null::integer as n where false`
  // Were the count ever wrong, it must not keep a post from being told.
  const quota = sql`update quotas q set reserved = greatest(q.reserved - 1, 0), used = q.used + ${unit === 'spent' ? 1 : 0}
    from saved s where q.tenant_id = s.tenant_id and q.month = s.quota_month`
  const { rows } = await sql<Stepped & Pick<Saved, 'lines'>>`
    with saved as (
    update deliveries d set status = ${status}, stage = ${d.stage}, state = ${state}, sent = ${d.sent},
      chunk_end = ${d.end}, tries = ${d.tries}, restarts = ${d.restarts}, absent = ${d.absent},
      doubt = ${d.doubt?.call ?? null}, doubt_commits = ${d.doubt?.commits ?? false},
      doubt_repeat = ${d.doubt?.repeat ?? false},
      -- A post without an id may be taken for that of an older doubt: when it was made stays known.
      doubt_since = case when ${d.doubt !== null || d.stage === 'committed' || isNameless} then d.doubt_since end,
      remote_id = ${d.post?.id ?? null}, remote_url = ${d.post?.url ?? null},
      remote_trace = ${d.post?.trace ?? null},
      failure = case when ${status} <> 'canceled' then ${d.failure ? JSON.stringify(d.failure) : null}::jsonb end,
      crashes = case when ${d.tries === 0} then 0 else d.crashes end,
      settled_at = ${settledAt},
      -- Its deadline is looked at in time, however late it is to be asked again.
      ask_at = case when d.stop is null then least(now() + ${spread}, ${giveUpAt}) else now() end,
      give_up_at = ${giveUpAt},
      lease = case when ${givesBack} then null else d.lease end,
      lease_until = now() + ${seconds(LEASE)},
      alone_since = case when ${isOver} then null else d.alone_since end,
      ended_at = case when ${isOver} then now() end
    where d.id = ${id} and d.lease = ${lease}
    returning ${givesBack ? sql`d.id` : stepped}, d.tenant_id, d.attempts as attempt, d.quota_month),
    written as (${journal})${unit ? sql`, counted as (${quota})` : sql``}
    select s.*, array(select n from written) as lines from saved s`.execute(db)
  const [saved] = rows
  return saved && { row: givesBack ? null : saved, lines: saved.lines }
}

/** Seconds. Shorter pauses take nothing of a day. */
const LONG_PAUSE = 3600

/** The latest end of a delivery that a platform told to come later: 72 hours after its time, or after it was last woken. */
const latestEnd = sql`greatest(d.due_at, d.woken_at) + interval '72 hours'`

/**
 * What waits for a long pause of its account or app has 6 hours after it, up to its latest end. What somebody works on hears of the
 * pause itself. No lock is waited for: such a row is about to change, and asks by itself.
 */
export async function extendDeadlines(
  db: Db,
  { accountId, app }: Pick<Claimed, 'accountId' | 'app'>,
  pauses: { readonly account?: number; readonly app?: number },
  isOfStarts: boolean
): Promise<void> {
  for (const [scope, wait] of Object.entries(pauses)) {
    if (wait < LONG_PAUSE) continue
    const accounts =
      scope === 'app' ? sql`(select account_id from turns where app = ${app})` : sql`(select ${accountId}::uuid)`
    const until = sql`now() + ${seconds(wait)}`
    await sql`
      with waiting as (
        select d.id, least(${until} + interval '6 hours', ${latestEnd}) as latest from deliveries d
        where d.account_id in ${accounts} and d.status in ('scheduled', 'running') and d.lease is null
          and d.ask_at <= ${until} and (not ${isOfStarts} or is_start(d)) for no key update skip locked)
      update deliveries d set give_up_at = latest from waiting where d.id = waiting.id and d.give_up_at < latest`.execute(
      db
    )
  }
}

/** Holds the row for another lease, and moves `settled_at` along when the doubt commits. False: it is not ours any more. */
export async function beat(db: Db, { id, lease }: Held, settleSeconds: number): Promise<boolean> {
  const { rows } = await sql`
    update deliveries set lease_until = now() + ${seconds(LEASE)},
      settled_at = case when doubt_commits then now() + ${seconds(LEASE + CEILING + settleSeconds)} else settled_at end
    where id = ${id} and lease = ${lease} returning 1`.execute(db)
  return rows.length === 1
}

/** A worker that stops hands over at once what it holds; what was under way is a doubt on its row. */
export async function handOver(db: Db, worker: string): Promise<void> {
  await sql`update deliveries set lease = null where worker = ${worker} and lease is not null`.execute(db)
  await notify(db)
}

/**
 * Gives the lease back between two steps: others had none. It goes on before those of its account that have not begun. False: it is not
 * ours any more.
 */
export async function giveBackLease(db: Db, { id, lease }: Held): Promise<boolean> {
  const { rows } = await sql`
    update deliveries set lease = null, ask_at = least(due_at, now()) - interval '1 millisecond'
    where id = ${id} and lease = ${lease} returning 1`.execute(db)
  return rows.length === 1
}

/** The upload's own status follows those of its deliveries. */
export async function refreshUpload(db: Db, tenantId: string, uploadId: string): Promise<void> {
  await sql`select refresh_upload(${tenantId}, ${uploadId})`.execute(db)
}

/** One start of the app's day in `zone`: which day that is. Null: the day's are used up. */
export async function spendBudget(db: Db, app: string, perDay: number, zone: string): Promise<string | null> {
  const { rows } = await sql<{ day: string }>`
    insert into budgets as b (app, day, used)
    select ${app}, (now() at time zone ${zone})::date, 1 where ${perDay}::int > 0
    on conflict (app, day) do update set used = b.used + 1 where b.used < ${perDay}
    returning day::text`.execute(db)
  return rows[0]?.day ?? null
}

/** A start that has not happened. */
export async function giveBack(db: Db, app: string, day: string): Promise<void> {
  await sql`update budgets set used = used - 1 where app = ${app} and day = ${day}::date and used > 0`.execute(db)
}

/** The open deliveries of an account that is being unlinked end at their next step, at once where nobody holds them. */
export async function stopForUnlink(db: Db, tenantId: string, accountId: string): Promise<void> {
  await sql`update deliveries set stop = 'unlink', ask_at = least(ask_at, now())
    -- A granted cancel stands.
    where tenant_id = ${tenantId} and account_id = ${accountId} and status in ('scheduled', 'running')
      and stop is null`.execute(db)
  await notify(db)
}

/** What a dead grant stopped in the last 72 hours: candidates to resume when the account is linked again. */
export async function listStoppedByGrant(db: Db, tenantId: string, accountId: string): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    select ${columns} from deliveries d
    where d.tenant_id = ${tenantId} and d.account_id = ${accountId} and d.status = 'failed'
      and d.failure ->> 'kind' = 'relink' and d.ended_at > now() - interval '72 hours'
      -- A cancel that was granted stays granted.
      and d.stop is null
    for no key update`.execute(db)
  return rows
}

/** Wakes an ended delivery with the machine's own words for it. Its post, if that try had one, is forgotten with it. */
export async function wake(db: Db, id: string, d: Delivery, state: Buffer | null, quotaMonth: string): Promise<void> {
  await sql`
    update deliveries set status = 'running', stage = ${d.stage}, state = ${state}, sent = ${d.sent},
      chunk_end = ${d.end}, tries = ${d.tries}, restarts = ${d.restarts}, absent = ${d.absent},
      doubt = ${d.doubt?.call ?? null}, doubt_commits = ${d.doubt?.commits ?? false},
      doubt_repeat = ${d.doubt?.repeat ?? false},
      doubt_since = case when ${d.doubt !== null || d.stage === 'committed'} then doubt_since end,
      remote_id = ${d.post?.id ?? null}, remote_url = ${d.post?.url ?? null},
      remote_trace = ${d.post?.trace ?? null}, failure = null, stop = null, crashes = 0, ended_at = null, ask_at = now(),
      quota_month = ${quotaMonth}::date, woken_at = now(), give_up_at = greatest(give_up_at, now() + ${PATIENCE})
    where id = ${id}`.execute(db)
}
