import type { Account } from '@upload24/contract'
import { publicId } from '../lib/ids.ts'
import type { AccountRow } from './queries.ts'

export const presentAccount = (row: AccountRow): Account => ({
  accountId: publicId('account', row.id),
  platform: row.platform,
  sandbox: row.sandbox,
  displayName: row.display_name,
  handle: row.handle,
  avatarUrl: row.avatar_url,
  status: row.status,
  linkedAt: row.linked_at.toISOString(),
  scopes: row.scopes
})
