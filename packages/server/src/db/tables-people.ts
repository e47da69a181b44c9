import type { Role, Scope } from '@upload24/contract'
import type { Generated } from 'kysely'

/** The tables of 0001_people.sql and 0013_two_factor.sql. */
export interface PeopleTables {
  users: UsersTable
  tenants: TenantsTable
  members: MembersTable
  user_sessions: UserSessionsTable
  user_credentials: UserCredentialsTable
  two_factors: TwoFactorsTable
  verifications: VerificationsTable
  invitations: InvitationsTable
  api_keys: ApiKeysTable
}

export interface UsersTable {
  id: string
  name: string
  email: string
  email_verified: Generated<boolean>
  two_factor_enabled: Generated<boolean>
  image: string | null
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export interface TenantsTable {
  id: string
  name: string
  slug: string
  logo: string | null
  metadata: string | null
  created_at: Generated<Date>
  quota_limit: number | null
  time_zone: Generated<string>
}

export interface MembersTable {
  id: string
  tenant_id: string
  user_id: string
  role: Role
  created_at: Generated<Date>
}

export interface UserSessionsTable {
  id: string
  user_id: string
  token: string
  expires_at: Date
  created_at: Generated<Date>
  updated_at: Generated<Date>
  ip_address: string | null
  user_agent: string | null
  active_tenant_id: string | null
}

export interface UserCredentialsTable {
  id: string
  user_id: string
  provider_id: string
  account_id: string
  access_token: string | null
  refresh_token: string | null
  id_token: string | null
  access_token_expires_at: Date | null
  refresh_token_expires_at: Date | null
  scope: string | null
  password: string | null
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export interface TwoFactorsTable {
  id: string
  user_id: string
  secret: string
  backup_codes: string
  verified: Generated<boolean>
  failed_verification_count: Generated<number>
  locked_until: Date | null
}

export interface VerificationsTable {
  id: string
  identifier: string
  value: string
  expires_at: Date
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export interface InvitationsTable {
  id: string
  tenant_id: string
  email: string
  role: Role
  status: Generated<'pending' | 'accepted' | 'rejected' | 'canceled'>
  token_hash: Buffer
  inviter_id: string
  expires_at: Date
  created_at: Generated<Date>
}

export interface ApiKeysTable {
  id: string
  tenant_id: string
  hash: Buffer
  prefix: string
  name: string | null
  scopes: Scope[]
  account_ids: string[] | null
  created_by: string | null
  created_at: Generated<Date>
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
  replaced_by: string | null
}
