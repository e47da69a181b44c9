import { type HostMap, Refused } from '@upload24/connectors'
import type { App } from '../app.ts'
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

const sandboxIsOff = {
  kind: 'operator',
  scope: 'app',
  code: 'sandbox_off',
  message: 'The sandbox is switched off here.'
} as const
