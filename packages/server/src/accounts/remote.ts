import type { Account } from '@upload24/connectors'
import type { AccountRow } from './queries.ts'

/** An account as its connector knows it. */
export const remoteOf = (row: Pick<AccountRow, 'remote_id' | 'handle' | 'auth' | 'scopes' | 'facts'>): Account => ({
  remoteId: row.remote_id,
  handle: row.handle,
  auth: row.auth,
  scopes: row.scopes,
  facts: row.facts
})
