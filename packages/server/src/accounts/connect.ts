import type { RemoteAccount, Tokens } from '@upload24/connectors'
import type { Account } from '@upload24/contract'
import { z } from 'zod'
import type { App } from '../app.ts'
import { problem } from '../http/problem.ts'
import { faultsOf } from '../http/validation.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { presentAccount } from './present.ts'
import { failureOf, failureProblem } from './problems.ts'
import * as queries from './queries.ts'
import { openForm } from './sign-in.ts'
import { type AccountHooks, storeAccounts } from './store.ts'
import { chooseWay, type Wanted } from './ways.ts'

/** Links what a form names: an app password, a bot token. */
export async function connectAccount(
  app: Pick<App, 'database' | 'seal' | 'log'>,
  platforms: Platforms,
  hooks: AccountHooks,
  tenantId: string,
  { fields, ...wanted }: Wanted & { readonly fields: Readonly<Record<string, unknown>> }
): Promise<Account[]> {
  const { way, connector, auth } = chooseWay(platforms, tenantId, wanted)
  if (auth.kind !== 'form') {
    const errors = [{ path: 'auth', code: 'invalid_value', message: 'is linked in a browser: POST /accounts/link' }]
    throw problem('validation_failed', `${connector.name} is not linked by a form.`, { errors })
  }
  const parsed = z.object({ fields: auth.fields }).safeParse({ fields })
  if (!parsed.success) {
    throw problem('validation_failed', 'Some fields break a rule.', { errors: faultsOf(parsed.error) })
  }
  const now = await queries.readClock(app.database.db)
  const signIn = openForm(app, platforms, way, connector, auth, now)
  let found: ReturnType<typeof withTokens>
  try {
    const tokens = await signIn.connect(parsed.data.fields)
    found = withTokens(await signIn.identify(tokens), tokens)
  } catch (error) {
    throw failureProblem(failureOf(app, error, connector.name), 'link_refused')
  }
  if (!found) throw problem('link_refused', `${connector.name} brought several accounts at once; allow one.`)
  const ids = await storeAccounts(app, hooks, way, found, now)
  return (await queries.listAccounts(app.database.db, tenantId, ids)).map(presentAccount)
}

/** Each account with its own tokens. Null: several would share one grant, and the refresh of one would break the others. */
export function withTokens(remotes: readonly RemoteAccount[], tokens: Tokens) {
  if (remotes.length > 1 && remotes.some(remote => !remote.tokens)) return null
  return remotes.map(remote => ({ remote, tokens: remote.tokens ?? tokens }))
}
