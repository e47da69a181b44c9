import type { Config } from '../../config.ts'

/** A cookie per link, so that two links in one browser do not push each other out. */
export const cookieName = (linkId: string): string => `u24_link_${linkId.replaceAll('-', '')}`

export function cookieOptions(config: Pick<Config, 'http'>) {
  const { protocol, pathname } = new URL(config.http.publicUrl)
  return {
    path: `${pathname.replace(/\/+$/, '')}/accounts`,
    httpOnly: true,
    secure: protocol === 'https:',
    // Sent when the platform's page leads the browser back to us, and with nothing that another site loads.
    sameSite: 'lax'
  } as const
}
