import type { App } from '../../app.ts'
import { readId } from '../../lib/ids.ts'
import type { Platforms } from '../../platforms/platforms.ts'
import { type AccountRow, listAccounts } from '../queries.ts'
import type { AccountHooks } from '../store.ts'
import { beginLink } from './begin.ts'
import { openLink } from './continue.ts'
import { finishLink } from './finish.ts'
import { findOwner } from './queries.ts'

/**
 * Links the first `count` channels of a sandbox platform, as a browser would: our page, the sandbox's consent page over HTTP, the way back.
 * The server must be listening. Linking them again keeps the accounts.
 */
export async function linkSandboxAccounts(
  app: Pick<App, 'config' | 'database' | 'seal' | 'log'>,
  platforms: Platforms,
  hooks: AccountHooks,
  tenantId: string,
  platform: string,
  count: number
): Promise<AccountRow[]> {
  const userId = await findOwner(app.database.db, tenantId)
  if (userId === undefined) throw new Error('the workspace has no owner to link accounts')
  const rows: AccountRow[] = []
  for (let n = 0; n < count; n++) {
    const begun = await beginLink(app, platforms, { tenantId, userId }, { platform, sandbox: true })
    if (!('authorizeUrl' in begun)) throw new Error(`${platform} is not linked in a browser`)
    const { cookie, continueUrl } = await openLink(app, platforms, begun.authorizeUrl.split('/').at(-1) ?? '', {})
    const back = await consent(new URL(continueUrl), n)
    const callback = Object.fromEntries(['state', 'code', 'error'].map(name => [name, back.get(name) ?? undefined]))
    const cookies = cookie ? { [cookie.name]: cookie.value } : {}
    const { address, failure } = await finishLink(app, platforms, hooks, platform, callback, cookies)
    const linked = new URL(address ?? 'none:').searchParams.getAll('linked').map(each => readId('account', each) ?? '')
    if (linked.length === 0) throw new Error(`the sandbox account was not linked: ${failure?.code}`)
    // One grant may bring several.
    rows.push(...(await listAccounts(app.database.db, tenantId, linked)))
  }
  return rows
}

/** Chooses the n-th channel on the consent page; answers what the browser is sent back with. */
async function consent(page: URL, n: number): Promise<URLSearchParams> {
  const shown = await fetch(page, { signal: AbortSignal.timeout(10_000) })
  const hrefs = [...(await shown.text()).matchAll(/<a data-channel="[^"]*" href="([^"]*)"/g)]
  const href = hrefs[n]?.[1]?.replace(/&#38;|&amp;/g, '&')
  if (href === undefined) throw new Error(`the sandbox shows no channel ${n + 1}`)
  const chosen = await fetch(new URL(href, page), { redirect: 'manual', signal: AbortSignal.timeout(10_000) })
  return new URL(chosen.headers.get('location') ?? 'none:').searchParams
}
