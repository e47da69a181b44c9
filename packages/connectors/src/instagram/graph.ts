import type { Account, Host } from '../connector.ts'

/** The Graph API's version. The addresses of sign-in on api.instagram.com and of token exchange on graph.instagram.com have none. */
export const VERSION = 'v25.0'

/** With Facebook Login the bytes are pushed; with Instagram Login Instagram fetches them. */
export const isPulled = (account: Account): boolean => account.auth === 'instagram'

/**
 * The login decides where Instagram is. `publish` is the Graph API once more, under a name of its own: what it refuses may have worked.
 * `exchange` is for requests that carry their token among the fields.
 */
export function hosts(account: Account): Readonly<Record<string, Host>> {
  const url = account.auth === 'facebook' ? 'https://graph.facebook.com' : 'https://graph.instagram.com'
  const graph = {
    api: { url, token: 'bearer' },
    publish: { url, token: 'bearer' },
    exchange: { url, token: 'none' }
  } as const
  return isPulled(account) ? graph : { ...graph, upload: { url: 'https://rupload.facebook.com', token: 'oauth' } }
}

/** A POST with JSON: texts and tokens stay out of addresses. */
export const post = (body: string) =>
  ({ method: 'POST', headers: { 'content-type': 'application/json' }, body }) as const

/** `/v25.0/<path>?<query>` */
export const at = (path: string, query: Readonly<Record<string, string>> = {}): string => {
  const text = new URLSearchParams(query).toString()
  return `/${VERSION}/${path}${text === '' ? '' : `?${text}`}`
}
