-- Linked accounts, what is to be published, and where each publication stands.

create table accounts (
  id uuid primary key,
  tenant_id uuid not null references tenants (id),
  platform text not null,
  sandbox boolean not null,
  -- Which of the connector's ways of signing in it was linked with.
  auth text not null,
  remote_id text not null,
  display_name text not null,
  handle text not null,
  avatar_url text,
  -- What the platform told when it was linked: instance, upload list, limits.
  facts jsonb not null,
  scopes text[] not null,
  status text not null check (status in ('active', 'needs_relink', 'revoked')),
  -- Sealed. Null once the grant is forgotten.
  tokens bytea,
  previous_tokens bytea,
  token_version integer not null default 1,
  refresh_lease uuid,
  refresh_until timestamptz,
  parked_until timestamptz not null default '-infinity',
  last_claim timestamptz not null default '-infinity',
  linked_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, platform, sandbox, remote_id)
);

-- A platform's app: one per real platform, one per tenant for its sandbox. "Later" and daily budgets may concern it as a whole.
create table apps (
  app text primary key,
  parked_until timestamptz not null default '-infinity'
);

create table budgets (
  app text not null,
  day date not null,
  used integer not null,
  primary key (app, day)
);

create table files (
  id uuid primary key,
  tenant_id uuid not null references tenants (id),
  storage_key text not null,
  etag text not null,
  bytes bigint not null,
  name text not null,
  content_type text not null,
  duration_seconds double precision,
  width integer,
  height integer,
  created_at timestamptz not null default now(),
  unique (tenant_id, id)
);

create table upload_sessions (
  id uuid primary key,
  tenant_id uuid not null references tenants (id),
  token_hash bytea not null unique,
  kind text not null check (kind in ('put', 'multipart')),
  status text not null check (status in ('open', 'completed', 'aborted', 'expired')),
  file_id uuid not null,
  storage_key text not null,
  parts_id text,
  part_size bigint,
  file_name text not null,
  file_size bigint not null,
  content_type text not null,
  -- The description as it was accepted: what `complete` makes the upload from.
  description jsonb not null,
  account_ids uuid[] not null,
  quota_month date not null,
  upload_id uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  unique (tenant_id, id)
);
create index on upload_sessions (expires_at) where status = 'open';

create table uploads (
  id uuid primary key,
  tenant_id uuid not null references tenants (id),
  file_id uuid not null,
  title text not null,
  status text not null check (status in ('Scheduled', 'Processing', 'Uploaded', 'Failed', 'Canceled')),
  scheduled_on timestamptz,
  timezone text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, file_id) references files (tenant_id, id)
);
create index on uploads (tenant_id, id desc);

-- One upload on one account. The row is its own queue entry.
create table deliveries (
  id uuid primary key,
  tenant_id uuid not null,
  upload_id uuid not null,
  account_id uuid not null,
  platform text not null,
  app text not null references apps (app),
  position integer not null,
  -- The post as it was composed at acceptance.
  title text not null,
  description text not null,
  options jsonb not null,
  adjustments jsonb not null,
  quota_month date not null,

  status text not null check (status in ('scheduled', 'running', 'uploaded', 'failed', 'canceled')),
  stage text not null default 'prepare' check (stage in ('prepare', 'transfer', 'processing', 'ready', 'committed')),
  -- Sealed: session addresses, upload tokens, the commit's body.
  state bytea,
  bytes bigint not null,
  sent bigint not null default 0,
  chunk_end bigint not null default 0,
  tries integer not null default 0,
  restarts integer not null default 0,
  attempts integer not null default 0,
  absent boolean not null default false,
  doubt text check (doubt in ('prepare', 'send', 'commit')),
  doubt_commits boolean not null default false,
  doubt_repeat boolean not null default false,
  doubt_since timestamptz,
  settled_at timestamptz,
  due_at timestamptz not null,
  ask_at timestamptz not null,
  give_up_at timestamptz not null,
  lease uuid,
  lease_until timestamptz,
  worker uuid,
  crashes integer not null default 0,
  stop text check (stop in ('cancel', 'unlink')),
  alone_key text,
  alone_since timestamptz,
  remote_id text,
  remote_url text,
  failure jsonb,
  started_at timestamptz,
  ended_at timestamptz,
  unique (tenant_id, id),
  unique (upload_id, account_id),
  foreign key (tenant_id, upload_id) references uploads (tenant_id, id),
  foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);
create index deliveries_due on deliveries (ask_at) where status in ('scheduled', 'running');
create index deliveries_leased on deliveries (account_id) where lease is not null;
create index deliveries_posts on deliveries (account_id, due_at desc) where remote_id is not null;
create index deliveries_alone on deliveries (alone_key) where alone_key is not null;
create unique index deliveries_alone_running on deliveries (alone_key) where alone_since is not null;

-- Every process that holds leases says here that it lives.
create table workers (
  id uuid primary key,
  started_at timestamptz not null default now(),
  beat_at timestamptz not null default now(),
  claimed_at timestamptz
);

create table quotas (
  tenant_id uuid not null references tenants (id),
  month date not null,
  reserved integer not null default 0 check (reserved >= 0),
  used integer not null default 0 check (used >= 0),
  primary key (tenant_id, month)
);

create table idempotency_keys (
  tenant_id uuid not null references tenants (id),
  key text not null,
  -- Who works on the first request; a process that died lets the next request try.
  worker uuid not null,
  claim uuid not null,
  fingerprint bytea,
  status integer,
  -- Sealed where the answer holds secrets.
  answer bytea,
  is_sealed boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (tenant_id, key)
);
create index on idempotency_keys (created_at);

-- The public status of an upload, from those of its deliveries. The lock makes two ends at once count both.
create function refresh_upload (of_tenant uuid, of_upload uuid) returns void language plpgsql as $$
begin
  perform from uploads where tenant_id = of_tenant and id = of_upload for update;
  update uploads u set updated_at = now(), status = (
    select case
      when bool_and(d.status = 'canceled') then 'Canceled'
      when bool_and(d.status in ('scheduled', 'canceled')) then 'Scheduled'
      when bool_or(d.status in ('scheduled', 'running')) then 'Processing'
      when bool_or(d.status = 'failed') then 'Failed'
      else 'Uploaded' end
    from deliveries d where d.tenant_id = of_tenant and d.upload_id = of_upload)
  where u.tenant_id = of_tenant and u.id = of_upload;
end $$;
