import { type Account, defineConnector, type Rules } from '../connector.ts'
import { CAPTION_MAX, closed, compose } from './compose.ts'
import { identify, privacyChoices, readFacts } from './creator.ts'
import { classify, refuses } from './errors.ts'
import { locate } from './locate.ts'
import { consent, options } from './options.ts'
import { publisher } from './publish.ts'
import { isListed } from './search.ts'
import { readTokens } from './tokens.ts'

const ICON =
  'M12.525.02c1.31-.02 2.61-.01 3.91-.02.08 1.53.63 3.09 1.75 4.17 1.12 1.11 2.7 1.62 4.24 1.79v4.03c-1.44-.05-2.89-.35-4.2-.97-.57-.26-1.1-.59-1.62-.93-.01 2.92.01 5.84-.02 8.75-.08 1.4-.54 2.79-1.35 3.94-1.31 1.92-3.58 3.17-5.91 3.21-1.43.08-2.86-.31-4.08-1.03-2.02-1.19-3.44-3.37-3.65-5.71-.02-.5-.03-1-.01-1.49.18-1.9 1.12-3.72 2.58-4.96 1.66-1.44 3.98-2.13 6.15-1.72.02 1.48-.04 2.96-.04 4.44-.99-.32-2.15-.23-3.02.37-.63.41-1.11 1.04-1.36 1.75-.21.51-.15 1.07-.14 1.61.24 1.64 1.82 3.02 3.5 2.87 1.12-.01 2.19-.66 2.77-1.61.19-.33.4-.67.41-1.06.1-1.79.06-3.57.07-5.36.01-4.03-.01-8.05.02-12.07z'

export const tiktok = defineConnector({
  id: 'tiktok',
  name: 'TikTok',
  brand: { colour: '#000000', icon: ICON },
  auths: {
    tiktok: {
      kind: 'oauth2',
      // developers.tiktok.com/doc/login-kit-web: without it a live session brings the same account back, unseen.
      authorize: { url: 'https://www.tiktok.com/v2/auth/authorize/', params: { disable_auto_auth: '1' } },
      token: { url: 'https://open.tiktokapis.com/v2/oauth/token/', auth: 'body' },
      revoke: { url: 'https://open.tiktokapis.com/v2/oauth/revoke/', token: 'access' },
      scopes: ['user.info.basic', 'user.info.profile', 'video.publish', 'video.list'],
      optionalScopes: ['user.info.profile', 'video.list'],
      // The page lists a challenge for desktop and mobile only.
      pkce: false,
      names: { clientId: 'client_key', scopeSeparator: ',' },
      readTokens,
      // oauth-refresh-a-user-access-token, 2 Nov 2026: each refresh brings a new token and ends the one before.
      replay: 'dies',
      identify
    }
  },
  // `upload_url` is on this host or a regional one, holds its own token, and is never built.
  hosts: () => ({
    api: { url: 'https://open.tiktokapis.com', token: 'bearer' },
    upload: { url: 'https://open-upload.tiktokapis.com', token: 'none', also: ['.tiktokapis.com'] }
  }),
  options,
  compose,
  rules,
  choices: { privacyLevel: ({ http }) => privacyChoices(http) },
  closed,
  consent,
  refuses,
  classify,
  publisher,
  followUps: { locate },
  alone: (account, { privacyLevel }) =>
    isListed(account, privacyLevel === 'PUBLIC_TO_EVERYONE') ? 'public' : undefined
})

/** …/content-posting-api-media-transfer-guide: "Video restrictions". 4 GB, decimal or binary: the smaller of the two. */
function rules(account: Account): Rules {
  return {
    source: 'https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide',
    contentTypes: ['video/mp4', 'video/quicktime', 'video/webm'],
    containers: ['mp4', 'mov', 'webm'],
    videoCodecs: ['avc', 'hevc', 'vp8', 'vp9'],
    maxBytes: 4_000_000_000,
    seconds: [0, readFacts(account).maxSeconds ?? 600],
    width: [360, 4096],
    height: [360, 4096],
    framesPerSecond: [23, 60],
    title: { max: CAPTION_MAX, unit: 'utf16' }
  }
}
