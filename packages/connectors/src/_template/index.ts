import { type Account, defineConnector, type Http, type RemoteAccount, type Rules } from '../connector.ts'
import { readJson } from '../json.ts'
import { compose, TITLE_MAX } from './compose.ts'
import { classify } from './errors.ts'
import { options } from './options.ts'
import { publisher } from './publish.ts'
import { Me } from './shapes.ts'

/** The `d` of an SVG path in a box of 24 × 24. */
const ICON = 'M4 3v18l16-9z'

export const template = defineConnector({
  id: 'template',
  name: 'Template',
  brand: { colour: '#3b6ea5', icon: ICON },
  auths: {
    template: {
      kind: 'oauth2',
      authorize: { url: 'https://www.template.example/authorize' },
      token: { url: 'https://api.template.example/oauth/token', auth: 'body' },
      revoke: { url: 'https://api.template.example/oauth/revoke' },
      scopes: ['read', 'publish'],
      pkce: true,
      // What a second use of a refresh token does: `works`, `dies` (that token is dead), `kills` (the whole grant is).
      replay: 'works',
      identify: (_tokens, http) => identify(http)
    }
  },
  // Absolute addresses that the platform gives are followed on these hosts only, and the token goes nowhere else.
  hosts: () => ({ api: { url: 'https://api.template.example', token: 'bearer' } }),
  options,
  compose,
  rules,
  classify,
  publisher
})

/** Checked before anything is sent, and shown to whoever asks. What the platform does not limit is left out. */
function rules(_account: Account): Rules {
  return {
    source: 'https://docs.template.example/posts',
    contentTypes: ['video/mp4', 'video/quicktime'],
    maxBytes: 2 ** 30,
    seconds: [1, 3600],
    title: { max: TITLE_MAX, unit: 'utf16' }
  }
}

/** Whom a grant speaks for. Several where it brings several: the owner picks. */
async function identify(http: Http): Promise<readonly RemoteAccount[]> {
  const { id, handle, name } = Me.parse(readJson((await http('api', '/v1/me')).text))
  return [{ remoteId: id, handle, name }]
}
