import type { KeySummary, Scope } from '@upload24/contract'
import { publicId } from '../lib/ids.ts'

export interface KeyRow {
  readonly id: string
  readonly name: string | null
  readonly prefix: string
  readonly scopes: readonly Scope[]
  readonly account_ids: readonly string[] | null
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly last_used_at: Date | null
  readonly revoked_at: Date | null
  readonly created_by: string | null
  readonly replaced_by: string | null
}

export const presentKey = (row: KeyRow): KeySummary => ({
  id: publicId('key', row.id),
  name: row.name,
  prefix: row.prefix,
  scopes: [...row.scopes],
  accounts: row.account_ids?.map(id => publicId('account', id)) ?? null,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
  createdBy: row.created_by && publicId('user', row.created_by),
  replacedBy: row.replaced_by && publicId('key', row.replaced_by)
})
