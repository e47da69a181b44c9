-- Links that were begun: from the request for a page to the platform's answer, ten minutes, once.
create table links (
  id uuid primary key,
  tenant_id uuid not null references tenants (id) on delete cascade,
  user_id uuid not null references users (id) on delete cascade,
  platform text not null,
  sandbox boolean not null,
  auth text not null,
  -- SHA-256 of what travels: in our page's address, over the platform, in the cookie of the browser that opened the page.
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  state_hash bytea not null unique check (octet_length(state_hash) = 32),
  cookie_hash bytea check (octet_length(cookie_hash) = 32),
  -- Sealed: the state and PKCE's verifier.
  secrets bytea not null,
  return_to text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index on links (expires_at);

-- Who else lives on a remote account's grant: asked when one of them is unlinked.
create index on accounts (platform, remote_id) where status <> 'revoked';
