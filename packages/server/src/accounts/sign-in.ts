import {
  type Connector,
  type Exchange,
  type Form,
  nobody,
  openHttp,
  openOAuth,
  Refused,
  type RemoteAccount,
  type Tokens
} from '@upload24/connectors'
import type { App } from '../app.ts'
import { notSetUp, type Way } from '../platforms/apps.ts'
import { fenceAfter, PATIENCE } from '../platforms/fence.ts'
import type { Platforms } from '../platforms/platforms.ts'

/** What is done with a grant, whatever its kind. Everything throws Refused or Lost. */
export interface SignIn {
  refresh(tokens: Tokens): Promise<Tokens>
  revoke(tokens: Tokens): Promise<void>
  identify(tokens: Tokens): Promise<readonly RemoteAccount[]>
}

/** Told of each exchange when it is over. */
export type Hear = (exchange: Exchange) => void

/** `now`: the database's clock. */
export function openSignIn(app: Pick<App, 'log'>, platforms: Platforms, way: Way, now: Date, hear?: Hear): SignIn {
  const connector = knownConnector(platforms, way)
  const auth = connector.auths[way.auth]
  if (auth?.kind === 'oauth2') return openOAuthFor(app, platforms, way, now, hear)
  if (auth?.kind === 'form') return openForm(app, platforms, way, connector, auth, now, hear)
  throw new Error(`${connector.id} has no sign-in "${way.auth}"`)
}

export function openOAuthFor(app: Pick<App, 'log'>, platforms: Platforms, way: Way, now: Date, hear?: Hear) {
  const connector = knownConnector(platforms, way)
  // Before the app: without a sandbox neither is there, and it is the sandbox that its operator switches on.
  const map = platforms.hostsOf(way)
  const client = platforms.appOf(way)
  if (!client) throw new Refused(unavailable(notSetUp(connector, way.auth)))
  return openOAuth({
    network: platforms.network,
    connector,
    auth: way.auth,
    app: client,
    map,
    now,
    fence: fenceAfter(PATIENCE),
    onExchange: hearing(app, way, hear)
  })
}

const hearing =
  (app: Pick<App, 'log'>, way: Way, hear?: Hear): Hear =>
  exchange => {
    app.log.debug({ tenantId: way.tenant_id, exchange }, 'sign-in')
    hear?.(exchange)
  }

export interface FormSignIn extends SignIn {
  connect(fields: unknown): Promise<Tokens>
}

/** App passwords and bot tokens: what they are refreshed by, if at all, is the connector's affair. */
export function openForm(
  app: Pick<App, 'log'>,
  platforms: Platforms,
  way: Way,
  connector: Connector,
  auth: Form<unknown>,
  now: Date,
  hear?: Hear
): FormSignIn {
  const http = (tokens?: Tokens) =>
    openHttp({
      network: platforms.network,
      connector,
      hosts: connector.hosts(nobody(way.auth)),
      map: platforms.hostsOf(way),
      call: 'link',
      commits: false,
      now,
      fence: fenceAfter(PATIENCE),
      ...(tokens ? { token: async () => tokens.access } : {}),
      onExchange: hearing(app, way, hear)
    })
  return {
    connect: fields => auth.connect(fields, http()),
    identify: tokens => auth.identify(tokens, http(tokens)),
    async refresh(tokens) {
      if (!auth.refresh) throw new Refused(signInExpired(connector.name))
      return auth.refresh(tokens, http(tokens), NO_APP, now)
    },
    // A password is the owner's: only they can withdraw it.
    revoke: async () => {}
  }
}

/** A form has no app behind it. */
const NO_APP = { clientId: '' }

export const signInExpired = (name: string) =>
  ({
    kind: 'relink',
    scope: 'account',
    code: 'sign_in_expired',
    message: `${name} has ended this sign-in. Link the account again.`
  }) as const

function knownConnector(platforms: Platforms, { platform }: Way): Connector {
  const connector = platforms.connectorOf(platform)
  if (!connector) throw new Refused(unavailable(`There is no platform "${platform}" here.`))
  return connector
}

/** The account waits by itself: others of the platform may be linked in a way that is set up. */
const unavailable = (message: string) =>
  ({ kind: 'operator', scope: 'account', code: 'platform_unavailable', message }) as const
