import { type HostMap, Refused } from '@upload24/connectors'
import type { App } from '../app.ts'
import { type Place as Named, placeOf } from '../net/url.ts'
import type { Sandboxes } from '../sandbox/open.ts'
import type { Place } from './apps.ts'

/** Where the platform's hosts are for this account: the sandbox's addresses, or those that the operator configured. */
export function hostsOf(app: Pick<App, 'config'>, sandboxes: Sandboxes, place: Omit<Place, 'tenant_id'>): HostMap {
  if (!place.sandbox) return app.config.platforms[place.platform]?.hosts ?? {}
  const sandbox = sandboxes.get(place.platform)
  // Without the map, the token of a sandbox account would leave for the real platform.
  if (!sandbox) throw new Refused(sandboxIsOff)
  return sandbox.hostMap(sandboxes.base(place.platform))
}

/** The places that are ours or the operator's own word. What a platform or an account names is none of them. */
export function isNamedHere({ config }: Pick<App, 'config'>, { hostname, port }: Named): boolean {
  const bases = Object.values(config.platforms).flatMap(({ hosts }) => Object.values(hosts))
  if (config.sandbox) bases.push(config.http.publicUrl)
  return bases.map(base => placeOf(new URL(base))).some(own => own.hostname === hostname && own.port === port)
}

const sandboxIsOff = {
  kind: 'operator',
  scope: 'app',
  code: 'sandbox_off',
  message: 'The sandbox is switched off here.'
} as const
