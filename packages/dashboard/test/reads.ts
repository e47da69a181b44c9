import type { Page, Route } from 'playwright-core'

/** Reads that belong to pages; what the frame itself needs goes through. */
export const READS =
  /\/(uploads|accounts|api-keys|quota|sandbox|workspace|auth\/(me|sessions|two-factor))(\/[a-z]+)*(\?|$)/

/** A line of a page that is on its way. */
export const LOADING = '[role=status][aria-label^=Loading], [aria-busy=true]'

const isRead = (route: Route) => route.request().resourceType() === 'fetch' && route.request().method() === 'GET'

/** From now on no read of the page is answered. */
export const holdReads = (page: Page, reads = READS) =>
  page.route(reads, route => (isRead(route) ? undefined : route.continue()))

/** From now on every read of the page is refused. */
export const refuseReads = (page: Page, reads = READS) => {
  const body = JSON.stringify({
    title: 'Not ready',
    detail: 'The database does not answer. Try again in a moment.',
    code: 'not_ready'
  })
  const headers = { 'content-type': 'application/problem+json', 'x-request-id': 'req_01kb0000000000000000000000' }
  return page.route(reads, route => (isRead(route) ? route.fulfill({ status: 400, headers, body }) : route.continue()))
}

export const letReads = (page: Page) => page.unrouteAll({ behavior: 'ignoreErrors' })
