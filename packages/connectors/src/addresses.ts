import type { Host } from './connector.ts'
import { Refused } from './failures.ts'

/** Base addresses in place of real hosts: `{ 'www.googleapis.com': 'http://127.0.0.1:9100/h/www.googleapis.com' }`. */
export type HostMap = Readonly<Record<string, string>>

/** Where a request goes. Throws for an address on a host that the connector did not name: no token leaves with it. */
export function locate(host: Host, path: string | URL, map: HostMap, token: string | undefined): URL {
  const real = new URL(host.token === 'path' ? host.url.replace('{token}', token ?? '') : host.url)
  if (typeof path === 'string') return join(toMapped(real, map), path)
  const base = map[real.hostname]
  if (base !== undefined && path.origin === new URL(base).origin) return path
  if (path.origin !== real.origin && !isAlso(path, host.also ?? [])) throw foreign(path)
  const there = map[path.hostname]
  if (there !== undefined) return join(new URL(there), path.pathname + path.search)
  if (base !== undefined) return join(new URL(base), path.pathname + path.search)
  if (path.protocol !== 'https:') throw foreign(path)
  return path
}

/** The platform's own name of where `path` leads, also where a mapped address stands in for it. */
export function realHost(host: Host, path: string | URL, map: HostMap): string {
  const own = new URL(host.url.replace('{token}', '')).hostname
  if (typeof path === 'string') return own
  const bases = Object.entries(map).map(([name, base]) => [name, new URL(base)] as const)
  if (bases.every(([, base]) => base.origin !== path.origin)) return path.hostname
  const names = bases.filter(([, base]) => isUnder(path, base)).map(([name]) => name)
  return names.includes(own) ? own : (names[0] ?? own)
}

const isUnder = (url: URL, base: URL): boolean =>
  url.origin === base.origin && `${url.pathname}/`.startsWith(`${base.pathname.replace(/\/+$/, '')}/`)

/** The mapped address of a page that a browser opens. */
export function mapUrl(url: URL, map: HostMap): URL {
  const base = map[url.hostname]
  return base === undefined ? url : join(new URL(base), url.pathname + url.search)
}

function toMapped(real: URL, map: HostMap): URL {
  const base = map[real.hostname]
  if (base !== undefined) return join(new URL(base), real.pathname)
  if (real.protocol !== 'https:') throw foreign(real)
  return real
}

function join(base: URL, path: string): URL {
  const prefix = base.pathname.replace(/\/+$/, '')
  return new URL(`${prefix}${path.startsWith('/') ? path : `/${path}`}`, base.origin)
}

const isAlso = (url: URL, also: readonly string[]): boolean =>
  url.protocol === 'https:' &&
  also.some(name => (name.startsWith('.') ? url.hostname.endsWith(name) : url.hostname === name))

const foreign = (url: URL): Refused =>
  new Refused({
    kind: 'permanent',
    scope: 'delivery',
    code: 'foreign_address',
    message: `The platform named an address at ${url.hostname}, where nothing of ours may be sent.`
  })

const SECRET = /token|secret|code|sig|key|pass|session|upload_id|state|assertion|credential/i

/** A path for the journal: no values that could be a secret. */
export function redact(url: URL, token: string | undefined): string {
  const query = [...url.searchParams].map(([name, value]) =>
    SECRET.test(name) || value.length > 200 ? `${name}=***` : `${name}=${value}`
  )
  const path = url.pathname + (query.length > 0 ? `?${query.join('&')}` : '')
  return token ? path.replaceAll(token, '***') : path
}
