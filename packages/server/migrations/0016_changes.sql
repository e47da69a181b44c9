-- A trigger's WHEN is parsed from its text by each statement that may fire it, and each statement prepares the conditions of
-- all partial indexes: so there is one trigger for a change, fired by what may concern it (`update of`).

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

-- What follows a change of a delivery: its event, a mark for the claim, and at its end the upload's status.
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
create trigger deliveries_changed after update of status, stage, sent, failure, remote_id, remote_url, due_at, title,
    description, options, stop, lease, ask_at, alone_since on deliveries
  for each row execute function delivery_changed();

-- As in 0007, for a new delivery alone: changes are told above.
create or replace function record_delivery () returns trigger language plpgsql as $$
begin
  insert into events (tenant_id, type, upload_id, data) values (new.tenant_id, 'delivery.created', new.upload_id, jsonb_build_object(
    'accountId', new.account_id, 'platform', new.platform, 'followUp', new.follow_up, 'part', new.part,
    'status', new.status, 'stage', new.stage, 'bytes', new.bytes,
    'sent', new.sent, 'attempts', new.attempts, 'remoteId', new.remote_id, 'remoteUrl', new.remote_url,
    'failure', new.failure));
  if exists (select from event_readers r where r.tenant_id = new.tenant_id) then
    perform pg_notify('events', new.tenant_id::text);
  end if;
  return null;
end $$;
