import type { Answer, AppCredentials, Http, OAuth, RemoteAccount, Tokens } from '../connector.ts'
import { Lost, Refused } from '../failures.ts'
import { readJson } from '../json.ts'
import { at } from './graph.ts'
import { Long, MeAnswer, read, ShortAnswer } from './shapes.ts'

const SCOPES = ['instagram_business_basic', 'instagram_business_content_publish', 'instagram_business_manage_comments']
const DAY = 86_400_000
/** What the documents say where an answer does not. */
const SHORT_SECONDS = 3600
const LONG_DAYS = 60

/** developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login: no Page is needed. */
export const instagramLogin: OAuth = {
  kind: 'oauth2',
  authorize: { url: 'https://www.instagram.com/oauth/authorize' },
  token: { url: 'https://api.instagram.com/oauth/access_token', auth: 'body' },
  scopes: SCOPES,
  optionalScopes: ['instagram_business_manage_comments'],
  pkce: false,
  names: { scopeSeparator: ',' },
  replay: 'works',
  readTokens,
  prolong,
  refresh,
  identify
}

/** Permissions come as a list or as a text. The owner can untick each of them. */
function readTokens(answer: Answer, now: Date): Tokens {
  const parsed = ShortAnswer.safeParse(readJson(answer.text))
  if (!parsed.success) throw new Lost('the token answer could not be read')
  const { access_token, permissions = SCOPES } = parsed.data
  const scopes = typeof permissions === 'string' ? permissions.split(/[\s,]+/).filter(Boolean) : permissions
  return { access: access_token, expiresAt: new Date(now.getTime() + SHORT_SECONDS * 1000), scopes }
}

async function prolong({ access, scopes }: Tokens, http: Http, app: AppCredentials, now: Date): Promise<Tokens> {
  const query = { grant_type: 'ig_exchange_token', client_secret: app.clientSecret ?? '', access_token: access }
  return readLong(await http('exchange', `/access_token?${new URLSearchParams(query)}`), scopes, now)
}

/** "at least 24 hours old … not expired": a younger token is good as it is, and what refuses it may be its age. */
async function refresh(tokens: Tokens, http: Http, _app: AppCredentials, now: Date): Promise<Tokens> {
  const left = (tokens.expiresAt?.getTime() ?? 0) - now.getTime()
  if (left > (LONG_DAYS - 1) * DAY) return tokens
  const query = { grant_type: 'ig_refresh_token', access_token: tokens.access }
  try {
    return readLong(await http('exchange', `/refresh_access_token?${new URLSearchParams(query)}`), tokens.scopes, now)
  } catch (error) {
    const isTooYoung = error instanceof Refused && error.failure.code === 'instagram_invalid_parameter'
    if (isTooYoung && left > 0) return tokens
    throw error
  }
}

function readLong(answer: Answer, scopes: readonly string[], now: Date): Tokens {
  const { access_token, expires_in = LONG_DAYS * 86_400 } = read(Long, answer)
  return { access: access_token, expiresAt: new Date(now.getTime() + expires_in * 1000), scopes }
}

/** `user_id` is the account that publishes; `id` is another name of it, for this app alone. */
async function identify(_tokens: Tokens, http: Http): Promise<readonly RemoteAccount[]> {
  const fields = 'user_id,username,name,account_type,profile_picture_url'
  const res = await http('api', at('me', { fields }))
  const me = read(MeAnswer, res)
  if (me.account_type === 'PERSONAL') throw new Refused(NOT_PROFESSIONAL, res.status)
  return [
    {
      remoteId: me.user_id,
      handle: `@${me.username}`,
      name: me.name || me.username,
      ...(me.profile_picture_url === undefined ? {} : { avatar: me.profile_picture_url }),
      facts: { accountType: me.account_type ?? 'unknown' }
    }
  ]
}

const NOT_PROFESSIONAL = {
  kind: 'relink',
  scope: 'account',
  code: 'instagram_not_professional',
  message:
    'Only business and creator accounts can be published to. Switch the account in the Instagram app, then link it again.'
} as const
