import type { Generated } from 'kysely'

/** Tables of 0004_linking.sql. */
export interface LinkingTables {
  links: LinksTable
}

export interface LinksTable {
  id: string
  tenant_id: string
  user_id: string
  platform: string
  sandbox: boolean
  auth: string
  token_hash: Buffer
  state_hash: Buffer
  cookie_hash: Buffer | null
  secrets: Buffer
  return_to: string | null
  created_at: Generated<Date>
  expires_at: Date
  used_at: Date | null
  choose: Generated<boolean>
  offer: Buffer | null
  offer_until: Date | null
}
