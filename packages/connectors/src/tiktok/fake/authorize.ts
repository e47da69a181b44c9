import { createHash } from 'node:crypto'
import type { ConsentRules } from '../../sandbox/consent.ts'
import type { SignInRules } from '../../sandbox/sign-in.ts'
import { creatorsOf } from './model.ts'

export const SCOPES = ['user.info.basic', 'user.info.profile', 'user.info.stats', 'video.publish', 'video.list']

/** GET www.tiktok.com/v2/auth/authorize/. The way back says `scopes`, plural. */
export const consentRules: ConsentRules = {
  platform: 'TikTok',
  noun: 'creator',
  clientId: 'client_key',
  separator: /,/,
  scopes: SCOPES,
  accounts: creatorsOf,
  back: (code, granted) => ({ code, scopes: granted.join(',') }),
  denied: { error: 'access_denied', error_description: 'User denied the authorization' },
  check: query => {
    const redirect = new URL(query.get('redirect_uri') ?? '')
    return redirect.search === '' ? null : ['redirect_uri', 'The redirect address must be static: no query.']
  }
}

/**
 * The pages of November 2026: two hours, 180 days, and each refresh ends the token before. A code holds characters that must be decoded once.
 * login-kit-desktop: the challenge is the hex of SHA-256; for the web there is none.
 */
export const signInRules: SignInRules = {
  prefixes: { code: 'sandbox*1!', access: 'act.sandbox-', refresh: 'rft.sandbox-' },
  codeSeconds: 600,
  accessSeconds: 7200,
  refreshSeconds: 15_552_000,
  rotates: true,
  proof: verifier => createHash('sha256').update(verifier).digest('hex')
}
