-- What was measured of a video beside its length and frame; pictures and captions, and who uses them.

alter table files add column media jsonb;

-- A picture or captions that options name. Held by a session while it is open, and by the upload that came of it.
create table file_uses (
  tenant_id uuid not null,
  file_id uuid not null,
  session_id uuid,
  upload_id uuid,
  check (num_nonnulls(session_id, upload_id) = 1),
  unique nulls not distinct (tenant_id, file_id, session_id, upload_id),
  foreign key (tenant_id, file_id) references files (tenant_id, id),
  foreign key (tenant_id, session_id) references upload_sessions (tenant_id, id) on delete cascade,
  foreign key (tenant_id, upload_id) references uploads (tenant_id, id) on delete cascade
);
create index on file_uses (tenant_id, session_id) where session_id is not null;
create index on file_uses (tenant_id, upload_id) where upload_id is not null;

-- A video belongs to its upload from the start; these can be left over.
create index files_attached on files (created_at) where content_type not like 'video/%';
