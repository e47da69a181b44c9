-- What the sandbox platforms remember, as documents: a platform's shapes are its own affair.
create table sandbox_documents (
  platform text not null,
  kind text not null,
  id text not null,
  project text not null,
  doc jsonb not null,
  created_at timestamptz not null default now(),
  primary key (platform, kind, id)
);
create index on sandbox_documents (platform, project, kind, created_at);
