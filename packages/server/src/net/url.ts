import { isIP } from 'node:net'
import { isPublicAddress } from './addresses.ts'

/** Ports that web servers answer on. Any other is some other service's, on a host that would not expect us. */
const PORTS: readonly string[] = ['', '80', '443', '8080', '8443']

/** Names that lead into the machine or its network, wherever they resolve. */
const INSIDE = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|in-addr\.arpa|ip6\.arpa)\.?$/i

/**
 * Hosts, as they stand in the URL, that may be reached although they are not public: our own sandbox, and the servers of
 * tests. Another name that leads to the same address is not exempt.
 */
export type Exempt = (place: { readonly hostname: string; readonly port: number }) => boolean

/**
 * What is wrong with an address that somebody gave, before it is resolved; null when nothing is. The parser of `URL` has
 * written every form of an IPv4 address (decimal, octal, hexadecimal, short, in full-width digits) as four parts.
 */
export function refuseUrl(url: URL, isExempt: Exempt = () => false): string | null {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must begin with https:// or http://'
  if (url.username !== '' || url.password !== '') return 'must hold no user name or password'
  if (isExempt({ hostname: bareHost(url), port: portOf(url) })) return null
  if (!PORTS.includes(url.port)) return 'must name no port, or one of 80, 443, 8080, 8443'
  const host = bareHost(url)
  const isInside =
    isIP(host) === 0 ? INSIDE.test(host) || !host.replace(/\.$/, '').includes('.') : !isPublicAddress(host)
  return isInside ? 'must lead to a public address: this one lies in a private or reserved network' : null
}

/** Without the brackets of IPv6. */
const bareHost = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80))
