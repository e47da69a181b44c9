-- People, their sign-ins and workspaces (the shapes are better-auth's, see docs/decisions/0007), and API keys (ours).

create table users (
  id uuid primary key,
  name text not null,
  email text not null unique check (email = lower(email)),
  email_verified boolean not null default false,
  image text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table tenants (
  id uuid primary key,
  name text not null,
  slug text not null unique,
  logo text,
  metadata text,
  created_at timestamptz not null default now(),
  -- Null: what QUOTA_DEFAULT says.
  quota_limit integer check (quota_limit >= 0),
  time_zone text not null default 'UTC'
);

create table members (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  user_id uuid not null references users on delete cascade,
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  created_at timestamptz not null default now(),
  unique (user_id, tenant_id)
);
create index members_tenant on members (tenant_id);

create table user_sessions (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ip_address text,
  user_agent text,
  -- The workspace that the session was last switched to.
  active_tenant_id uuid references tenants on delete set null
);
create index user_sessions_user on user_sessions (user_id);

-- How a user proves who they are. provider_id 'credential': by the password, hashed with scrypt.
create table user_credentials (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  provider_id text not null,
  account_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, account_id)
);
create index user_credentials_user on user_credentials (user_id);

-- One-time tokens that were mailed: a password's reset.
create table verifications (
  id uuid primary key,
  identifier text not null unique,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table invitations (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  email text not null check (email = lower(email)),
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  status text not null default 'pending' check (status in ('pending', 'accepted', 'rejected', 'canceled')),
  -- SHA-256 of the token in the link.
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  inviter_id uuid not null references users on delete cascade,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index invitations_tenant on invitations (tenant_id);

create table api_keys (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  -- SHA-256 of the whole key.
  hash bytea not null check (octet_length(hash) = 32),
  prefix text not null,
  name text,
  scopes text[] not null
    check (cardinality(scopes) > 0 and scopes <@ array['upload:write', 'upload:read', 'accounts:read']),
  -- Null: every account of the workspace, now and later.
  account_ids uuid[] check (cardinality(account_ids) > 0),
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  unique (tenant_id, id)
);
