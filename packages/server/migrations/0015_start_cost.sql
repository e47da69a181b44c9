-- What the start and the end of a delivery cost. A trigger's WHEN is parsed from its text by each statement that may fire it,
-- and each statement prepares the conditions of all partial indexes: so there is one trigger, fired by what may concern it
-- (`update of`), and a claim leases all that it found in one statement.

-- The unique (tenant_id, id) is read backwards as well.
drop index uploads_tenant_id_id_idx;

create or replace function record_upload () returns trigger language plpgsql as $$
declare
  one uploads := coalesce(new, old);
begin
  if tg_op = 'UPDATE' and row(old.title, old.status, old.scheduled_on, old.timezone, old.wishes, old.dismissed_at)
      is not distinct from row(new.title, new.status, new.scheduled_on, new.timezone, new.wishes, new.dismissed_at) then
    return null;
  end if;
  insert into events (tenant_id, type, upload_id, account_ids, data) values (one.tenant_id,
    case tg_op when 'INSERT' then 'upload.created' when 'DELETE' then 'upload.deleted' else 'upload.updated' end,
    one.id, case tg_op when 'DELETE' then old.account_ids end,
    jsonb_build_object('title', one.title, 'status', one.status, 'scheduledOn', one.scheduled_on));
  if exists (select from event_readers r where r.tenant_id = one.tenant_id) then
    perform pg_notify('events', one.tenant_id::text);
  end if;
  return null;
end $$;
drop trigger uploads_changed on uploads;
create trigger uploads_changed after update of title, status, scheduled_on, timezone, wishes, dismissed_at on uploads
  for each row execute function record_upload();

-- As before, with what the other triggers of a change did: deliveries_moved, deliveries_freed, and now the upload's status.
create function delivery_changed () returns trigger language plpgsql as $$
declare
  is_canceled boolean;
begin
  if row(old.status, old.stage, old.sent, old.failure, old.remote_id, old.remote_url, old.due_at, old.title,
      old.description, old.options, old.stop = 'cancel')
    is distinct from row(new.status, new.stage, new.sent, new.failure, new.remote_id, new.remote_url, new.due_at,
      new.title, new.description, new.options, new.stop = 'cancel')
    -- Told when it was granted, whatever its last step still writes.
    and not ((new.status = 'canceled' or (new.status = 'running' and new.stop is not distinct from 'cancel'))
      and old.status = 'running' and old.stop is not distinct from 'cancel')
  then
    is_canceled := new.status = 'canceled' or (new.status = 'running' and new.stop is not distinct from 'cancel');
    insert into events (tenant_id, type, upload_id, data) values (new.tenant_id,
      case
        when is_canceled then 'delivery.canceled'
        when new.status in ('uploaded', 'failed') then 'delivery.' || new.status
        when new.status = 'scheduled' then 'delivery.updated'
        when row(old.status, old.stage, old.failure, old.remote_id, old.remote_url)
          is not distinct from row(new.status, new.stage, new.failure, new.remote_id, new.remote_url)
          then 'delivery.progress'
        else 'delivery.processing' end,
      new.upload_id, jsonb_build_object(
        'accountId', new.account_id, 'platform', new.platform, 'followUp', new.follow_up, 'part', new.part,
        'status', case when is_canceled then 'canceled' else new.status end, 'stage', new.stage, 'bytes', new.bytes,
        'sent', new.sent, 'attempts', new.attempts, 'remoteId', new.remote_id, 'remoteUrl', new.remote_url,
        'failure', new.failure));
    if exists (select from event_readers r where r.tenant_id = new.tenant_id) then
      perform pg_notify('events', new.tenant_id::text);
    end if;
  end if;
  if new.lease is null then
    if new.status in ('scheduled', 'running') then
      if old.lease is not null or old.status not in ('scheduled', 'running') or new.ask_at < old.ask_at
        or new.stop is distinct from old.stop
      then
        insert into turn_marks values (new.account_id, new.tenant_id, new.app, new.ask_at);
      end if;
    elsif old.lease is not null and old.status = 'running' and new.parent_id is null then
      -- A step was its last.
      perform refresh_upload(new.tenant_id, new.upload_id);
    end if;
  end if;
  if old.alone_since is not null and new.alone_since is null then
    insert into turn_marks values (new.account_id, null, null, '-infinity');
  end if;
  return null;
end $$;
drop trigger deliveries_changed on deliveries;
drop trigger deliveries_moved on deliveries;
drop trigger deliveries_freed on deliveries;
drop function mark_moved, mark_freed;
create trigger deliveries_changed after update of status, stage, sent, failure, remote_id, remote_url, due_at, title,
    description, options, stop, lease, ask_at, alone_since on deliveries
  for each row execute function delivery_changed();

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
drop function lease_delivery;

-- As before, but that what a round found is leased together.
create or replace function claim_due (
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

