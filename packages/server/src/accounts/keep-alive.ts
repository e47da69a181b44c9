import { Refused } from '@upload24/connectors'
import type { App } from '../app.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { openTokens } from './grant.ts'
import type { AccountRow } from './queries.ts'
import * as queries from './queries.ts'
import { openSignIn } from './sign-in.ts'
import { accessToken, renew, renewAhead } from './tokens.ts'

/** Accounts of a call, of either kind. */
const MOST = 50

type Parts = Pick<App, 'database' | 'seal' | 'log'>
type Care = (app: Parts, platforms: Platforms, account: AccountRow) => Promise<void>

/**
 * Renews the grants that would end because nobody uses them, and asks once a day for what the platforms tell of each
 * account: limits, names. Any number of processes may; each account is cared for by one. Ends early when `stop` fires.
 */
export async function keepAlive(app: Parts, platforms: Platforms, stop: AbortSignal): Promise<void> {
  await careFor(app, platforms, stop, queries.takeRenewal, renewAhead)
  await careFor(app, platforms, stop, queries.takeFacts, readFacts)
}

async function careFor(
  app: Parts,
  platforms: Platforms,
  stop: AbortSignal,
  take: typeof queries.takeFacts,
  care: Care
): Promise<void> {
  for (let n = 0; n < MOST && !stop.aborted; n++) {
    const account = await take(app.database.db)
    if (!account) return
    // One account's trouble is not the others'. A dead grant was marked; the rest is tried again in an hour.
    await care(app, platforms, account).catch(error => {
      const reason = error instanceof Refused ? error.failure.code : error instanceof Error ? error.name : 'unknown'
      app.log.warn({ tenantId: account.tenant_id, accountId: account.id, reason }, 'an account was not cared for')
    })
  }
}

/** What the platform tells of the account today. What it does not tell stays as it was. */
async function readFacts(app: Parts, platforms: Platforms, account: AccountRow): Promise<void> {
  const { db } = app.database
  const access = await accessToken(app, platforms, account)
  const row = await queries.readGrant(db, account)
  if (!row?.tokens) return
  const tokens = { ...openTokens(app.seal, row.id, row.tokens), access }
  try {
    const remotes = await openSignIn(app, platforms, row, row.now).identify(tokens)
    const own = remotes.find(({ remoteId }) => remoteId === row.remote_id)
    if (!own) return
    await queries.saveFacts(db, row, {
      display_name: own.name,
      handle: own.handle,
      avatar_url: own.avatar ?? null,
      facts: own.facts ?? {}
    })
  } catch (error) {
    // A grant that was withdrawn is found out today, and not by the next upload.
    if (error instanceof Refused && error.status === 401) await renew(app, platforms, account, access)
    throw error
  }
}
