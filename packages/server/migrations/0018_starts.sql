-- A cap on new posts ("so many a day") holds back what has not begun. What has begun goes on: its bytes, its questions and its
-- follow-ups are no posts, and a session or a doubt does not keep for a day.
alter table apps
  add starts_parked_until timestamptz not null default '-infinity',
  add starts_parked_for jsonb;
alter table accounts
  add starts_parked_until timestamptz not null default '-infinity',
  add starts_parked_for jsonb;
create index accounts_starts_parked on accounts (id) where starts_parked_until > '-infinity';
create index apps_starts_parked on apps (app) where starts_parked_until > '-infinity';
drop trigger accounts_unparked on accounts;
drop trigger apps_unparked on apps;
create trigger accounts_unparked after update on accounts for each row
  when (new.parked_until < old.parked_until or new.starts_parked_until < old.starts_parked_until)
  execute function mark_unparked();
create trigger apps_unparked after update on apps for each row
  when (new.parked_until < old.parked_until or new.starts_parked_until < old.starts_parked_until)
  execute function mark_unparked();

-- When a person, or a new sign-in, last made it run again: its 72 hours count from there.
alter table deliveries add woken_at timestamptz;

create function is_start (d deliveries) returns boolean language sql immutable as $$
  select d.state is null and d.parent_id is null
$$;

-- What a delivery that nobody works on waits for beside its own time, and the words of whoever was refused.
create function pause_of (of_account uuid, of_app text, is_start boolean)
returns table (until timestamptz, why jsonb) language sql stable as $$
  select p.until, p.why from (
    select parked_until, parked_for from accounts where id = of_account
    union all select parked_until, parked_for from apps where app = of_app
    union all select starts_parked_until, starts_parked_for from accounts where id = of_account and is_start
    union all select starts_parked_until, starts_parked_for from apps where app = of_app and is_start) p (until, why)
  where p.until > now() order by p.until desc limit 1
$$;

-- As in 0015. A probe whose lease ran out finds out nothing any more.
create or replace function is_probed (of_scope text, parked timestamptz, id uuid) returns boolean
language plpgsql stable as $$
begin
  return exists (select from probes p join deliveries d on d.id = p.delivery_id
    where p.scope = of_scope and p.until = parked and p.delivery_id is distinct from is_probed.id
      and d.lease is not null and d.lease_until > clock_timestamp());
end $$;

-- Until when new posts are held back; past while another delivery finds out. Null: they are not.
create function starts_held_until (of_account uuid, of_app text, id uuid, moment timestamptz) returns timestamptz
language plpgsql stable as $$
begin
  return (select max(s.until) from (
    select starts_parked_until, 'starts:' || of_account from accounts
      where accounts.id = of_account and starts_parked_until > '-infinity'
    union all
    select starts_parked_until, 'starts:' || of_app from apps where app = of_app and starts_parked_until > '-infinity'
    ) s (until, scope)
    where s.until > moment or is_probed(s.scope, s.until, starts_held_until.id));
end $$;

-- As in 0015; a deadline is kept also while it is parked: what may be posted is asked about once more.
create or replace function put_off_parked (moment timestamptz) returns void language plpgsql as $$
begin
  with parked as (
    select t.account_id, greatest(a.parked_until, p.parked_until) as until
    from turns t left join accounts a on a.id = t.account_id and a.parked_until > '-infinity'
      left join apps p on p.app = t.app and p.parked_until > '-infinity'
    where t.next_at <= moment and (a.id is not null or p.app is not null)
      and is_held_back(t.account_id, t.app, null, moment)
      and not exists (select from deliveries d where d.account_id = t.account_id and d.stop is not null
        and d.status in ('scheduled', 'running') and d.lease is null)),
  ending as (
    select account_id, case when until > moment then until else moment + interval '5 seconds' end as until,
      (select min(d.give_up_at) from deliveries d where d.account_id = parked.account_id
        and d.status in ('scheduled', 'running') and d.lease is null and d.ask_at <= until) as give_up_at
    from parked)
  update turns t set next_at = least(until, give_up_at)
  from ending where t.account_id = ending.account_id and (give_up_at is null or give_up_at > moment);
end $$;

drop function set_probe (uuid, uuid, text);
create function set_probe (id uuid, of_account uuid, of_app text, is_start boolean) returns void language plpgsql as $$
begin
  insert into probes
  select of_account::text, set_probe.id, parked_until from accounts
    where accounts.id = of_account and parked_until > '-infinity'
  union all
  select of_app, set_probe.id, parked_until from apps where app = of_app and parked_until > '-infinity'
  union all
  select 'starts:' || of_account, set_probe.id, starts_parked_until from accounts
    where is_start and accounts.id = of_account and starts_parked_until > '-infinity'
  union all
  select 'starts:' || of_app, set_probe.id, starts_parked_until from apps
    where is_start and app = of_app and starts_parked_until > '-infinity'
  on conflict (scope) do update set delivery_id = excluded.delivery_id, until = excluded.until;
end $$;

/*
 * As in 0015, and starts are held back by themselves. Leases up to `slots` deliveries that are due to `of_worker`: first what silent or slow workers left, then in turns: the
 * tenant that waited longest, of it the account that waited longest, of it what is due longest. `busy`: what the process
 * still works on, were its leases to run out. One claim at a time, so that counts are exact and nobody collides; nothing in
 * it waits for a lock, so that nobody holds it up. Its commit does not wait for the disk: nothing is sent before a later
 * one, which takes it along.
 */
create or replace function claim_due (
  of_worker uuid, busy uuid[], slots integer, per_account integer, lease_seconds float8, silent_seconds float8)
returns table (id uuid, is_first boolean, is_taken_over boolean, is_probe boolean)
language plpgsql rows 24 set plan_cache_mode = 'force_generic_plan' as $$
#variable_conflict use_column
declare
  moment timestamptz;
  one record;
  due record;
  head record;
  keys text[];
  held_back boolean;
  has_parked boolean;
  is_parked boolean;
  -- Some new posts of the app or the account are held back; until when those of this one are.
  has_capped boolean;
  is_capped boolean;
  starts_at timestamptz;
  has_more boolean := true;
  -- Found in this round, and leased at its end.
  ids uuid[] := '{}';
  round_keys text[];
begin
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(24000004);
  moment := clock_timestamp();
  perform fold_marks();
  has_parked := exists (select from accounts where parked_until > '-infinity')
    or exists (select from apps where parked_until > '-infinity');
  has_capped := exists (select from accounts where starts_parked_until > '-infinity')
    or exists (select from apps where starts_parked_until > '-infinity');
  if has_parked then
    perform put_off_parked(moment);
  end if;

  for due in
    with left_behind as materialized (
      select d.id from deliveries d
      where d.lease is not null and d.id <> all (busy)
        and (d.lease_until < moment or not exists (select from workers w
          where w.id = d.worker and w.beat_at > moment - silent_seconds * interval '1 second')))
    select d.id from deliveries d join left_behind using (id)
    -- Asked of the row as it is when it is locked: what its worker wrote meanwhile is in it.
    where d.lease is not null and d.status in ('scheduled', 'running') and d.ask_at <= moment
      and (d.lease_until < moment or not exists (select from workers w
        where w.id = d.worker and w.beat_at > moment - silent_seconds * interval '1 second'))
      and (d.stop is not null or d.give_up_at <= moment or not is_held_back(d.account_id, d.app, d.id, moment)
        and not (is_start(d) and starts_held_until(d.account_id, d.app, d.id, moment) is not null))
      and is_alone(d, moment)
    order by d.ask_at limit slots for no key update of d skip locked
  loop
    ids := ids || due.id;
    slots := slots - 1;
    return query select due.id, false, true, exists (select from probes p where p.delivery_id = due.id);
  end loop;
  perform lease_deliveries(ids, of_worker, moment, lease_seconds);

  while slots > 0 and has_more loop
    has_more := false;
    ids := '{}';
    round_keys := '{}';
    for one in
      select t.account_id, t.tenant_id, t.app
      from turns t left join tenant_turns of_tenant on of_tenant.tenant_id = t.tenant_id
        left join (select account_id, count(*) as n from deliveries where lease is not null group by account_id) held
          on held.account_id = t.account_id
      where t.next_at <= moment and coalesce(held.n, 0) < per_account
      order by row_number() over (partition by t.tenant_id order by t.last_turn, t.account_id),
        coalesce(of_tenant.last_turn, 0), t.tenant_id
      limit slots
    loop
      has_more := true;
      is_parked := has_parked and (
        exists (select from accounts a where a.id = one.account_id and a.parked_until > '-infinity')
        or exists (select from apps p where p.app = one.app and p.parked_until > '-infinity'));
      is_capped := has_capped and (
        exists (select from accounts a where a.id = one.account_id and a.starts_parked_until > '-infinity')
        or exists (select from apps p where p.app = one.app and p.starts_parked_until > '-infinity'));
      starts_at := case when is_capped then starts_held_until(one.account_id, one.app, null, moment) end;
      held_back := is_parked and is_held_back(one.account_id, one.app, null, moment);
      keys := held_keys(one.account_id, moment);
      select d.id, d.alone_key, d.status = 'scheduled' as is_first,
        (is_parked or is_capped and is_start(d)) and d.stop is null and d.give_up_at > moment as is_probe,
        is_start(d) as is_start into due
      from deliveries d
      where d.account_id = one.account_id and d.status in ('scheduled', 'running') and d.ask_at <= moment
        and d.lease is null and d.id <> all (busy)
        and (d.stop is not null or d.give_up_at <= moment
          or not held_back and (starts_at is null or not is_start(d)))
        -- Of rows with a held key there may be thousands: those that never began wait, whatever else there is.
        and (d.alone_key is null or d.settled_at is not null or d.alone_since is not null or d.give_up_at <= moment
          or d.alone_key <> all (keys))
        and (d.alone_key is null or is_alone(d, moment) and d.alone_key <> all (round_keys))
      order by d.ask_at limit 1 for no key update skip locked;
      if due.id is not null then
        if due.is_probe then
          perform set_probe(due.id, one.account_id, one.app, due.is_start);
          -- At once: the next account of the app must see that somebody finds out.
          perform lease_deliveries(array[due.id], of_worker, moment, lease_seconds);
        else
          ids := ids || due.id;
        end if;
        if due.alone_key is not null then
          round_keys := round_keys || due.alone_key;
        end if;
        slots := slots - 1;
        return query select due.id, due.is_first, false, due.is_probe;
        insert into tenant_turns values (one.tenant_id, nextval('turn_numbers'))
          on conflict (tenant_id) do update set last_turn = excluded.last_turn;
      end if;
      if starts_at is null then
        select min(d.ask_at) as ask_at, null::timestamptz as give_up_at into head from deliveries d
        where d.account_id = one.account_id and d.status in ('scheduled', 'running') and d.lease is null
          and d.id is distinct from due.id;
      else
        -- What is held back is not looked at again and again, but for its deadline.
        select min(d.ask_at) filter (where d.stop is not null or not is_start(d)) as ask_at,
          min(d.give_up_at) as give_up_at into head from deliveries d
        where d.account_id = one.account_id and d.status in ('scheduled', 'running') and d.lease is null
          and d.id is distinct from due.id;
      end if;
      update turns t set last_turn = case when due.id is null then t.last_turn else currval('turn_numbers') end,
        next_at = least(
          case
            when head.ask_at is null then 'infinity'
            when head.ask_at > moment then head.ask_at
            -- Due, and none may run: a second later, unless a mark says sooner.
            when due.id is null then moment + interval '1 second'
            else t.next_at end,
          case when starts_at > moment then starts_at when starts_at is not null then moment + interval '5 seconds' end,
          head.give_up_at)
      where t.account_id = one.account_id;
    end loop;
    perform lease_deliveries(ids, of_worker, moment, lease_seconds);
  end loop;
end $$;
