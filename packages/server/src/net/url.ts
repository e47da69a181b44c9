import { isIP } from 'node:net'
import { isPublicAddress } from './addresses.ts'

/** Ports that web servers answer on. Any other is some other service's, on a host that would not expect us. */
const PORTS: readonly string[] = ['', '80', '443', '8080', '8443']

/** Names that lead into the machine or its network, wherever they resolve. */
const INSIDE = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|in-addr\.arpa|ip6\.arpa)\.?$/i

/**
 * Hosts, as they stand in the URL, that may be reached although they are not public: our own sandbox, what the operator put
 * in the place of a platform's host, and the servers of tests. Another name that leads to the same address is not exempt.
 */
export type Exempt = (place: Place) => boolean

/** `hostname` is without the brackets of IPv6. */
export interface Place {
  readonly hostname: string
  readonly port: number
}

/**
 * What is wrong with an address that somebody gave, before it is resolved; null when nothing is. The parser of `URL` has
 * written every form of an IPv4 address (decimal, octal, hexadecimal, short, in full-width digits) as four parts.
 */
export function refuseUrl(url: URL, isExempt: Exempt = () => false): string | null {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must begin with https:// or http://'
  if (url.username !== '' || url.password !== '') return 'must hold no user name or password'
  if (isExempt(placeOf(url))) return null
  if (!PORTS.includes(url.port)) return 'must name no port, or one of 80, 443, 8080, 8443'
  const host = placeOf(url).hostname
  const isInside =
    isIP(host) === 0 ? INSIDE.test(host) || !host.replace(/\.$/, '').includes('.') : !isPublicAddress(host)
  return isInside ? 'must lead to a public address: this one lies in a private or reserved network' : null
}

export const placeOf = ({ hostname, port, protocol }: URL): Place => ({
  hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
  port: Number(port || (protocol === 'https:' ? 443 : 80))
})
