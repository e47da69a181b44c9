import type { Connector, Form, OAuth } from '@upload24/connectors'
import { problem } from '../http/problem.ts'
import { notSetUp, type Way } from '../platforms/apps.ts'
import { isSetUp } from '../platforms/catalogue.ts'
import type { Platforms } from '../platforms/platforms.ts'

/** What a person asks to link. */
export interface Wanted {
  readonly platform: string
  readonly sandbox: boolean
  readonly auth?: string | undefined
}

/** The platform and the way to sign in that are meant: unnamed, the first that is there. Throws validation_failed and platform_unavailable. */
export function chooseWay(
  platforms: Platforms,
  tenantId: string,
  { platform, sandbox, auth: named }: Wanted
): { readonly way: Way; readonly connector: Connector; readonly auth: OAuth | Form<unknown> } {
  const connector = platforms.connectorOf(platform)
  if (!connector) throw unknown('platform', Object.keys(platforms.connectors))
  const names = Object.keys(connector.auths)
  const way = (auth: string): Way => ({ platform, sandbox, tenant_id: tenantId, auth })
  const isThere = (auth: string) =>
    sandbox ? platforms.sandboxes.get(platform) !== null : isSetUp(platforms, connector, way(auth))
  const name = named ?? names.find(isThere) ?? names[0] ?? ''
  const auth = Object.hasOwn(connector.auths, name) ? connector.auths[name] : undefined
  if (!auth) throw unknown('auth', names)
  if (!isThere(name)) {
    const detail = sandbox
      ? `There is no sandbox of ${connector.name} here: the operator switches it on with SANDBOX=on.`
      : `${notSetUp(connector, name)} A sandbox account ("sandbox": true) needs neither.`
    throw problem('platform_unavailable', detail)
  }
  return { way: way(name), connector, auth }
}

const unknown = (path: string, names: readonly string[]) =>
  problem('validation_failed', 'One field breaks a rule.', {
    errors: [{ path, code: 'invalid_value', message: `must be ${names.map(name => `"${name}"`).join(' or ')}` }]
  })
