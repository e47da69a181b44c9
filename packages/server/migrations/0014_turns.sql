-- Whose turn it is. A claim that reads all that is due grows with it, so what it needs to know of an account is kept in one
-- row. The claim is the only writer of `turns`, one claim at a time; everyone else leaves a mark beside the change itself,
-- in the same transaction, and the next claim folds it in. So nobody waits for anybody, and no change can be missed.

create table turns (
  -- No references: an insert would lock the row of the account.
  account_id uuid primary key,
  tenant_id uuid not null,
  app text not null,
  -- Nothing of the account can be claimed before, but for what marks say.
  next_at timestamptz not null,
  -- Drawn from turn_numbers when something of it was claimed last.
  last_turn bigint not null default 0
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
create index turns_next on turns (next_at);
create index turns_app on turns (app);

create table tenant_turns (
  tenant_id uuid primary key,
  last_turn bigint not null
) with (fillfactor = 50);

create sequence turn_numbers;

-- Look at this account from `at`; without a tenant: if you know it; without an account: at all of the app.
create table turn_marks (
  account_id uuid,
  tenant_id uuid,
  app text,
  at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- When the time of a parked account or app has come, one delivery finds out whether the platform means it. `scope` is an
-- account's id or an app; the row counts while `until` is what the scope is parked with.
create table probes (
  scope text primary key,
  delivery_id uuid not null,
  until timestamptz not null
);

create index deliveries_ready on deliveries (account_id, ask_at) where status in ('scheduled', 'running');
create index deliveries_stopped on deliveries (account_id) where stop is not null and status in ('scheduled', 'running');
-- Whose keys others of the account may have to wait for.
create index deliveries_keys on deliveries (account_id)
  where alone_key is not null and started_at is not null and (alone_since is not null or remote_id is null);
drop index deliveries_due;
create index accounts_parked on accounts (id) where parked_until > '-infinity';
create index apps_parked on apps (app) where parked_until > '-infinity';
alter table accounts drop column last_claim;

create function mark_made () returns trigger language plpgsql as $$
begin
  insert into turn_marks (account_id, tenant_id, app, at)
  select account_id, tenant_id, app, min(ask_at) from made where status in ('scheduled', 'running')
  group by account_id, tenant_id, app;
  return null;
end $$;
create trigger deliveries_marked after insert on deliveries referencing new table as made
  for each statement execute function mark_made();

create function mark_moved () returns trigger language plpgsql as $$
begin
  insert into turn_marks values (new.account_id, new.tenant_id, new.app, new.ask_at);
  return null;
end $$;
create trigger deliveries_moved after update on deliveries for each row
  when (new.lease is null and new.status in ('scheduled', 'running')
    and (old.lease is not null or old.status not in ('scheduled', 'running') or new.ask_at < old.ask_at
      or new.stop is distinct from old.stop))
  execute function mark_moved();

create function mark_freed () returns trigger language plpgsql as $$
begin
  insert into turn_marks values (new.account_id, null, null, '-infinity');
  return null;
end $$;
create trigger deliveries_freed after update on deliveries for each row
  when (old.alone_since is not null and new.alone_since is null) execute function mark_freed();

create function mark_unparked () returns trigger language plpgsql as $$
begin
  if tg_table_name = 'apps' then
    insert into turn_marks values (null, null, new.app, '-infinity');
  else
    insert into turn_marks values (new.id, null, null, '-infinity');
  end if;
  return null;
end $$;
create trigger accounts_unparked after update on accounts for each row when (new.parked_until < old.parked_until)
  execute function mark_unparked();
create trigger apps_unparked after update on apps for each row when (new.parked_until < old.parked_until)
  execute function mark_unparked();

create function fold_marks () returns void language plpgsql as $$
begin
  with gone as (delete from turn_marks returning account_id, tenant_id, app, at),
  marked as (
    select account_id, tenant_id, app, at from gone where tenant_id is not null
    union all
    select t.account_id, t.tenant_id, t.app, g.at from gone g join turns t on t.account_id = g.account_id
      where g.tenant_id is null
    union all
    select t.account_id, t.tenant_id, t.app, g.at from gone g join turns t on t.app = g.app where g.account_id is null)
  insert into turns as t (account_id, tenant_id, app, next_at)
  select distinct on (account_id) account_id, tenant_id, app, at from marked order by account_id, at
  on conflict (account_id) do update set next_at = excluded.next_at where excluded.next_at < t.next_at;
end $$;

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

create function lease_delivery (id uuid, of_worker uuid, moment timestamptz, seconds float8) returns void
language plpgsql as $$
begin
  update deliveries d set lease = gen_random_uuid(), lease_until = moment + seconds * interval '1 second',
    worker = of_worker, status = 'running', started_at = coalesce(d.started_at, moment),
    crashes = d.crashes + (d.lease is not null)::int,
    alone_since = case when d.alone_key is not null and d.give_up_at > moment and d.stop is null
      then coalesce(d.alone_since, moment) end
  where d.id = lease_delivery.id;
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
language plpgsql set plan_cache_mode = 'force_generic_plan' as $$
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
    perform lease_delivery(due.id, of_worker, moment, lease_seconds);
    slots := slots - 1;
    return query select due.id, false, true, exists (select from probes p where p.delivery_id = due.id);
  end loop;

  while slots > 0 and has_more loop
    has_more := false;
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
      select d.id, d.status = 'scheduled' as is_first, is_parked and d.stop is null as is_probe into due
      from deliveries d
      where d.account_id = one.account_id and d.status in ('scheduled', 'running') and d.ask_at <= moment
        and d.lease is null and d.id <> all (busy) and (not held_back or d.stop is not null)
        -- Of rows with a held key there may be thousands: those that never began wait, whatever else there is.
        and (d.alone_key is null or d.settled_at is not null or d.alone_since is not null or d.give_up_at <= moment
          or d.alone_key <> all (keys))
        and (d.alone_key is null or is_alone(d, moment))
      order by d.ask_at limit 1 for no key update skip locked;
      if due.id is not null then
        if due.is_probe then
          perform set_probe(due.id, one.account_id, one.app);
        end if;
        perform lease_delivery(due.id, of_worker, moment, lease_seconds);
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
        and d.status in ('scheduled', 'running') and d.lease is null) head
      where t.account_id = one.account_id;
    end loop;
  end loop;
end $$;

-- As in 0007 and 0010, in one function: the calls between them were a third of what an event costs.
create or replace function record_delivery () returns trigger language plpgsql as $$
declare
  is_canceled boolean := new.status = 'canceled' or (new.status = 'running' and new.stop is not distinct from 'cancel');
  kind text := 'delivery.created';
begin
  if tg_op = 'UPDATE' then
    -- Told when it was granted, whatever its last step still writes.
    if is_canceled and old.status = 'running' and old.stop is not distinct from 'cancel' then
      return null;
    end if;
    kind := case
      when is_canceled then 'delivery.canceled'
      when new.status in ('uploaded', 'failed') then 'delivery.' || new.status
      when new.status = 'scheduled' then 'delivery.updated'
      when row(old.status, old.stage, old.failure, old.remote_id, old.remote_url)
        is not distinct from row(new.status, new.stage, new.failure, new.remote_id, new.remote_url)
        then 'delivery.progress'
      else 'delivery.processing' end;
  end if;
  insert into events (tenant_id, type, upload_id, data) values (new.tenant_id, kind, new.upload_id, jsonb_build_object(
    'accountId', new.account_id, 'platform', new.platform, 'followUp', new.follow_up, 'part', new.part,
    'status', case when is_canceled then 'canceled' else new.status end, 'stage', new.stage, 'bytes', new.bytes,
    'sent', new.sent, 'attempts', new.attempts, 'remoteId', new.remote_id, 'remoteUrl', new.remote_url,
    'failure', new.failure));
  if exists (select from event_readers r where r.tenant_id = new.tenant_id) then
    perform pg_notify('events', new.tenant_id::text);
  end if;
  return null;
end $$;

insert into turns (account_id, tenant_id, app, next_at)
select distinct on (account_id) account_id, tenant_id, app, ask_at from deliveries
where status in ('scheduled', 'running') order by account_id, ask_at;
