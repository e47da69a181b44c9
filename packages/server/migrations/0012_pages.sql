-- What the pages of people ask for: who sent an upload and who took note of its failures, lists by status and by time,
-- what used the quota, how accounts do, and the choice among the accounts that one grant brings.

alter table uploads
  -- What failed until then needs no hand any more.
  add column dismissed_at timestamptz,
  -- Who sent it. No references: they outlive both.
  add column sender_user_id uuid,
  add column sender_key_id uuid,
  add check (num_nonnulls(sender_user_id, sender_key_id) <= 1);
create index uploads_status on uploads (tenant_id, status, id desc);
create index uploads_time on uploads (tenant_id, (coalesce(scheduled_on, created_at)), id);

drop trigger uploads_changed on uploads;
create trigger uploads_changed after update on uploads for each row
  when (row(old.title, old.status, old.scheduled_on, old.timezone, old.wishes, old.dismissed_at)
    is distinct from row(new.title, new.status, new.scheduled_on, new.timezone, new.wishes, new.dismissed_at))
  execute function record_upload();

create index deliveries_failed on deliveries (tenant_id, upload_id) where status = 'failed' and parent_id is null;
create index deliveries_open on deliveries (account_id, status)
  where status in ('scheduled', 'running') and parent_id is null;
create index deliveries_used on deliveries (tenant_id, quota_month)
  where status in ('uploaded', 'failed') and parent_id is null;

alter table accounts
  -- Since when it has its status, and why its grant is dead: { code, message }.
  add column status_since timestamptz not null default now(),
  add column status_reason jsonb;
update accounts set status_since = linked_at;

alter table links
  -- Of several accounts that a grant brings, the person picks.
  add column choose boolean not null default false,
  -- Sealed: the accounts with their tokens, until the choice is made or too late.
  add column offer bytea,
  add column offer_until timestamptz;

-- The key that rotation put in its place.
alter table api_keys add column replaced_by uuid;
