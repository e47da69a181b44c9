import type { App } from '../app.ts'
import { problem } from '../http/problem.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { openTokens } from './grant.ts'
import type { AccountRow } from './queries.ts'
import * as queries from './queries.ts'
import { openSignIn } from './sign-in.ts'
import type { AccountHooks } from './store.ts'

/** Forgets the grant here, whatever the platform says; then revokes it there. Again: nothing more happens. */
export async function unlinkAccount(
  app: Pick<App, 'database' | 'seal' | 'log'>,
  platforms: Platforms,
  hooks: AccountHooks,
  account: queries.AccountRef
): Promise<void> {
  const { db } = app.database
  if (!(await queries.findAccount(db, account.tenant_id, account.id))) {
    throw problem('not_found', 'There is no such account in this workspace.')
  }
  const forgotten = await db.transaction().execute(async trx => {
    const row = await queries.forgetAccount(trx, account)
    if (row) await hooks.onUnlinked(trx, account.tenant_id, account.id)
    return row
  })
  if (forgotten) await revoke(app, platforms, forgotten)
}

/** It is forgotten already: a platform that does not answer changes nothing for the owner, who can remove our app there. */
async function revoke(app: Pick<App, 'database' | 'seal' | 'log'>, platforms: Platforms, account: AccountRow) {
  const about = { tenantId: account.tenant_id, accountId: account.id }
  try {
    if (!account.tokens || (await queries.hasSiblings(app.database.db, account))) return
    const tokens = openTokens(app.seal, account.id, account.tokens)
    await openSignIn(app, platforms, account, new Date()).revoke(tokens)
    app.log.info(about, 'a grant was revoked at the platform')
  } catch (error) {
    app.log.warn({ ...about, reason: error instanceof Error ? error.message : 'unknown' }, 'a grant was not revoked')
  }
}
