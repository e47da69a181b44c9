import type { Connector, Form, OAuth } from '@upload24/connectors'
import { problem } from '../http/problem.ts'
import type { Platforms } from '../platforms/platforms.ts'
import type { Way } from './sign-in.ts'

/** What a person asks to link. */
export interface Wanted {
  readonly platform: string
  readonly sandbox: boolean
  readonly auth?: string | undefined
}

/** The platform and the way to sign in that are meant. Throws validation_failed and platform_unavailable. */
export function chooseWay(
  platforms: Platforms,
  tenantId: string,
  { platform, sandbox, auth: named }: Wanted
): { readonly way: Way; readonly connector: Connector; readonly auth: OAuth | Form<unknown> } {
  const connector = platforms.connectorOf(platform)
  if (!connector) throw unknown('platform', Object.keys(platforms.connectors))
  const names = Object.keys(connector.auths)
  const name = named ?? names[0] ?? ''
  const auth = Object.hasOwn(connector.auths, name) ? connector.auths[name] : undefined
  if (!auth) throw unknown('auth', names)
  const place = { platform, sandbox, tenant_id: tenantId }
  const isThere = sandbox ? platforms.sandboxes.get(platform) !== null : auth.kind === 'form' || platforms.appOf(place)
  if (!isThere) {
    const detail = sandbox
      ? `There is no sandbox of ${connector.name} here: the operator switches it on with SANDBOX=on.`
      : `${connector.name} is not set up here: the operator sets ${platform.toUpperCase()}_CLIENT_ID and _CLIENT_SECRET. A sandbox account ("sandbox": true) needs neither.`
    throw problem('platform_unavailable', detail)
  }
  return { way: { ...place, auth: name }, connector, auth }
}

const unknown = (path: string, names: readonly string[]) =>
  problem('validation_failed', 'One field breaks a rule.', {
    errors: [{ path, code: 'invalid_value', message: `must be ${names.map(name => `"${name}"`).join(' or ')}` }]
  })
