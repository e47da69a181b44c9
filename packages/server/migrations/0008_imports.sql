-- Uploads whose bytes the server fetches itself, and bytes that nobody needs any more.

-- An import is a session: quota, description, abort and expiry are the same. Its file_size is 0 until the bytes are there.
alter table upload_sessions drop constraint upload_sessions_kind_check;
alter table upload_sessions add check (kind in ('put', 'multipart', 'import'));

create table imports (
  -- The session's own.
  id uuid primary key,
  tenant_id uuid not null,
  -- Sealed: addresses carry signatures. Null once the import is over.
  url bytea,
  bytes_received bigint not null default 0,
  bytes_total bigint,
  attempts integer not null default 0,
  ask_at timestamptz not null default now(),
  give_up_at timestamptz not null,
  lease uuid,
  lease_until timestamptz,
  worker uuid,
  failure jsonb,
  foreign key (tenant_id, id) references upload_sessions (tenant_id, id) on delete cascade
);
create index on imports (ask_at) where url is not null;

-- The row outlives its bytes: the status of an upload still tells of them.
alter table files add column removed_at timestamptz;
create index files_kept on files (tenant_id, id) where removed_at is null;
create index on files (storage_key);
create index on upload_sessions (storage_key) where status = 'open';
create index on uploads (tenant_id, file_id);
