-- The claim: who may be leased now, and in which order.

-- Is another delivery than `id` under way to find out for this scope?
create function is_probed (of_scope text, parked timestamptz, id uuid) returns boolean language plpgsql stable as $$
begin
  return exists (select from probes p join deliveries d on d.id = p.delivery_id
    where p.scope = of_scope and p.until = parked and p.delivery_id is distinct from is_probed.id and d.lease is not null);
end $$;

create function is_held_back (of_account uuid, of_app text, id uuid, moment timestamptz) returns boolean
language plpgsql stable as $$
begin
  return exists (select from accounts a where a.id = of_account and a.parked_until > '-infinity'
      and (a.parked_until > moment or is_probed(of_account::text, a.parked_until, is_held_back.id)))
    or exists (select from apps p where p.app = of_app and p.parked_until > '-infinity'
      and (p.parked_until > moment or is_probed(of_app, p.parked_until, is_held_back.id)));
end $$;

-- Nothing due is looked at again and again: what is parked waits for its time, and the rest of a scope for its probe, whose
-- end leaves a mark. Accounts with something to stop are left: stopping asks no platform.
create function put_off_parked (moment timestamptz) returns void language plpgsql as $$
begin
  with parked as (
    select t.account_id, greatest(a.parked_until, p.parked_until) as until
    from turns t left join accounts a on a.id = t.account_id and a.parked_until > '-infinity'
      left join apps p on p.app = t.app and p.parked_until > '-infinity'
    where t.next_at <= moment and (a.id is not null or p.app is not null)
      and is_held_back(t.account_id, t.app, null, moment)
      and not exists (select from deliveries d where d.account_id = t.account_id and d.stop is not null
        and d.status in ('scheduled', 'running') and d.lease is null))
  update turns t set next_at = case when until > moment then until else moment + interval '5 seconds' end
  from parked where t.account_id = parked.account_id;
end $$;

-- The delivery finds out for its account and its app, where their time has come.
create function set_probe (id uuid, of_account uuid, of_app text) returns void language plpgsql as $$
begin
  insert into probes
  select of_account::text, set_probe.id, parked_until from accounts
    where accounts.id = of_account and parked_until > '-infinity'
  union all
  select of_app, set_probe.id, parked_until from apps where app = of_app and parked_until > '-infinity'
  on conflict (scope) do update set delivery_id = excluded.delivery_id, until = excluded.until;
end $$;

-- Keys of the account that somebody runs with, or whose last post may still have to show.
create function held_keys (of_account uuid, moment timestamptz) returns text[] language plpgsql stable as $$
begin
  return array(select distinct alone_key from deliveries
    where account_id = of_account and alone_key is not null
      and started_at is not null and (alone_since is not null or remote_id is null)
      and (alone_since is not null or settled_at > moment));
end $$;

create function is_alone (d deliveries, moment timestamptz) returns boolean language plpgsql stable as $$
begin
  return d.alone_key is null or d.alone_since is not null or d.give_up_at <= moment or not exists (
    -- Someone runs with this key; someone ended without an id and has not settled, so that the next watermark would miss
    -- its post; someone later than our own doubt is unaccounted for.
    select from deliveries o where o.alone_key = d.alone_key and o.id <> d.id and (
      o.alone_since is not null
      or o.remote_id is null and o.settled_at > moment
      or o.remote_id is null and o.doubt_since > d.doubt_since and (d.doubt_commits or d.stage = 'committed')
        and (o.status = 'uploaded' or o.doubt_commits or o.stage = 'committed')));
end $$;

create function lease_deliveries (ids uuid[], of_worker uuid, moment timestamptz, seconds float8) returns void
language plpgsql as $$
begin
  if ids = '{}' then
    return;
  end if;
  update deliveries d set lease = gen_random_uuid(), lease_until = moment + seconds * interval '1 second',
    worker = of_worker, status = 'running', started_at = coalesce(d.started_at, moment),
    crashes = d.crashes + (d.lease is not null)::int,
    alone_since = case when d.alone_key is not null and d.give_up_at > moment and d.stop is null
      then coalesce(d.alone_since, moment) end
  where d.id = any (ids);
end $$;

/*
 * Leases up to `slots` deliveries that are due to `of_worker`: first what silent or slow workers left, then in turns: the
 * tenant that waited longest, of it the account that waited longest, of it what is due longest. `busy`: what the process
 * still works on, were its leases to run out. One claim at a time, so that counts are exact and nobody collides; nothing in
 * it waits for a lock, so that nobody holds it up. Its commit does not wait for the disk: nothing is sent before a later
 * one, which takes it along.
 */
create function claim_due (
  of_worker uuid, busy uuid[], slots integer, per_account integer, lease_seconds float8, silent_seconds float8)
returns table (id uuid, is_first boolean, is_taken_over boolean, is_probe boolean)
language plpgsql rows 24 set plan_cache_mode = 'force_generic_plan' as $$
#variable_conflict use_column
declare
  moment timestamptz;
  one record;
  due record;
  keys text[];
  held_back boolean;
  has_parked boolean;
  is_parked boolean;
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
      and (d.stop is not null or not is_held_back(d.account_id, d.app, d.id, moment)) and is_alone(d, moment)
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
      held_back := is_parked and is_held_back(one.account_id, one.app, null, moment);
      keys := held_keys(one.account_id, moment);
      select d.id, d.alone_key, d.status = 'scheduled' as is_first, is_parked and d.stop is null as is_probe into due
      from deliveries d
      where d.account_id = one.account_id and d.status in ('scheduled', 'running') and d.ask_at <= moment
        and d.lease is null and d.id <> all (busy) and (not held_back or d.stop is not null)
        -- Of rows with a held key there may be thousands: those that never began wait, whatever else there is.
        and (d.alone_key is null or d.settled_at is not null or d.alone_since is not null or d.give_up_at <= moment
          or d.alone_key <> all (keys))
        and (d.alone_key is null or is_alone(d, moment) and d.alone_key <> all (round_keys))
      order by d.ask_at limit 1 for no key update skip locked;
      if due.id is not null then
        if due.is_probe then
          perform set_probe(due.id, one.account_id, one.app);
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
      -- Due, and none may run: a second later, unless a mark says sooner.
      update turns t set last_turn = case when due.id is null then t.last_turn else currval('turn_numbers') end,
        next_at = case
          when head.ask_at is null then 'infinity'
          when head.ask_at > moment then head.ask_at
          when due.id is null then moment + interval '1 second'
          else t.next_at end
      from (select min(d.ask_at) as ask_at from deliveries d where d.account_id = one.account_id
        and d.status in ('scheduled', 'running') and d.lease is null and d.id is distinct from due.id) head
      where t.account_id = one.account_id;
    end loop;
    perform lease_deliveries(ids, of_worker, moment, lease_seconds);
  end loop;
end $$;
