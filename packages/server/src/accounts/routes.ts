import {
  accountChoices,
  accountHealth,
  accountOptions,
  adoptAccounts,
  connectAccount as connectEndpoint,
  linkAccount,
  listAccounts as listEndpoint,
  pendingLink,
  unlinkAccount as unlinkEndpoint
} from '@upload24/contract'
import type { App } from '../app.ts'
import { type Binding, bind } from '../http/bind.ts'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { readId } from '../lib/ids.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { readChoices } from './choices.ts'
import { connectAccount } from './connect.ts'
import { showHealth } from './health.ts'
import { beginLink } from './links/begin.ts'
import { adoptChosen, showOffer } from './links/offer.ts'
import { linkPages } from './links/routes.ts'
import { readOptions } from './options.ts'
import { presentAccount } from './present.ts'
import { listAccounts } from './queries.ts'
import type { AccountHooks } from './store.ts'
import { unlinkAccount } from './unlink.ts'

type Parts = Pick<App, 'config' | 'database' | 'seal' | 'log'>

export function accountRoutes(binding: Binding, app: Parts, platforms: Platforms, hooks: AccountHooks): void {
  bind(binding, linkAccount, ({ caller, body }) => beginLink(app, platforms, caller, body))
  bind(binding, connectEndpoint, async ({ caller, body }) => ({
    items: await connectAccount(app, platforms, hooks, caller.tenantId, body)
  }))
  bind(binding, listEndpoint, async ({ caller }) => {
    const rows = await listAccounts(app.database.db, caller.tenantId, allowed(caller))
    return { items: rows.map(presentAccount) }
  })
  bind(binding, pendingLink, ({ caller, params }) => showOffer(app, caller, params.linkId))
  bind(binding, adoptAccounts, async ({ caller, params, body }) => ({
    items: await adoptChosen(app, hooks, caller, params.linkId, body.choices)
  }))
  bind(binding, accountHealth, async ({ caller }) => ({ items: await showHealth(app, caller.tenantId) }))
  bind(binding, accountOptions, ({ caller, params }) => {
    const id = accountId(params.id)
    if (allowed(caller)?.includes(id) === false) throw notFound()
    return readOptions(app, platforms, { tenant_id: caller.tenantId, id })
  })
  bind(binding, unlinkEndpoint, async ({ caller, params }) => {
    await unlinkAccount(app, platforms, hooks, { tenant_id: caller.tenantId, id: accountId(params.id) })
    return undefined
  })
  bind(binding, accountChoices, async ({ caller, params, query }) => {
    const id = accountId(params.id)
    if (allowed(caller)?.includes(id) === false) throw notFound()
    const account = { tenant_id: caller.tenantId, id }
    return { items: [...(await readChoices(app, platforms, account, query.field))] }
  })
  linkPages(binding, app, platforms, hooks)
}

/** The accounts that a key is limited to. Null: all. */
const allowed = (caller: Caller) => (caller.kind === 'key' ? caller.accountIds : null)

function accountId(text: string): string {
  const id = readId('account', text)
  if (id === null) throw notFound()
  return id
}

const notFound = () => problem('not_found', 'There is no such account in this workspace.')
