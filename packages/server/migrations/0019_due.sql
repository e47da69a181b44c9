-- Whose turn has come is kept, so that a claim walks from one tenant to the next in their order, and stops when it has enough. It
-- used to sort all accounts that are due, which grew with them.

-- Set by the claim alone, as all of `turns`: `next_at` has come. Of a tenant: of some account of it.
alter table turns add is_due boolean not null default false;
alter table tenant_turns add is_due boolean not null default false;
create index turns_due on turns (tenant_id, last_turn, account_id) where is_due;
create index tenant_turns_due on tenant_turns (last_turn, tenant_id) where is_due;
-- What is due is not in it: each claim would read it again.
drop index turns_next;
create index turns_next on turns (next_at) where not is_due;

create function note_due (moment timestamptz) returns void language plpgsql as $$
begin
  with ripe as (update turns set is_due = true where next_at <= moment and not is_due returning tenant_id)
  insert into tenant_turns as w (tenant_id, last_turn, is_due) select distinct tenant_id, 0, true from ripe
  on conflict (tenant_id) do update set is_due = true where not w.is_due;
end $$;

-- The ids of the account's newest posts but for that of `id`: it must not take one of them for its own. What follow-ups made is no post:
-- only other follow-ups could take it. A function, so that a statement that does not ask for them need not prepare it.
create function taken_posts (of_account uuid, id uuid, for_follow_up boolean) returns text[] language sql stable as $$
  select array(select o.remote_id from (
    select o.remote_id, o.due_at, o.parent_id is not null as is_follow_up from deliveries o
      where o.account_id = of_account and o.id <> taken_posts.id and o.remote_id is not null
    union all
    select p.remote_id, p.due_at, p.is_follow_up from deleted_posts p where p.account_id = of_account) o
    where not o.is_follow_up or for_follow_up
    order by o.due_at desc limit 200)
$$;

-- As in 0018, of what is due.
create or replace function put_off_parked (moment timestamptz) returns void language plpgsql as $$
begin
  with parked as (
    select t.account_id, greatest(a.parked_until, p.parked_until) as until
    from turns t left join accounts a on a.id = t.account_id and a.parked_until > '-infinity'
      left join apps p on p.app = t.app and p.parked_until > '-infinity'
    where t.is_due and (a.id is not null or p.app is not null)
      and is_held_back(t.account_id, t.app, null, moment)
      and not exists (select from deliveries d where d.account_id = t.account_id and d.stop is not null
        and d.status in ('scheduled', 'running') and d.lease is null)),
  ending as (
    select account_id, case when until > moment then until else moment + interval '5 seconds' end as until,
      (select min(d.give_up_at) from deliveries d where d.account_id = parked.account_id
        and d.status in ('scheduled', 'running') and d.lease is null and d.ask_at <= until) as give_up_at
    from parked)
  update turns t set next_at = least(until, give_up_at), is_due = false
  from ending where t.account_id = ending.account_id and (give_up_at is null or give_up_at > moment);
  if found then
    update tenant_turns w set is_due = false
    where w.is_due and not exists (select from turns t where t.tenant_id = w.tenant_id and t.is_due);
  end if;
end $$;

/*
 * As in 0018, but for how it chooses. Leases up to `slots` deliveries that are due to `of_worker`: first what silent or slow workers left, then in turns: the
 * tenant that waited longest, of it the account that waited longest, of it what is due longest. `busy`: what the process
 * still works on, were its leases to run out. One claim at a time, so that counts are exact and nobody collides; nothing in
 * it waits for a lock, so that nobody holds it up. Its commit does not wait for the disk: nothing is sent before a later
 * one, which takes it along.
 */
create or replace function claim_due (
  of_worker uuid, busy uuid[], slots integer, per_account integer, lease_seconds float8, silent_seconds float8)
returns table (id uuid, is_first boolean, is_taken_over boolean, is_probe boolean)
language plpgsql rows 24 set plan_cache_mode = 'force_generic_plan'
-- It reads little of each table, whatever was known of them when its statements were planned.
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
#variable_conflict use_column
declare
  moment timestamptz;
  one record;
  due record;
  head record;
  turn bigint;
  next timestamptz;
  -- Of each tenant at most so many accounts in this round.
  each integer := 1;
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
  ids uuid[];
  left_behind uuid[];
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
  perform note_due(moment);
  if has_parked then
    perform put_off_parked(moment);
  end if;

  ids := array(
    select d.id from deliveries d
    where d.lease is not null and d.id <> all (busy)
      and (d.lease_until < moment or not exists (select from workers w
        where w.id = d.worker and w.beat_at > moment - silent_seconds * interval '1 second')));
  if ids <> '{}' then
    left_behind := ids;
    ids := '{}';
    for due in
      select d.id from deliveries d
      -- Asked of the row as it is when it is locked: what its worker wrote meanwhile is in it.
      where d.id = any (left_behind) and d.lease is not null and d.status in ('scheduled', 'running') and d.ask_at <= moment
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
  end if;

  while slots > 0 and has_more loop
    has_more := false;
    ids := '{}';
    round_keys := '{}';
    for one in
      select t.account_id, t.tenant_id, t.app from (
        select w.tenant_id, w.last_turn, t.account_id, t.app, t.n
        from tenant_turns w cross join lateral (
          select a.account_id, a.app, row_number() over (order by a.last_turn, a.account_id) as n from turns a
          where a.tenant_id = w.tenant_id and a.is_due and per_account > (
            select count(*) from deliveries d where d.account_id = a.account_id and d.lease is not null)
          order by a.last_turn, a.account_id limit each) t
        -- Ends as soon as there are enough.
        where w.is_due order by w.last_turn, w.tenant_id limit slots * each) t
      order by t.n, t.last_turn, t.tenant_id limit slots
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
        turn := nextval('turn_numbers');
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
      next := least(
        case
          when head.ask_at is null then 'infinity'
          when head.ask_at > moment then head.ask_at
          -- Due, and none may run: a second later, unless a mark says sooner.
          when due.id is null then moment + interval '1 second'
          else moment end,
        case when starts_at > moment then starts_at when starts_at is not null then moment + interval '5 seconds' end,
        head.give_up_at);
      with own as (
        update turns t set last_turn = case when due.id is null then t.last_turn else turn end,
          next_at = next, is_due = next <= moment
        where t.account_id = one.account_id)
      update tenant_turns w set last_turn = case when due.id is null then w.last_turn else turn end,
        is_due = next <= moment or exists (select from turns o
          where o.tenant_id = one.tenant_id and o.is_due and o.account_id <> one.account_id)
      where w.tenant_id = one.tenant_id;
    end loop;
    perform lease_deliveries(ids, of_worker, moment, lease_seconds);
    -- There are fewer tenants than slots, or some had nothing.
    each := slots;
  end loop;
end $$;
