-- The second factor of a sign-in (the shape is better-auth's): secret and backup codes are encrypted under SECRET_KEY.

alter table users add column two_factor_enabled boolean not null default false;

create table two_factors (
  id uuid primary key,
  user_id uuid not null unique references users on delete cascade,
  secret text not null,
  backup_codes text not null,
  -- False until a first code has shown that the authenticator app has the secret.
  verified boolean not null default false,
  failed_verification_count integer not null default 0,
  locked_until timestamptz
);

-- Lists of what is pending, and what becomes void with its sender.
create index invitations_inviter on invitations (tenant_id, inviter_id) where status = 'pending';
