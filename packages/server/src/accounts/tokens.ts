import { setTimeout as sleep } from 'node:timers/promises'
import { Refused, type Tokens } from '@upload24/connectors'
import type { App } from '../app.ts'
import { newId } from '../lib/ids.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { isSameGrant, openTokens, renewalDue, type StoredTokens, sealTokens } from './grant.ts'
import type { AccountRef, AccountRow } from './queries.ts'
import * as queries from './queries.ts'
import { type Hear, openSignIn, signInExpired } from './sign-in.ts'

/** Seconds. A token with less is renewed ahead. */
export const LEAST = 300
/** Seconds. For the token of a transfer, which may take a while. */
export const LEAST_FOR_TRANSFER = 900

/** Seconds. Nobody else refreshes meanwhile; our own exchange is cut after half of it. */
const LEASE = 60
/** Seconds. A token that lives so long still serves while it cannot be renewed. */
const ALIVE = 15
/** Seconds that a step waits for somebody else's refresh. */
const WAIT = 20

interface Grant {
  readonly row: AccountRow
  readonly tokens: StoredTokens
  /** Seconds until the access token dies. */
  readonly left: number
  readonly now: Date
  readonly isRefreshing: boolean
}

type Parts = Pick<App, 'database' | 'seal' | 'log'>

/** The account's access token, renewed first when it has less than `leastSeconds`. Throws Refused: `relink` when the grant is dead. */
export function accessToken(
  app: Parts,
  platforms: Platforms,
  account: AccountRef,
  { leastSeconds = LEAST, hear }: { readonly leastSeconds?: number; readonly hear?: Hear } = {}
): Promise<string> {
  const serves = ({ left }: Grant) => left > ALIVE
  // Tokens that never live so long are renewed at half their life, not at every step.
  const isGood = ({ left, tokens }: Grant) => left >= Math.min(leastSeconds, life(tokens) / 2)
  return currentToken(app, platforms, account, { isGood, serves, hear })
}

/** Another token than `usedToken`, which the platform refused with 401. Throws Refused: `relink` when there is none. */
export function renew(
  app: Parts,
  platforms: Platforms,
  account: AccountRef,
  usedToken: string,
  hear?: Hear
): Promise<string> {
  const isOther = ({ tokens }: Grant) => tokens.access !== usedToken
  return currentToken(app, platforms, account, { isGood: isOther, serves: isOther, hear })
}

/** Renews the grant of that version, though its access token is good. Somebody else may have done it meanwhile. Throws as `accessToken` does. */
export async function renewAhead(app: Parts, platforms: Platforms, account: AccountRow): Promise<void> {
  const isNewer = ({ row }: Grant) => row.token_version !== account.token_version
  await currentToken(app, platforms, account, { isGood: isNewer, serves: ({ left }) => left > ALIVE })
}

/** The platform ended the grant that it was shown. False: the account has another one by now, so the verdict is old. */
export async function markNeedsRelink(
  app: Parts,
  account: AccountRef,
  usedToken: string,
  reason: queries.Reason
): Promise<boolean> {
  const row = await queries.readGrant(app.database.db, account)
  if (row?.status !== 'active' || !row.tokens) return true
  if (openTokens(app.seal, row.id, row.tokens).access !== usedToken) return false
  return queries.markDead(app.database.db, account, row.token_version, reason)
}

interface Wanted {
  isGood(grant: Grant): boolean
  /** Good enough where it cannot be renewed now. */
  serves(grant: Grant): boolean
  readonly hear?: Hear | undefined
}

async function currentToken(
  app: Parts,
  platforms: Platforms,
  account: AccountRef,
  { isGood, serves, hear }: Wanted
): Promise<string> {
  const giveUpAt = performance.now() + WAIT * 1000
  for (;;) {
    const grant = await readGrant(app, platforms, account)
    if (isGood(grant)) return grant.tokens.access
    if (!grant.isRefreshing) {
      const token = await refresh(app, platforms, grant, serves(grant), hear)
      if (token !== null) return token
    } else if (serves(grant)) return grant.tokens.access
    if (performance.now() > giveUpAt) throw new Refused(unanswered(platforms, grant))
    await sleep(200)
  }
}

async function readGrant(app: Parts, platforms: Platforms, account: AccountRef): Promise<Grant> {
  const row = await queries.readGrant(app.database.db, account)
  if (row?.status !== 'active' || !row.tokens) throw new Refused(signInExpired(nameOf(platforms, row?.platform)))
  const tokens = openTokens(app.seal, row.id, row.tokens)
  const left = life({ ...tokens, issuedAt: row.now })
  return { row, tokens, left, now: row.now, isRefreshing: row.is_refreshing }
}

/** Seconds from `issuedAt` to the end of the access token. */
const life = ({ issuedAt, expiresAt }: StoredTokens) =>
  expiresAt ? (expiresAt.getTime() - issuedAt.getTime()) / 1000 : Number.POSITIVE_INFINITY

/** One exchange by one process: the new token; the old one where it `serves` and there is no new one; null: read the store again. */
async function refresh(
  app: Parts,
  platforms: Platforms,
  grant: Grant,
  serves: boolean,
  hear?: Hear
): Promise<string | null> {
  const { row, tokens } = grant
  const { db } = app.database
  // A lease that ran out tells of a refresh whose answer nobody saw.
  const wasLost = row.refresh_lease !== null
  if (wasLost && replayKills(platforms, row)) {
    return serves ? tokens.access : end(app, platforms, grant, signInExpired(nameOf(platforms, row.platform)))
  }

  const lease = newId()
  const signIn = openSignIn(app, platforms, row, grant.now, hear)
  if (!(await queries.takeRefresh(db, row, { version: row.token_version, lease, seconds: LEASE }))) return null
  let fresh: Tokens
  try {
    fresh = await signIn.refresh(tokens)
  } catch (error) {
    app.log.warn({ tenantId: row.tenant_id, accountId: row.id, code: codeOf(error) }, 'a token was not renewed')
    const isPlain = error instanceof Refused
    // Where nothing was asked, the access token serves as long as it lives.
    const wasAsked = tokens.refresh !== undefined || authOf(platforms, row)?.refresh !== undefined
    const isDead = isPlain && error.failure.kind === 'relink' && (wasAsked || !serves)
    if (isDead) return end(app, platforms, grant, error.failure)
    // Unanswered, it may still take effect: the lease stays until then, and tells the next one of it.
    if (isPlain) await queries.giveRefreshBack(db, row, lease)
    if (serves) return tokens.access
    throw isPlain ? error : new Refused(unanswered(platforms, grant))
  }
  if (isSameGrant(fresh, tokens)) {
    await queries.postponeRenewal(db, row, lease)
    return tokens.access
  }
  const stored = { ...fresh, issuedAt: grant.now }
  const sealed = {
    lease,
    tokens: sealTokens(app.seal, row.id, stored),
    scopes: fresh.scopes,
    refreshAt: renewalDue(stored)
  }
  return (await insist(() => queries.saveRefreshed(db, row, sealed))) ? fresh.access : null
}

/** The grant is dead, unless the store moved on meanwhile. */
async function end(app: Parts, platforms: Platforms, { row }: Grant, reason: queries.Reason): Promise<null> {
  if (!(await queries.markDead(app.database.db, row, row.token_version, reason))) return null
  app.log.warn({ tenantId: row.tenant_id, accountId: row.id }, 'an account must be linked again')
  throw new Refused(signInExpired(nameOf(platforms, row.platform)))
}

/** Where refresh tokens rotate, the pair in our hand is the only one that still works: one failed statement must not lose it. */
async function insist<T>(save: () => Promise<T>): Promise<T> {
  for (let wait = 100; wait < 3_000; wait *= 3) {
    try {
      return await save()
    } catch {
      await sleep(wait)
    }
  }
  return save()
}

const authOf = (platforms: Platforms, { platform, auth }: AccountRow) => platforms.connectorOf(platform)?.auths[auth]

const replayKills = (platforms: Platforms, row: AccountRow) => authOf(platforms, row)?.replay === 'kills'

const nameOf = (platforms: Platforms, platform = '') => platforms.connectorOf(platform)?.name ?? 'The platform'

const codeOf = (error: unknown) =>
  error instanceof Refused ? error.failure.code : error instanceof Error ? error.name : 'unknown'

const unanswered = (platforms: Platforms, { row }: Grant) =>
  ({
    kind: 'retry',
    scope: 'account',
    code: 'sign_in_unanswered',
    message: `${nameOf(platforms, row.platform)} did not renew the sign-in in time.`,
    after: LEASE
  }) as const
