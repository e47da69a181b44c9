import { createClient } from '@upload24/sdk'
import { getAccessToken, renew } from './session.ts'

/** The one client of the pages: same origin, the person's own token. */
export const client = createClient({
  baseUrl: location.origin,
  session: { getAccessToken, onUnauthorized: renew }
})
