import type { Connector } from '@upload24/connectors'
import type { App } from '../app.ts'
import { clientVariables } from '../config/variables.ts'

/** Where an account lives. Rows of `accounts` are such. */
export interface Place {
  readonly platform: string
  readonly sandbox: boolean
  readonly tenant_id: string
}

/** One of a platform's ways to sign in, for one account or one that is to become one. */
export interface Way extends Place {
  readonly auth: string
}

/** This installation as the platform knows it. */
export interface PlatformApp {
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUri: string
}

/**
 * The key of `apps` and `budgets`: all tenants share a real platform's app, each tenant has its own in the sandbox.
 * It is the same for every way to sign in: Meta's Instagram app belongs to the Meta app, and is paused and counted with it.
 */
export const appKey = ({ platform, sandbox, tenant_id }: Place): string =>
  sandbox ? `sandbox:${platform}:${tenant_id}` : platform

/** Null: this way is not set up here, or there is no sandbox. A platform may know each way by another app, so none stands in for another. */
export function appOf(app: Pick<App, 'config' | 'seal'>, way: Way): PlatformApp | null {
  const redirectUri = redirectUriOf(app.config.http.publicUrl, way.platform)
  if (way.sandbox) return app.config.sandbox ? { ...sandboxClient(app, way), redirectUri } : null
  const client = app.config.platforms[way.platform]?.clients[way.auth]
  return client ? { clientId: client.id, clientSecret: client.secret.reveal(), redirectUri } : null
}

/** Why nobody can sign in this way. */
export function notSetUp(connector: Connector, auth: string): string {
  const { id, secret } = clientVariables(connector, auth)
  return `Sign-in to ${connector.name} with "${auth}" is not set up here: the operator sets ${id} and ${secret}.`
}

export const redirectUriOf = (publicUrl: string, platform: string): string =>
  `${publicUrl}/accounts/callback/${platform}`

/** The sandbox knows no registration: client id and secret follow from the tenant. */
export const sandboxClient = (app: Pick<App, 'seal'>, { platform, tenant_id }: Omit<Place, 'sandbox'>) => ({
  clientId: `sandbox-${tenant_id}`,
  clientSecret: app.seal.derive(`sandbox client ${platform} ${tenant_id}`).toString('base64url')
})
