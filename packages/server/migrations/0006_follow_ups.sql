-- What is done once a post exists, what a sender declared, and the life of grants that nobody uses.

alter table deliveries
  -- A follow-up: of which delivery, the connector's name for it, which of those that the options want, and its own file.
  add column parent_id uuid,
  add column follow_up text,
  add column part text,
  -- No reference: a file that is gone is told as the failure of the follow-up.
  add column file_id uuid,
  -- What the platform can be asked with for the id of a post that it has not told yet.
  add column remote_trace text,
  -- What the sender declared by sending it, who that was, and when.
  add column consent jsonb,
  add check (num_nulls(parent_id, follow_up, part) in (0, 3)),
  add check (parent_id is not null or file_id is null),
  add foreign key (tenant_id, parent_id) references deliveries (tenant_id, id),
  drop constraint deliveries_upload_id_account_id_key;
create unique index deliveries_targets on deliveries (upload_id, account_id) where parent_id is null;
create unique index deliveries_follow_ups on deliveries (parent_id, follow_up, part) where parent_id is not null;

-- What is done after a post never changes what became of it.
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
    from deliveries d where d.tenant_id = of_tenant and d.upload_id = of_upload and d.parent_id is null)
  where u.tenant_id = of_tenant and u.id = of_upload;
end $$;

alter table accounts
  -- When the grant is to be renewed though nobody uses it. Null: it has no end that we know of.
  add column refresh_at timestamptz,
  -- When the facts were last asked for.
  add column facts_at timestamptz not null default now();
create index accounts_refresh on accounts (refresh_at) where status = 'active';
create index accounts_facts on accounts (facts_at) where status = 'active';
