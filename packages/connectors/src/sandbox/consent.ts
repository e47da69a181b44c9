import type { SignInFaults } from './faults.ts'
import { consentPage, errorPage, type TestAccount } from './page.ts'
import type { Reply } from './reply.ts'
import type { SandboxDeps } from './sandbox.ts'
import type { Request } from './serve.ts'
import type { SignIn } from './sign-in.ts'

/** How the platform's consent page is asked and how it answers. */
export interface ConsentRules {
  /** For the page: whom the owner would see, and what one account is called. */
  readonly platform: string
  readonly noun: string
  /** The parameter that names the app. Absent: `client_id`. */
  readonly clientId?: string
  /** Between scopes in `scope`. Absent: white space. */
  readonly separator?: RegExp
  /** The scopes that exist. */
  readonly scopes: readonly string[]
  readonly accounts: (project: string) => readonly TestAccount[]
  /** Remembered with the code: what the token endpoint has to know of the question. */
  readonly keep?: (query: URLSearchParams) => Readonly<Record<string, unknown>>
  /** Parameters of the way back; `state` comes by itself. Absent: `code` and `scope`. */
  readonly back?: (code: string, granted: readonly string[]) => Readonly<Record<string, string>>
  /** The same for "Deny". Absent: `error=access_denied`. */
  readonly denied?: Readonly<Record<string, string>>
  /** At the end of the way back. */
  readonly fragment?: string
  /** What else the platform would refuse. The word and the sentence are shown. */
  readonly check?: (query: URLSearchParams) => readonly [error: string, description: string] | null
}

interface Kit {
  readonly deps: SandboxDeps
  readonly signIn: SignIn
  readonly faults: { get(project: string): Promise<SignInFaults> }
}

/** The consent page, and with `sandbox_choice` the way back from it. What is wrong with the question is shown, never redirected. */
export async function authorize({ host, path, query }: Request, rules: ConsentRules, kit: Kit): Promise<Reply> {
  const { deps, signIn, faults } = kit
  const get = (name: string): string => query.get(name) ?? ''
  const project = get(rules.clientId ?? 'client_id')
  const scopes = get('scope')
    .split(rules.separator ?? /\s+/)
    .filter(Boolean)
  const wrong = (await findFault(query, project, scopes, rules, deps)) ?? rules.check?.(query)
  if (wrong) return errorPage(rules.platform, ...wrong)

  const choice = query.get('sandbox_choice')
  const accounts = rules.accounts(project)
  if (choice === null) {
    const href = (to: string): string => {
      const link = new URLSearchParams(query)
      link.set('sandbox_choice', to)
      return `${deps.base}/h/${host}${path}?${link}`
    }
    const links = accounts.map(account => ({ account, href: href(account.id) }))
    return consentPage({ ...rules, accounts: links, scopes, denyHref: href('deny') })
  }
  const redirectUri = get('redirect_uri')
  const back = (fields: Readonly<Record<string, string>>): Reply => {
    const to = new URL(redirectUri)
    const state = query.get('state')
    for (const [name, value] of Object.entries({ ...fields, ...(state === null ? {} : { state }) }))
      to.searchParams.set(name, value)
    to.hash = rules.fragment ?? ''
    const headers = { location: to.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
    return { status: 302, headers }
  }
  const account = accounts.find(a => a.id === choice)
  if (!account) return back(rules.denied ?? { error: 'access_denied' })
  const { grantScopes } = await faults.get(project)
  const granted = grantScopes ? scopes.filter(scope => grantScopes.includes(scope)) : scopes
  const code = await signIn.issueCode({
    project,
    account: account.id,
    user: account.user,
    redirectUri,
    challenge: query.get('code_challenge'),
    scopes: granted,
    kept: rules.keep?.(query) ?? {}
  })
  return back(rules.back?.(code, granted) ?? { code, scope: granted.join(' ') })
}

async function findFault(
  query: URLSearchParams,
  project: string,
  scopes: readonly string[],
  rules: ConsentRules,
  deps: SandboxDeps
): Promise<readonly [string, string] | null> {
  const client = await deps.project(project)
  if (!client) return ['invalid_client', 'The app was not found.']
  if (!isRedirect(query.get('redirect_uri') ?? '', client.redirectUris))
    return ['redirect_uri_mismatch', 'The redirect address is not one that the app has registered.']
  if (query.get('response_type') !== 'code') return ['invalid_request', 'response_type must be "code".']
  if (scopes.length === 0) return ['invalid_request', 'Missing required parameter: scope.']
  const unknown = scopes.filter(scope => !rules.scopes.includes(scope))
  if (unknown.length > 0) return ['invalid_scope', `Some requested scopes were invalid: ${unknown.join(' ')}`]
  if (query.has('code_challenge') && query.get('code_challenge_method') !== 'S256')
    return ['invalid_request', 'code_challenge_method must be S256.']
  return null
}

/** Byte for byte one of those that are registered. Where none are: any web address without fragment and user. */
function isRedirect(uri: string, registered: readonly string[] | undefined): boolean {
  if (!URL.canParse(uri)) return false
  if (registered) return registered.includes(uri)
  const url = new URL(uri)
  return ['https:', 'http:'].includes(url.protocol) && url.hash === '' && url.username === '' && url.password === ''
}
