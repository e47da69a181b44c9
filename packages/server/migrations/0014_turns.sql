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

insert into turns (account_id, tenant_id, app, next_at)
select distinct on (account_id) account_id, tenant_id, app, ask_at from deliveries
where status in ('scheduled', 'running') order by account_id, ask_at;
