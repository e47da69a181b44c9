import type { ConsentRules } from '../../sandbox/consent.ts'
import type { SignInRules } from '../../sandbox/sign-in.ts'
import { channelsOf } from './model.ts'

const SCOPES = ['youtube.upload', 'youtube.readonly', 'youtube', 'youtube.force-ssl']
const DAY = 86_400

/** GET accounts.google.com/o/oauth2/v2/auth */
export const consentRules: ConsentRules = {
  platform: 'Google',
  noun: 'channel',
  scopes: [...SCOPES.map(name => `https://www.googleapis.com/auth/${name}`), 'openid', 'email', 'profile'],
  accounts: channelsOf,
  keep: query => ({
    isOffline: query.get('access_type') === 'offline',
    isAsked: query.get('prompt')?.split(' ').includes('consent') === true
  })
}

/** developers.google.com/identity/protocols/oauth2#expiration: idle for six months; "100 refresh tokens per Google Account per client ID". */
export const signInRules: SignInRules = {
  prefixes: { code: '4/0sandbox-', access: 'ya29.sandbox-', refresh: '1//0sandbox-' },
  codeSeconds: 600,
  accessSeconds: 3599,
  refreshSeconds: null,
  idleSeconds: 180 * DAY,
  maxGrants: 100
}
