import { type Failure, Lost, type Tokens } from '@upload24/connectors'
import type { App } from '../../app.ts'
import { publicId } from '../../lib/ids.ts'
import { hashToken } from '../../lib/tokens.ts'
import type { Platforms } from '../../platforms/platforms.ts'
import { withTokens } from '../connect.ts'
import { failureOf } from '../problems.ts'
import { openOAuthFor } from '../sign-in.ts'
import { type AccountHooks, storeAccounts } from '../store.ts'
import { type Cookies, isOwn } from './continue.ts'
import { cookieName } from './cookies.ts'
import { type Found, offerChoice } from './offer.ts'
import { findLink, type SeenLink, spendLink } from './queries.ts'
import { addressWith } from './return-to.ts'
import { openSecrets } from './secrets.ts'
import { Stopped } from './stopped.ts'

/** What the platform's page sent the browser back with. */
export interface Callback {
  readonly state?: string | undefined
  readonly code?: string | undefined
  readonly error?: string | undefined
}

export type LinkFailure = Pick<Failure, 'code' | 'message' | 'kind'>

/** How it ended: an address that tells the news, or a failure that nobody else shows. `cookie` has done its work. */
export type Finished = { readonly cookie: string } & (
  | { readonly address: string; readonly failure: LinkFailure | null }
  | { readonly address: null; readonly failure: LinkFailure }
)

/** The browser is back. Throws Stopped when it is not the one that left, is late, or comes again: then nothing is asked of the platform. */
export async function finishLink(
  app: Pick<App, 'config' | 'database' | 'seal' | 'log'>,
  platforms: Platforms,
  hooks: AccountHooks,
  platform: string,
  callback: Callback,
  cookies: Cookies
): Promise<Finished> {
  const link = await takeLink(app, platform, callback, cookies)
  const cookie = cookieName(link.id)
  const ended = await exchange(app, platforms, hooks, link, callback)
  const base = link.return_to ?? `${app.config.http.publicUrl}/accounts`
  if ('choose' in ended) {
    return { cookie, address: addressWith(base, 'choose', [publicId('link', link.id)]), failure: null }
  }
  if (Array.isArray(ended)) {
    const accounts = ended.map(id => publicId('account', id))
    app.log.info({ tenantId: link.tenant_id, platform, accounts }, 'an account was linked')
    return { cookie, address: addressWith(base, 'linked', accounts), failure: null }
  }
  app.log.info({ tenantId: link.tenant_id, platform, code: ended.code }, 'an account was not linked')
  if (link.return_to === null) return { cookie, address: null, failure: ended }
  return { cookie, address: addressWith(link.return_to, 'linkError', [ended.code]), failure: ended }
}

async function takeLink(
  app: Pick<App, 'database'>,
  platform: string,
  { state, code, error }: Callback,
  cookies: Cookies
): Promise<SeenLink> {
  if (!state || (!code && !error)) throw new Stopped('malformed')
  const link = await findLink(app.database.db, { state_hash: hashToken(state) })
  if (!link || link.platform !== platform) throw new Stopped('unknown')
  // Before all else: whoever lacks the cookie learns nothing, and cannot use the link up.
  if (!isOwn(link, cookies) || !link.cookie_hash) throw new Stopped('other_browser')
  if (await spendLink(app.database.db, link.id, link.cookie_hash)) return link
  const now = await findLink(app.database.db, { state_hash: hashToken(state) })
  throw new Stopped(now?.used_at ? 'used' : now?.is_expired ? 'expired' : 'not_allowed')
}

async function exchange(
  app: Pick<App, 'database' | 'seal' | 'log'>,
  platforms: Platforms,
  hooks: AccountHooks,
  link: SeenLink,
  { code, error }: Callback
): Promise<string[] | { readonly choose: true } | LinkFailure> {
  const name = platforms.connectorOf(link.platform)?.name ?? link.platform
  const refused = (code: string, message: string) => ({ kind: 'permanent', code, message }) as const
  if (error === 'access_denied') return refused('access_denied', `You did not let this app use ${name}.`)
  if (error || !code) return refused('platform_refused', `${name} did not let the account be linked.`)
  let found: Found[] | null
  try {
    const client = openOAuthFor(app, platforms, link, link.now)
    const tokens = await client.exchange(code, openSecrets(app.seal, link.id, link.secrets).verifier)
    found = withTokens(await identify(client, tokens), tokens)
  } catch (thrown) {
    return failureOf(app, thrown, name)
  }
  if (found && found.length > 1 && link.choose) return offerChoice(app, link, found)
  if (found) return storeAccounts(app, hooks, link, found, link.now)
  return refused('several_accounts', `${name} brought several accounts at once. Allow one at a time.`)
}

/** A read whose line broke is made once more: the code was spent, and without it the person would have to begin anew. */
async function identify(client: ReturnType<typeof openOAuthFor>, tokens: Tokens) {
  try {
    return await client.identify(tokens)
  } catch (error) {
    if (!(error instanceof Lost)) throw error
    return client.identify(tokens)
  }
}
