import type { App } from '../app.ts'

/** Where an account lives. Rows of `accounts` are such. */
export interface Place {
  readonly platform: string
  readonly sandbox: boolean
  readonly tenant_id: string
}

/** This installation as the platform knows it. */
export interface PlatformApp {
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUri: string
}

/** The key of `apps` and `budgets`: all tenants share a real platform's app, each tenant has its own in the sandbox. */
export const appKey = ({ platform, sandbox, tenant_id }: Place): string =>
  sandbox ? `sandbox:${platform}:${tenant_id}` : platform

/** Null: the platform is not set up here, or there is no sandbox. */
export function appOf(app: Pick<App, 'config' | 'seal'>, place: Place): PlatformApp | null {
  const redirectUri = redirectUriOf(app, place.platform)
  if (place.sandbox) return app.config.sandbox ? { ...sandboxClient(app, place), redirectUri } : null
  const client = app.config.platforms[place.platform]?.client
  return client ? { clientId: client.id, clientSecret: client.secret.reveal(), redirectUri } : null
}

export const redirectUriOf = (app: Pick<App, 'config'>, platform: string): string =>
  `${app.config.http.publicUrl}/accounts/callback/${platform}`

/** The sandbox knows no registration: client id and secret follow from the tenant. */
export const sandboxClient = (app: Pick<App, 'seal'>, { platform, tenant_id }: Omit<Place, 'sandbox'>) => ({
  clientId: `sandbox-${tenant_id}`,
  clientSecret: app.seal.derive(`sandbox client ${platform} ${tenant_id}`).toString('base64url')
})
