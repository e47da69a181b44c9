import type { Dispatcher } from 'undici'
import { AddressRefused } from '../net/guard.ts'
import { type Exempt, refuseUrl } from '../net/url.ts'
import { FetchFailed, final, passing } from './failures.ts'

const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

export interface Source {
  readonly url: URL
  /** A guarded one: it follows no redirect and connects to public addresses alone. */
  readonly agent: Dispatcher
  readonly isExempt?: Exempt | undefined
  readonly signal: AbortSignal
}

export interface Answered {
  /** Where the redirects ended. */
  readonly url: URL
  readonly response: Dispatcher.ResponseData
}

/** One GET through at most five redirects, each address checked anew. A status of 400 and above is thrown as FetchFailed. */
export async function request(source: Source, headers: Readonly<Record<string, string>>): Promise<Answered> {
  let url = source.url
  for (let hops = 0; ; hops++) {
    const fault = refuseUrl(url, source.isExempt)
    if (fault)
      throw final(
        'address_refused',
        hops === 0 ? `The address ${fault}.` : `A redirect led to an address that ${fault}.`
      )
    const response = await send(source, url, headers)
    const { statusCode } = response
    if (statusCode < 300 || statusCode === 416) return { url, response }
    await response.body.dump({ limit: 65_536 }).catch(() => {})
    if (!REDIRECTS.has(statusCode)) throw refusal(statusCode, textOf(response.headers['retry-after']))
    if (hops === MAX_REDIRECTS)
      throw final('too_many_redirects', `The address redirects more than ${MAX_REDIRECTS} times.`)
    const location = textOf(response.headers.location) ?? ''
    if (location === '' || !URL.canParse(location, url.href))
      throw final('source_refused', `The address answered ${statusCode} without saying where the file is.`)
    url = new URL(location, url)
  }
}

async function send({ agent, signal }: Source, url: URL, headers: Readonly<Record<string, string>>) {
  try {
    return await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      signal,
      headers: {
        accept: 'video/*, application/octet-stream;q=0.9, */*;q=0.1',
        // A compressed answer is not the file.
        'accept-encoding': 'identity',
        'user-agent': 'Upload24',
        ...headers
      }
    })
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (error instanceof AddressRefused) {
      throw final('address_refused', 'The address leads into a private or reserved network.')
    }
    throw unreachable(error)
  }
}

/** Network failures pass, perhaps. Their own words may tell of our network and are kept for the log. */
export function unreachable(error: unknown): FetchFailed {
  if (error instanceof FetchFailed) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOTFOUND') return passing('source_unreachable', 'The host of the address does not exist.', error)
  if (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME/.test(code)) {
    return passing('source_unreachable', 'The certificate of the host is not valid.', error)
  }
  if (/TIMEOUT|TIMEDOUT/.test(code)) return passing('source_unreachable', 'The host did not answer in time.', error)
  return passing('source_unreachable', 'The connection to the host failed or broke.', error)
}

const PASSING = new Set([408, 425, 429])

function refusal(status: number, retryAfter: string | undefined): FetchFailed {
  if (status < 500 && !PASSING.has(status)) return final('source_refused', `The address answered ${status}.`)
  const after = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined
  return passing('source_failed', `The address answered ${status}, again and again.`, undefined, after)
}

/** A header that came more than once: its first value. */
export const textOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header
