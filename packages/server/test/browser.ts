import assert from 'node:assert/strict'

export interface Page {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export type Browser = ReturnType<typeof createBrowser>

/** As much of a browser as linking needs: cookies with their paths, links, redirects that are followed by hand. */
export function createBrowser() {
  const jar = new Map<string, { value: string; path: string }>()

  async function open(address: string | URL): Promise<Page> {
    const url = new URL(address)
    const cookies = [...jar].filter(([, { path }]) => url.pathname === path || url.pathname.startsWith(`${path}/`))
    const headers = { cookie: cookies.map(([name, { value }]) => `${name}=${value}`).join('; ') }
    const response = await fetch(url, { redirect: 'manual', headers })
    for (const line of response.headers.getSetCookie()) keep(line)
    return { url, status: response.status, headers: response.headers, text: await response.text() }
  }
  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ')
    const [name = '', value = ''] = pair.split('=')
    const path = attributes.find(each => each.startsWith('Path='))?.slice(5) ?? '/'
    if (attributes.some(each => /^Max-Age=0$|^Expires=Thu, 01 Jan 1970/.test(each))) jar.delete(name)
    else jar.set(name, { value, path })
  }

  /** Our page, the platform's, and back: stops before the callback is opened. */
  async function consent(authorizeUrl: string, choice: number | 'deny'): Promise<{ page: Page; back: URL }> {
    const page = await open(authorizeUrl)
    assert.equal(page.status, 200, page.text)
    const platform = await open(hrefs(page, 'data-continue')[0] ?? '')
    assert.equal(platform.status, 200, platform.text)
    const to = choice === 'deny' ? hrefs(platform, 'data-deny')[0] : hrefs(platform, 'data-channel')[choice]
    const left = await open(to ?? '')
    return { page, back: new URL(left.headers.get('location') ?? '') }
  }
  async function link(authorizeUrl: string, choice: number | 'deny' = 0): Promise<{ end: URL; last: Page }> {
    const { back } = await consent(authorizeUrl, choice)
    const last = await open(back)
    return { end: new URL(last.headers.get('location') ?? last.url), last }
  }
  return { open, consent, link, jar }
}

/** The targets of the links that carry an attribute. */
export const hrefs = (page: Page, attribute: string): string[] =>
  [...page.text.matchAll(new RegExp(`<a ${attribute}(?:="[^"]*")? href="([^"]*)"`, 'g'))].map(
    found => new URL((found[1] ?? '').replace(/&#38;|&amp;/g, '&'), page.url).href
  )
