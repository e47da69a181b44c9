import type { Tokens } from '@upload24/connectors'
import { z } from 'zod'
import type { Seal } from '../lib/seal.ts'

const time = z.coerce.date().optional()
/** Tokens as JSON gives them back. */
export const TokensFromJson = z.object({
  access: z.string(),
  refresh: z.string().optional(),
  expiresAt: time,
  refreshExpiresAt: time,
  scopes: z.array(z.string())
})
const Stored = TokensFromJson.extend({ issuedAt: z.coerce.date() })

const context = (accountId: string) => `account:${accountId}`

export interface StoredTokens extends Tokens {
  /** When the access token was new, by the database's clock. */
  readonly issuedAt: Date
}

/** A grant as it is stored: it opens for its own account alone. */
export const sealTokens = (seal: Seal, accountId: string, tokens: StoredTokens): Buffer =>
  seal.seal(JSON.stringify(tokens), context(accountId))

export function openTokens(seal: Seal, accountId: string, sealed: Buffer): StoredTokens {
  const { issuedAt, access, refresh, expiresAt, refreshExpiresAt, scopes } = Stored.parse(
    JSON.parse(seal.open(sealed, context(accountId)))
  )
  return {
    issuedAt,
    access,
    scopes,
    ...(refresh === undefined ? {} : { refresh }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(refreshExpiresAt === undefined ? {} : { refreshExpiresAt })
  }
}

/**
 * The end of what renews a grant: of the refresh token, or of the access token where there is none. Undefined: it has no
 * end that we were told.
 */
export const endOf = ({ refresh, expiresAt, refreshExpiresAt }: Tokens): Date | undefined =>
  refresh === undefined ? expiresAt : refreshExpiresAt

/** When a grant is renewed though nobody uses it: at half its life. Null: it has no end that we were told. */
export function renewalDue(tokens: StoredTokens): Date | null {
  const end = endOf(tokens)
  return end ? new Date((tokens.issuedAt.getTime() + end.getTime()) / 2) : null
}

/** Nothing came that was not there before. */
export const isSameGrant = (a: Tokens, b: Tokens): boolean =>
  a.access === b.access &&
  a.refresh === b.refresh &&
  a.expiresAt?.getTime() === b.expiresAt?.getTime() &&
  a.refreshExpiresAt?.getTime() === b.refreshExpiresAt?.getTime()

/** A new grant that came without a refresh token keeps the old one: Google gives it at the first consent only. */
export function keepRefresh(fresh: StoredTokens, old: Tokens | null): StoredTokens {
  if (fresh.refresh !== undefined || old?.refresh === undefined) return fresh
  const { refresh, refreshExpiresAt } = old
  return { ...fresh, refresh, ...(refreshExpiresAt === undefined ? {} : { refreshExpiresAt }) }
}
