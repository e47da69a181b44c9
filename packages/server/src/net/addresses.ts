import ipaddr from 'ipaddr.js'

/** Public by their range, and yet answered by the machine's own provider: Azure's host (metadata, certificates, keys). */
const METADATA = new Set(['168.63.129.16'])

const IPV6_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an IP address, as text, is one of the public internet. Everything else is refused: private, loopback,
 * link-local, shared (CGNAT), multicast, reserved, metadata; and IPv6 addresses that lead to an IPv4 address inside
 * (mapped, compatible, NAT64, 6to4, Teredo, ISATAP), whatever that is. What is no address is not public.
 */
export function isPublicAddress(text: string): boolean {
  if (text.includes('%') || !ipaddr.isValid(text)) return false
  const address = ipaddr.parse(text)
  // What no list names is public: only that. New special ranges come with the library.
  if (address.range() !== 'unicast' || METADATA.has(address.toString())) return false
  if (!(address instanceof ipaddr.IPv6)) return isPlainIPv4(text)
  return address.match(IPV6_UNICAST) && !isIsatap(address)
}

/** `ipaddr.js` also reads 127.1, 0x7f000001 and 0177.0.0.1; sockets may read them otherwise. */
const isPlainIPv4 = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text)

/** RFC 5214, 6.1: the last 64 bits are 0000:5efe or 0200:5efe, then an IPv4 address. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  const [, , , , high, low] = parts
  return low === 0x5efe && (high === 0 || high === 0x200)
}
