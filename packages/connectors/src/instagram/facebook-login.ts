import type { Answer, AppCredentials, Http, OAuth, RemoteAccount, Tokens } from '../connector.ts'
import { Lost, Refused } from '../failures.ts'
import { readJson } from '../json.ts'
import { at, VERSION } from './graph.ts'
import { Long, Pages, Permissions, read } from './shapes.ts'

const NEEDED = ['instagram_basic', 'instagram_content_publish', 'pages_show_list', 'pages_read_engagement']
/** Comments; Pages that are held by a business. */
const OPTIONAL = ['instagram_manage_comments', 'business_management']
const LONG_SECONDS = 60 * 86_400
/** Of a hundred Pages each. */
const MAX_PAGES = 20
const FIELDS = 'id,name,access_token,tasks,instagram_business_account{id,username,name,profile_picture_url}'

/**
 * developers.facebook.com/docs/facebook-login: the account is linked to a Page, whose token publishes. Revoking ends the person's grant,
 * with every Page of it.
 */
export const facebookLogin: OAuth = {
  kind: 'oauth2',
  authorize: { url: `https://www.facebook.com/${VERSION}/dialog/oauth`, params: { auth_type: 'rerequest' } },
  token: { url: `https://graph.facebook.com/${VERSION}/oauth/access_token`, auth: 'body', method: 'GET' },
  scopes: [...NEEDED, ...OPTIONAL],
  optionalScopes: OPTIONAL,
  pkce: false,
  names: { scopeSeparator: ',' },
  replay: 'works',
  readTokens,
  async revoke({ access, refresh }, http) {
    await http('exchange', at('me/permissions', { access_token: refresh ?? access }), { method: 'DELETE' })
  },
  prolong,
  refresh,
  identify
}

function readTokens(answer: Answer, now: Date): Tokens {
  const parsed = Long.safeParse(readJson(answer.text))
  if (!parsed.success) throw new Lost('the token answer could not be read')
  return toTokens(parsed.data, [...NEEDED, ...OPTIONAL], now)
}

/** `expires_in` can be missing. */
const toTokens = (
  { access_token, expires_in = LONG_SECONDS }: { access_token: string; expires_in?: number | undefined },
  scopes: readonly string[],
  now: Date
): Tokens => ({ access: access_token, expiresAt: new Date(now.getTime() + expires_in * 1000), scopes })

/** First the long-lived token: the Pages' tokens that are read with it do not expire. Then what was really granted. */
async function prolong({ access, scopes }: Tokens, http: Http, app: AppCredentials, now: Date): Promise<Tokens> {
  const long = toTokens(await exchange(access, http, app), scopes, now)
  return { ...long, scopes: await readScopes(long, http) }
}

/** Where the permissions cannot be read, what was asked for: the first call that lacks one will say so. */
async function readScopes({ access, scopes }: Tokens, http: Http): Promise<readonly string[]> {
  try {
    const headers = { authorization: `Bearer ${access}` }
    const { data } = read(Permissions, await http('exchange', at('me/permissions'), { headers }))
    return data.filter(p => p.status === 'granted').map(p => p.permission)
  } catch (error) {
    if (error instanceof Refused && error.failure.kind !== 'relink') return scopes
    throw error
  }
}

/** The Page's token has no end. The user's, beside it, is made new; what ends it alone does not stop the Page's. */
async function refresh(tokens: Tokens, http: Http, app: AppCredentials, now: Date): Promise<Tokens> {
  if (tokens.refresh === undefined) return tokens
  try {
    const user = toTokens(await exchange(tokens.refresh, http, app), tokens.scopes, now)
    return { ...tokens, refresh: user.access, ...(user.expiresAt ? { refreshExpiresAt: user.expiresAt } : {}) }
  } catch (error) {
    if (error instanceof Refused && error.failure.kind === 'relink') return tokens
    throw error
  }
}

async function exchange(token: string, http: Http, app: AppCredentials) {
  const query = {
    grant_type: 'fb_exchange_token',
    client_id: app.clientId,
    client_secret: app.clientSecret ?? '',
    fb_exchange_token: token
  }
  return read(Long, await http('exchange', at('oauth/access_token', query)))
}

/** Each Page's Instagram account, with the Page's own token. Where the person may not create content on the Page, there is nothing to link. */
async function identify(tokens: Tokens, http: Http): Promise<readonly RemoteAccount[]> {
  const found: RemoteAccount[] = []
  let after: string | undefined = ''
  for (let i = 0; i < MAX_PAGES && after !== undefined; i++) {
    const query: Record<string, string> = { fields: FIELDS, limit: '100', ...(after === '' ? {} : { after }) }
    const page = read(Pages, await http('api', at('me/accounts', query)))
    for (const { id: pageId, name, access_token, tasks, instagram_business_account: account } of page.data) {
      const mayCreate = tasks === undefined || tasks.includes('CREATE_CONTENT') || tasks.includes('MANAGE')
      if (!account || access_token === undefined || !mayCreate) continue
      found.push({
        remoteId: account.id,
        handle: account.username === undefined ? account.id : `@${account.username}`,
        name: account.name || account.username || name,
        ...(account.profile_picture_url === undefined ? {} : { avatar: account.profile_picture_url }),
        facts: { pageId, pageName: name },
        tokens: {
          access: access_token,
          refresh: tokens.access,
          scopes: tokens.scopes,
          ...(tokens.expiresAt ? { refreshExpiresAt: tokens.expiresAt } : {})
        }
      })
    }
    after = page.paging?.next === undefined ? undefined : page.paging.cursors?.after
  }
  if (found.length === 0) throw new Refused(NO_ACCOUNT)
  return found
}

const NO_ACCOUNT = {
  kind: 'relink',
  scope: 'account',
  code: 'instagram_no_account',
  message:
    'None of the chosen Facebook Pages has an Instagram business or creator account that you may publish to. Connect one to a Page, tick that Page, and link again.'
} as const
