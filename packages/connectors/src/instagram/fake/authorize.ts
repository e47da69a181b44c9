import type { ConsentRules } from '../../sandbox/consent.ts'
import type { SignInRules } from '../../sandbox/sign-in.ts'
import { peopleOf, profilesOf, type TokenKind } from './model.ts'

const HOUR = 3600
const DAY = 24 * HOUR

/** GET www.instagram.com/oauth/authorize */
export const instagramConsent: ConsentRules = {
  platform: 'Instagram',
  noun: 'profile',
  separator: /[\s,]+/,
  scopes: ['basic', 'content_publish', 'manage_comments', 'manage_messages', 'manage_insights'].map(
    name => `instagram_business_${name}`
  ),
  accounts: profilesOf,
  back: code => ({ code }),
  denied: {
    error: 'access_denied',
    error_reason: 'user_denied',
    error_description: 'The user denied your request'
  },
  fragment: '_'
}

/** GET www.facebook.com/{version}/dialog/oauth */
export const facebookConsent: ConsentRules = {
  platform: 'Facebook',
  noun: 'person',
  separator: /[\s,]+/,
  scopes: [
    'instagram_basic',
    'instagram_content_publish',
    'instagram_manage_comments',
    'instagram_manage_insights',
    'pages_show_list',
    'pages_read_engagement',
    'pages_manage_posts',
    'business_management',
    'ads_management',
    'ads_read',
    'public_profile',
    'email'
  ],
  accounts: peopleOf,
  back: code => ({ code }),
  denied: {
    error: 'access_denied',
    error_code: '200',
    error_description: 'Permissions error',
    error_reason: 'user_denied'
  },
  fragment: '_=_'
}

const rules = (code: string, access: string, accessSeconds: number): SignInRules => ({
  prefixes: { code, access, refresh: 'unused-' },
  codeSeconds: HOUR,
  accessSeconds,
  refreshSeconds: null
})

/** Codes are redeemed for the short kinds. A Page's token has no end: a hundred years. */
export const signInRules: Readonly<Record<TokenKind, SignInRules>> = {
  igShort: rules('AQBsandbox-', 'IGAAshort-', HOUR),
  igLong: rules('-', 'IGAAlong-', 60 * DAY),
  fbShort: rules('AQDsandbox-', 'EAAshort-', 2 * HOUR),
  fbLong: rules('-', 'EAAlong-', 60 * DAY),
  fbPage: rules('-', 'EAApage-', 36_500 * DAY)
}
