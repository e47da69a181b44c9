import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type HostMap, mapUrl } from './addresses.ts'
import type {
  Account,
  Answer,
  Connector,
  Failure,
  Host,
  Http,
  OAuth,
  Refusal,
  RemoteAccount,
  Tokens
} from './connector.ts'
import type { Fence } from './exchange.ts'
import { Lost, Refused } from './failures.ts'
import { type Exchange, type HttpSetup, openHttp } from './http.ts'
import { readJson } from './json.ts'
import type { Network } from './network.ts'

export interface OAuthSetup {
  readonly network: Network
  readonly connector: Connector
  /** A key of the connector's `auths`. */
  readonly auth: string
  readonly app: { readonly clientId: string; readonly clientSecret?: string; readonly redirectUri: string }
  readonly map?: HostMap
  /** The database's clock: `expiresAt` is counted from it. */
  readonly now: Date
  readonly fence: Fence
  readonly onExchange?: (exchange: Exchange) => void
  readonly onAnswer?: (answer: Answer) => void
}

/** Each method makes at most one changing exchange and throws Refused or Lost. */
export interface OAuthClient {
  /** Where the owner's browser goes. */
  authorizeUrl(state: string, challenge?: string): URL
  /** `scopes` are those that were really granted. */
  exchange(code: string, verifier?: string): Promise<Tokens>
  /** A missing refresh token in the answer keeps the old one. */
  refresh(tokens: Tokens): Promise<Tokens>
  /** A grant that is dead already is fine. */
  revoke(tokens: Tokens): Promise<void>
  /** Refuses a grant without a scope that publishing needs. */
  identify(tokens: Tokens): Promise<readonly RemoteAccount[]>
}

const Granted = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.coerce.number().optional(),
  refresh_token_expires_in: z.coerce.number().optional(),
  scope: z.string().optional()
})

/** PKCE, RFC 7636: keep the verifier, send the challenge (S256). */
export function makePkce(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(48).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

export function openOAuth(setup: OAuthSetup): OAuthClient {
  const { app, connector, now } = setup
  const auth = connector.auths[setup.auth]
  if (auth?.kind !== 'oauth2') throw new Error(`${connector.id} has no OAuth sign-in "${setup.auth}"`)
  const separator = auth.names?.scopeSeparator ?? ' '
  const ask = openHttp({
    ...setup,
    connector: tokenRules(connector),
    hosts: oauthHosts(auth),
    call: 'link',
    commits: false
  })
  const token = (fields: Fields): Promise<Answer> => {
    const url = new URL(auth.token.url)
    const all = { ...credentials(auth, app), ...fields }
    if (auth.token.method !== 'GET') return ask('token', url, post(all, auth, app))
    for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value)
    return ask('token', url)
  }

  const read = (answer: Answer, asked: readonly string[]): Tokens =>
    auth.readTokens ? auth.readTokens(answer, now) : toTokens(answer, asked, separator, now)

  return {
    authorizeUrl(state, challenge) {
      const url = mapUrl(new URL(auth.authorize.url), setup.map ?? {})
      const { searchParams: query } = url
      query.set(auth.names?.clientId ?? 'client_id', app.clientId)
      query.set('redirect_uri', app.redirectUri)
      query.set('response_type', 'code')
      query.set('scope', auth.scopes.join(separator))
      query.set('state', state)
      for (const [name, value] of Object.entries(auth.authorize.params ?? {})) query.set(name, value)
      if (auth.pkce && challenge !== undefined) {
        query.set('code_challenge', challenge)
        query.set('code_challenge_method', 'S256')
      }
      return url
    },
    async exchange(code, verifier) {
      const fields = { grant_type: 'authorization_code', code, redirect_uri: app.redirectUri, code_verifier: verifier }
      const tokens = read(await token(fields), auth.scopes)
      return auth.prolong ? auth.prolong(tokens, ownHttp(setup, tokens), app, now) : tokens
    },
    async refresh(tokens) {
      if (auth.refresh) return auth.refresh(tokens, ownHttp(setup, tokens), app, now)
      if (tokens.refresh === undefined) throw new Refused(expired(connector.name))
      const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh }
      const fresh = read(await token(fields), tokens.scopes)
      const kept = {
        refresh: tokens.refresh,
        ...(tokens.refreshExpiresAt ? { refreshExpiresAt: tokens.refreshExpiresAt } : {})
      }
      return fresh.refresh === undefined ? { ...fresh, ...kept } : fresh
    },
    async revoke(tokens) {
      const how = auth.revoke
      if (!how) return
      const dying =
        typeof how === 'object' && how.token === 'access' ? tokens.access : (tokens.refresh ?? tokens.access)
      const fields = { ...credentials(auth, app), token: dying }
      const revoking: Promise<unknown> =
        typeof how === 'function'
          ? how(tokens, ownHttp(setup, tokens))
          : ask('revoke', new URL(how.url), { ...post(fields, auth, app), expect: [400] })
      await revoking.catch(error => {
        if (!(error instanceof Refused) || error.failure.kind !== 'relink') throw error
      })
    },
    async identify(tokens) {
      const optional = auth.optionalScopes ?? []
      const missing = auth.scopes.filter(scope => !tokens.scopes.includes(scope) && !optional.includes(scope))
      if (missing.length > 0) throw new Refused(scopeMissing(connector.name, missing))
      return auth.identify(tokens, ownHttp(setup, tokens))
    }
  }
}

/** An account before it is known: for the hosts that do not depend on one. */
export const nobody = (auth: string): Account => ({ remoteId: '', handle: '', auth, scopes: [], facts: {} })

/** The connector's own hosts, as they are before an account is known. */
function ownHttp(setup: OAuthSetup, tokens: Tokens): Http {
  const hosts = setup.connector.hosts(nobody(setup.auth))
  return openHttp({ ...setup, hosts, call: 'link', commits: false, token: async () => tokens.access })
}

function oauthHosts(auth: OAuth): Record<string, Host> {
  const host = (url: string): Host => ({ url: new URL(url).origin, token: 'none' })
  return { token: host(auth.token.url), ...(typeof auth.revoke === 'object' ? { revoke: host(auth.revoke.url) } : {}) }
}

type Fields = Readonly<Record<string, string | undefined>>

const credentials = (auth: OAuth, app: OAuthSetup['app']): Fields =>
  auth.token.auth === 'basic'
    ? {}
    : { [auth.names?.clientId ?? 'client_id']: app.clientId, client_secret: app.clientSecret }

function post(fields: Fields, auth: OAuth, app: OAuthSetup['app']) {
  const given = Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const encode = encodeURIComponent
  const basic = Buffer.from(`${encode(app.clientId)}:${encode(app.clientSecret ?? '')}`).toString('base64')
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...(auth.token.auth === 'basic' ? { authorization: `Basic ${basic}` } : {})
  }
  return { method: 'POST' as const, headers, body: new URLSearchParams(given).toString() }
}

function toTokens(answer: Answer, asked: readonly string[], separator: string, now: Date): Tokens {
  const parsed = Granted.safeParse(readJson(answer.text))
  if (!parsed.success) throw new Lost('the token answer could not be read')
  const { access_token, refresh_token, expires_in, refresh_token_expires_in, scope } = parsed.data
  const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)
  return {
    access: access_token,
    // RFC 6749, 5.1: scope is "OPTIONAL, if identical to the scope requested by the client".
    scopes: scope === undefined ? asked : scope.split(separator === ',' ? /[\s,]+/ : /\s+/).filter(Boolean),
    ...(refresh_token === undefined ? {} : { refresh: refresh_token }),
    ...(expires_in === undefined ? {} : { expiresAt: at(expires_in) }),
    ...(refresh_token_expires_in === undefined ? {} : { refreshExpiresAt: at(refresh_token_expires_in) })
  }
}

const OPERATOR = [
  'invalid_client',
  'deleted_client',
  'unauthorized_client',
  'redirect_uri_mismatch',
  'unsupported_grant_type',
  'invalid_request',
  'invalid_scope',
  'disabled_client'
]

/** The connector speaks first: a platform may mean something of its own by these words. */
const tokenRules = (connector: Connector): HttpSetup['connector'] => ({
  name: connector.name,
  ...(connector.refuses ? { refuses: answer => connector.refuses?.(answer) ?? false } : {}),
  classify(refusal: Refusal, now: Date): Failure | undefined {
    const error = z.object({ error: z.string() }).safeParse(readJson(refusal.text)).data?.error
    const found = connector.classify(refusal, now) ?? oauthFailure(connector.name, error)
    return found ?? (refusal.status === 401 ? setUp(connector.name, 'invalid_client') : undefined)
  }
})

/** What an `error` of RFC 6749 means. Undefined: it is none. */
export function oauthFailure(name: string, error: string | undefined): Failure | undefined {
  if (error === 'invalid_grant' || error === 'access_denied') return expired(name)
  return error !== undefined && OPERATOR.includes(error) ? setUp(name, error) : undefined
}

const expired = (name: string): Failure => ({
  kind: 'relink',
  scope: 'account',
  code: 'sign_in_expired',
  message: `${name} has ended this sign-in. Link the account again.`
})

const setUp = (name: string, error: string): Failure => ({
  kind: 'operator',
  scope: 'app',
  code: 'app_misconfigured',
  message: `${name} does not accept this installation's app (${error}). Its operator must correct the client id, secret or redirect address.`
})

const scopeMissing = (name: string, missing: readonly string[]): Failure => ({
  kind: 'relink',
  scope: 'account',
  code: 'scope_missing',
  message: `${name} was not allowed to: ${missing.join(', ')}. Link the account again and leave every box ticked.`
})
