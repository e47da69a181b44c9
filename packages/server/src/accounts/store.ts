import type { RemoteAccount, Tokens } from '@upload24/connectors'
import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import { newId } from '../lib/ids.ts'
import { appKey, type Way } from '../platforms/apps.ts'
import { keepRefresh, openTokens, renewalDue, type StoredTokens, sealTokens } from './grant.ts'
import * as queries from './queries.ts'

/** What the deliveries do when an account comes or goes, in the same transaction. */
export interface AccountHooks {
  /** The account has a new grant: what failed for want of one in the last 72 hours goes on. */
  onRelinked(trx: Db, tenantId: string, accountId: string): Promise<void>
  /** The account is gone: its open deliveries get `stop = 'unlink'`. */
  onUnlinked(trx: Db, tenantId: string, accountId: string): Promise<void>
}

/** Stores all accounts of a grant, or none; answers their ids. One that is known keeps its id and gets the new grant. `now`: the database's clock before the tokens came. */
export function storeAccounts(
  app: Pick<App, 'database' | 'seal'>,
  hooks: AccountHooks,
  way: Way,
  accounts: readonly { readonly remote: RemoteAccount; readonly tokens: Tokens }[],
  now: Date
): Promise<string[]> {
  return app.database.db.transaction().execute(trx => storeAll(app, hooks, trx, way, accounts, now))
}

/** As `storeAccounts`, in the caller's transaction. */
export async function storeAll(
  app: Pick<App, 'seal'>,
  hooks: AccountHooks,
  trx: Db,
  way: Way,
  accounts: readonly { readonly remote: RemoteAccount; readonly tokens: Tokens }[],
  now: Date
): Promise<string[]> {
  await queries.insertApp(trx, appKey(way))
  const ids: string[] = []
  for (const { remote, tokens } of accounts) {
    ids.push(await storeAccount(app, hooks, trx, way, remote, { ...tokens, issuedAt: now }))
  }
  return ids
}

const sealed = (app: Pick<App, 'seal'>, id: string, tokens: StoredTokens) => ({
  tokens: sealTokens(app.seal, id, tokens),
  refresh_at: renewalDue(tokens)
})

async function storeAccount(
  app: Pick<App, 'seal'>,
  hooks: AccountHooks,
  trx: Db,
  { tenant_id, platform, sandbox, auth }: Way,
  remote: RemoteAccount,
  tokens: StoredTokens
): Promise<string> {
  const identity = { tenant_id, platform, sandbox, remote_id: remote.remoteId }
  const shown = {
    ...identity,
    auth,
    display_name: remote.name,
    handle: remote.handle,
    avatar_url: remote.avatar ?? null,
    facts: remote.facts ?? {},
    scopes: tokens.scopes
  }
  const id = newId()
  const isNew = await queries.insertAccount(trx, { ...shown, id, ...sealed(app, id, tokens) })
  if (isNew) return id
  const known = await queries.lockAccount(trx, identity)
  if (!known) throw new Error('an account that blocks its own insert is not there')
  const whole = keepRefresh(tokens, known.tokens && openTokens(app.seal, known.id, known.tokens))
  await queries.relinkAccount(trx, { ...shown, id: known.id, ...sealed(app, known.id, whole) })
  await hooks.onRelinked(trx, tenant_id, known.id)
  return known.id
}
