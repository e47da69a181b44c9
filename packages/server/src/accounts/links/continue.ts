import type { App } from '../../app.ts'
import { hashToken, newToken } from '../../lib/tokens.ts'
import type { Platforms } from '../../platforms/platforms.ts'
import { openOAuthFor } from '../sign-in.ts'
import { cookieName } from './cookies.ts'
import { claimLink, describeLink, findLink, type LinkRow } from './queries.ts'
import { openSecrets } from './secrets.ts'
import { Stopped } from './stopped.ts'

export interface Cookies {
  readonly [name: string]: string | undefined
}

/** What the page shows, and what the browser is to keep. */
export interface LinkView {
  readonly platform: string
  readonly isSandbox: boolean
  readonly workspace: string
  readonly person: string
  /** The platform's own page. */
  readonly continueUrl: string
  /** Set when the page is opened for the first time. */
  readonly cookie: { readonly name: string; readonly value: string } | null
}

/** The first browser that opens the page may reload it; any other is refused. Throws Stopped. */
export async function openLink(
  app: Pick<App, 'database' | 'seal' | 'log'>,
  platforms: Platforms,
  token: string,
  cookies: Cookies
): Promise<LinkView> {
  const value = newToken()
  const claimed = await claimLink(app.database.db, hashToken(token), hashToken(value))
  const link = claimed ?? (await findOwn(app, token, cookies))
  const { state, challenge } = openSecrets(app.seal, link.id, link.secrets)
  const platform = platforms.connectorOf(link.platform)?.name ?? link.platform
  return {
    platform,
    isSandbox: link.sandbox,
    ...(await describeLink(app.database.db, link)),
    continueUrl: openOAuthFor(app, platforms, link, link.created_at).authorizeUrl(state, challenge).href,
    cookie: claimed ? { name: cookieName(link.id), value } : null
  }
}

async function findOwn(app: Pick<App, 'database'>, token: string, cookies: Cookies): Promise<LinkRow> {
  const link = await findLink(app.database.db, { token_hash: hashToken(token) })
  if (!link) throw new Stopped('unknown')
  if (link.used_at) throw new Stopped('used')
  if (link.is_expired) throw new Stopped('expired')
  if (!isOwn(link, cookies)) throw new Stopped('other_browser')
  return link
}

/** Does this browser hold the cookie that the page has set? */
export function isOwn(link: LinkRow, cookies: Cookies): boolean {
  const value = cookies[cookieName(link.id)]
  return value !== undefined && link.cookie_hash !== null && hashToken(value).equals(link.cookie_hash)
}
