import { type Account, defineConnector, type Host, type Http, type RemoteAccount, type Rules } from '../connector.ts'
import { Refused } from '../failures.ts'
import { choices } from './choices.ts'
import { compose, FULL_SCOPE, TITLE_MAX } from './compose.ts'
import { classify, noChannel, ZONE } from './errors.ts'
import { captions } from './extras/captions.ts'
import { comment } from './extras/comment.ts'
import { playlist } from './extras/playlist.ts'
import { thumbnail } from './extras/thumbnail.ts'
import { options } from './options.ts'
import { publisher } from './publish.ts'
import { Channels } from './shapes.ts'

const ICON =
  'M23.498 6.186a3.016 3.016 0 0 0-2.122-2.136C19.505 3.545 12 3.545 12 3.545s-7.505 0-9.377.505A3.017 3.017 0 0 0 .502 6.186C0 8.07 0 12 0 12s0 3.93.502 5.814a3.016 3.016 0 0 0 2.122 2.136c1.871.505 9.376.505 9.376.505s7.505 0 9.377-.505a3.015 3.015 0 0 0 2.122-2.136C24 15.93 24 12 24 12s0-3.93-.502-5.814zM9.545 15.568V8.432L15.818 12l-6.273 3.568z'
const SCOPE = 'https://www.googleapis.com/auth'
const API: Host = { url: 'https://www.googleapis.com', token: 'bearer', also: ['youtube.googleapis.com'] }

export const youtube = defineConnector({
  id: 'youtube',
  name: 'YouTube',
  brand: { colour: '#ff0000', icon: ICON },
  auths: {
    google: {
      kind: 'oauth2',
      // developers.google.com/identity/protocols/oauth2/web-server: without offline and consent there is no refresh token at a second grant.
      authorize: {
        url: 'https://accounts.google.com/o/oauth2/v2/auth',
        params: { access_type: 'offline', prompt: 'consent' }
      },
      token: { url: 'https://oauth2.googleapis.com/token', auth: 'body' },
      revoke: { url: 'https://oauth2.googleapis.com/revoke' },
      scopes: [`${SCOPE}/youtube.upload`, `${SCOPE}/youtube.readonly`, FULL_SCOPE],
      optionalScopes: [FULL_SCOPE],
      pkce: true,
      replay: 'works',
      identify: (_tokens, http) => identify(http)
    }
  },
  // Google answers with addresses on either name of its API. The extras have names of their own, so that refusals can be told apart.
  hosts: () => ({ api: API, thumbnail: API, playlist: API, captions: API, comment: API }),
  options,
  compose,
  rules,
  classify,
  publisher,
  choices,
  followUps: { thumbnail, captions, playlist, comment },
  // "Video Uploads": 100 calls a day for each project: developers.google.com/youtube/v3/determine_quota_cost.
  budget: { perDay: 100, zone: ZONE }
})

/** support.google.com/youtube/answer/71673: 256 GB or 12 hours; 15 minutes while the channel is not verified by phone. */
function rules(account: Account): Rules {
  const isShort = account.facts.longUploads === 'eligible' || account.facts.longUploads === 'disallowed'
  return {
    source: 'https://support.google.com/youtube/answer/71673',
    contentTypes: ['video/*', 'application/octet-stream'],
    maxBytes: 274_877_906_944,
    seconds: [0, isShort ? 15 * 60 : 12 * 3600],
    title: { max: TITLE_MAX, unit: 'utf16' }
  }
}

/** One grant is one channel: the owner chose it on Google's page. */
async function identify(http: Http): Promise<readonly RemoteAccount[]> {
  const res = await http('api', '/youtube/v3/channels?part=id,snippet,contentDetails,status&mine=true')
  const channel = Channels.parse(JSON.parse(res.text)).items[0]
  if (!channel) throw new Refused(noChannel, res.status)
  const { snippet, contentDetails, status } = channel
  const avatar = snippet.thumbnails?.high ?? snippet.thumbnails?.medium ?? snippet.thumbnails?.default
  return [
    {
      remoteId: channel.id,
      handle: snippet.customUrl ?? channel.id,
      name: snippet.title,
      ...(avatar ? { avatar: avatar.url } : {}),
      facts: {
        uploads: contentDetails.relatedPlaylists.uploads,
        longUploads: status?.longUploadsStatus ?? 'longUploadsUnspecified',
        ...(snippet.country === undefined ? {} : { country: snippet.country })
      }
    }
  ]
}
