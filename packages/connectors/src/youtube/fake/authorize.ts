import type { Reply } from '../../sandbox-http.ts'
import { channelsOf, digest, later, newSecret, type World } from './model.ts'
import { consentPage, errorPage } from './page.ts'

const SCOPES = ['youtube.upload', 'youtube.readonly', 'youtube', 'youtube.force-ssl'].map(
  name => `https://www.googleapis.com/auth/${name}`
)
const SIGN_IN = ['openid', 'email', 'profile']

/** GET /o/oauth2/v2/auth: the page, and with `sandbox_choice` the way back from it. */
export async function authorize(query: URLSearchParams, world: World): Promise<Reply> {
  const get = (name: string): string => query.get(name) ?? ''
  const clientId = get('client_id')
  const client = await world.deps.project(clientId)
  if (!client) return errorPage('invalid_client', 'The OAuth client was not found.')
  const redirectUri = get('redirect_uri')
  if (!isRedirect(redirectUri, client.redirectUris))
    return errorPage('redirect_uri_mismatch', 'The redirect address is not one that the app has registered.')
  if (get('response_type') !== 'code') return errorPage('invalid_request', 'response_type must be "code".')
  const scopes = get('scope').split(' ').filter(Boolean)
  if (scopes.length === 0) return errorPage('invalid_request', 'Missing required parameter: scope.')
  const unknown = scopes.filter(scope => !SCOPES.includes(scope) && !SIGN_IN.includes(scope))
  if (unknown.length > 0) return errorPage('invalid_scope', `Some requested scopes were invalid: ${unknown.join(' ')}`)
  const challenge = query.get('code_challenge')
  if (challenge !== null && get('code_challenge_method') !== 'S256')
    return errorPage('invalid_request', 'code_challenge_method must be S256.')

  const choice = query.get('sandbox_choice')
  if (choice === null) {
    const href = (to: string): string => {
      const link = new URLSearchParams(query)
      link.set('sandbox_choice', to)
      return `?${link}`
    }
    const links = channelsOf(clientId).map(channel => ({ channel, href: href(channel.id) }))
    return consentPage(links, scopes, href('deny'))
  }
  const back = new URL(redirectUri)
  if (query.has('state')) back.searchParams.set('state', get('state'))
  const channel = channelsOf(clientId).find(c => c.id === choice)
  if (!channel) {
    back.searchParams.set('error', 'access_denied')
    return redirect(back)
  }
  const { grantScopes, lifetimes } = await world.faults.get(clientId)
  const granted = grantScopes ? scopes.filter(scope => grantScopes.includes(scope)) : scopes
  const code = newSecret('4/0sandbox-')
  const doc = {
    project: clientId,
    channel: channel.id,
    user: channel.user,
    redirectUri,
    challenge,
    scopes: granted,
    offline: get('access_type') === 'offline',
    consent: get('prompt').split(' ').includes('consent'),
    expiresAt: later(world.deps.now(), lifetimes?.codeSeconds ?? 600),
    used: false
  }
  await world.model.put('code', digest(code), doc, clientId)
  back.searchParams.set('code', code)
  back.searchParams.set('scope', granted.join(' '))
  return redirect(back)
}

/** "HTTPS except localhost; no fragment, wildcard or userinfo": developers.google.com/identity/protocols/oauth2/web-server#uri-validation */
function isRedirect(uri: string, registered: readonly string[] | undefined): boolean {
  if (!URL.canParse(uri)) return false
  if (registered) return registered.includes(uri)
  const url = new URL(uri)
  return ['https:', 'http:'].includes(url.protocol) && url.hash === '' && url.username === '' && url.password === ''
}

const redirect = (to: URL): Reply => ({
  status: 302,
  headers: { location: to.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
})
