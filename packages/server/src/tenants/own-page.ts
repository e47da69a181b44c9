import type { Request } from '../http/bind.ts'
import { problem } from '../http/problem.ts'

/**
 * For what lives on the cookie alone, or sets it. Another site's page may post here with the reader's cookie, and so may
 * one of a sibling domain, which SameSite=Strict lets through; but a browser says where a request comes from, and no
 * page can change that. Whoever sends neither header is no browser, and has no cookie of somebody else.
 * https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function requireOwnPage(request: Request, publicUrl: string): void {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  const isOwn =
    site === undefined
      ? origin === undefined || origin === new URL(publicUrl).origin
      : site === 'same-origin' || site === 'none'
  if (isOwn) return
  throw problem('bad_request', `A page of ${origin ?? 'another site'} may not use this session: open ${publicUrl}.`)
}
