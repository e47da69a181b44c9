import { type Connector, connectors, type HostMap, type Network, openNetwork } from '@upload24/connectors'
import type { App } from '../app.ts'
import { guardedConnect } from '../net/guard.ts'
import { openSandboxes, type Sandboxes } from '../sandbox/open.ts'
import { appOf, type Place, type PlatformApp, type Way } from './apps.ts'
import { hostsOf, isNamedHere } from './hosts.ts'

/** The platforms as this process reaches them: one per process. */
export interface Platforms {
  readonly connectors: Readonly<Record<string, Connector>>
  readonly sandboxes: Sandboxes
  readonly network: Network
  connectorOf(platform: string): Connector | null
  /** For `map` of openHttp and openOAuth. Throws Refused (operator) for a sandbox account where there is no sandbox. */
  hostsOf(place: Omit<Place, 'tenant_id'>): HostMap
  /** Null: this way is not set up here. */
  appOf(way: Way): PlatformApp | null
  close(): Promise<void>
}

export function createPlatforms(app: Pick<App, 'config' | 'database' | 'seal'>): Platforms {
  const network = openNetwork({ connect: guardedConnect({ isExempt: place => isNamedHere(app, place) }) })
  const sandboxes = openSandboxes(app)
  return {
    connectors,
    sandboxes,
    network,
    connectorOf: platform => (Object.hasOwn(connectors, platform) ? (connectors[platform] ?? null) : null),
    hostsOf: place => hostsOf(app, sandboxes, place),
    appOf: way => appOf(app, way),
    close: () => network.close()
  }
}
