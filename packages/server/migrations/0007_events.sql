-- What a person may change of an upload, who decided what, and every change as an event.

alter table uploads
  -- What the sender wrote, without accounts: what a change is merged into.
  add column wishes jsonb not null default '{}',
  -- Those of its deliveries: who may read its events once it is deleted.
  add column account_ids uuid[] not null default '{}';
update uploads u set wishes = jsonb_build_object('title', u.title), account_ids = array(
  select d.account_id from deliveries d where d.upload_id = u.id and d.parent_id is null order by d.position);

create function remember_accounts () returns trigger language plpgsql as $$
begin
  update uploads u set account_ids = u.account_ids || made.ids
  from (select upload_id, array_agg(account_id order by position) as ids from made
    where parent_id is null group by upload_id) made
  where u.id = made.upload_id;
  return null;
end $$;
create trigger deliveries_accounts after insert on deliveries referencing new table as made
  for each statement execute function remember_accounts();

-- A cancel that was granted is one at once, also while a step of the delivery is still under way.
create or replace function refresh_upload (of_tenant uuid, of_upload uuid) returns void language plpgsql as $$
begin
  perform from uploads where tenant_id = of_tenant and id = of_upload for update;
  update uploads u set updated_at = now(), status = (
    select case
      when bool_and(d.status = 'canceled') then 'Canceled'
      when bool_and(d.status in ('scheduled', 'canceled')) then 'Scheduled'
      when bool_or(d.status in ('scheduled', 'running')) then 'Processing'
      when bool_or(d.status = 'failed') then 'Failed'
      else 'Uploaded' end
    from (select case when status = 'running' and stop = 'cancel' then 'canceled' else status end as status
      from deliveries where tenant_id = of_tenant and upload_id = of_upload and parent_id is null) d)
  where u.tenant_id = of_tenant and u.id = of_upload;
end $$;

-- Who canceled, retried, or told what became of a post.
create table decisions (
  id uuid primary key,
  tenant_id uuid not null references tenants (id),
  upload_id uuid not null,
  delivery_id uuid not null,
  decision text not null check (decision in ('canceled', 'retried', 'posted', 'absent')),
  user_id uuid,
  key_id uuid,
  at timestamptz not null default now(),
  check (num_nonnulls(user_id, key_id) = 1),
  foreign key (tenant_id, delivery_id) references deliveries (tenant_id, id) on delete cascade
);
create index on decisions (tenant_id, delivery_id);

-- Posts of deleted uploads: another delivery that looks for its own post must not take them for it.
create table deleted_posts (
  tenant_id uuid not null,
  account_id uuid not null,
  remote_id text not null,
  -- Of a follow-up: no post.
  is_follow_up boolean not null,
  due_at timestamptz not null,
  primary key (account_id, remote_id),
  foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);

/*
 * Positions. `seq` is drawn when the row is written: of one delivery or upload, whose rows are written under its lock, it
 * is the true order. Transactions end in another order than they draw it, so that `seq` alone leaves gaps: a reader
 * remembers the snapshot it has read up to, and asks for what was not visible in it (`xid`). A transaction that stays open
 * for long holds nobody up. After a restore into another cluster the numbers mean nothing: leave this table out of copies.
 */
create table events (
  seq bigint generated always as identity primary key,
  id uuid not null default gen_random_uuid(),
  xid xid8 not null default pg_current_xact_id(),
  -- No reference: each event would lock the row of its workspace.
  tenant_id uuid not null,
  type text not null,
  upload_id uuid,
  -- Where the upload does not say it: of which accounts.
  account_ids uuid[],
  data jsonb not null,
  at timestamptz not null default clock_timestamp()
);
create index events_position on events (tenant_id, xid);

create function record_event (of_tenant uuid, type text, of_upload uuid, accounts uuid[], data jsonb) returns void
language plpgsql as $$
begin
  insert into events (tenant_id, type, upload_id, account_ids, data) values (of_tenant, type, of_upload, accounts, data);
  perform pg_notify('events', of_tenant::text);
end $$;

create function record_upload () returns trigger language plpgsql as $$
declare
  one uploads := coalesce(new, old);
begin
  perform record_event(one.tenant_id,
    case tg_op when 'INSERT' then 'upload.created' when 'DELETE' then 'upload.deleted' else 'upload.updated' end,
    one.id, case tg_op when 'DELETE' then old.account_ids end,
    jsonb_build_object('title', one.title, 'status', one.status, 'scheduledOn', one.scheduled_on));
  return null;
end $$;
create trigger uploads_events after insert or delete on uploads for each row execute function record_upload();
create trigger uploads_changed after update on uploads for each row
  when (row(old.title, old.status, old.scheduled_on, old.timezone, old.wishes)
    is distinct from row(new.title, new.status, new.scheduled_on, new.timezone, new.wishes))
  execute function record_upload();

-- `data` holds the columns that the status route shows; what they are called in public is settled when they are read.
create function record_delivery () returns trigger language plpgsql as $$
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
  perform record_event(new.tenant_id, kind, new.upload_id, null, jsonb_build_object(
    'accountId', new.account_id, 'platform', new.platform, 'followUp', new.follow_up, 'part', new.part,
    'status', case when is_canceled then 'canceled' else new.status end, 'stage', new.stage, 'bytes', new.bytes,
    'sent', new.sent, 'attempts', new.attempts, 'remoteId', new.remote_id, 'remoteUrl', new.remote_url,
    'failure', new.failure));
  return null;
end $$;
create trigger deliveries_created after insert on deliveries for each row execute function record_delivery();
create trigger deliveries_changed after update on deliveries for each row
  when (row(old.status, old.stage, old.sent, old.failure, old.remote_id, old.remote_url, old.due_at, old.title,
      old.description, old.options, old.stop = 'cancel')
    is distinct from row(new.status, new.stage, new.sent, new.failure, new.remote_id, new.remote_url, new.due_at,
      new.title, new.description, new.options, new.stop = 'cancel'))
  execute function record_delivery();

create function record_account () returns trigger language plpgsql as $$
begin
  perform record_event(new.tenant_id,
    case new.status when 'active' then 'account.linked' when 'revoked' then 'account.unlinked' else 'account.needs_relink' end,
    null, array[new.id], jsonb_build_object('accountId', new.id, 'platform', new.platform, 'sandbox', new.sandbox,
      'displayName', new.display_name, 'status', new.status));
  return null;
end $$;
create trigger accounts_linked after insert on accounts for each row execute function record_account();
create trigger accounts_changed after update on accounts for each row when (old.status <> new.status)
  execute function record_account();
