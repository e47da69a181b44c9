import { lookup } from 'node:dns/promises'
import { isIP, type Socket } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { within } from '../lib/within.ts'
import { isPublicAddress } from './addresses.ts'
import type { Exempt } from './url.ts'

/** The name leads, or also leads, to an address that nobody outside may make us call. Says nothing about which. */
export class AddressRefused extends Error {
  constructor(hostname: string) {
    super(`${hostname} does not lead to public addresses alone`)
    this.name = 'AddressRefused'
  }
}

/** All addresses of a name, in the order in which they are to be tried. */
export type Resolve = (hostname: string) => Promise<readonly string[]>

export interface GuardOptions {
  readonly resolve?: Resolve
  readonly isExempt?: Exempt
  /** Makes the connection, to the address that was checked: `hostname` is an address. */
  readonly connect?: buildConnector.connector
}

/** Milliseconds, of each step. */
const RESOLVE_TIME = 10_000
const CONNECT_TIME = 10_000
/** RFC 8305, 5: milliseconds that an address which does not answer holds up the next one. */
const HEAD_START = 250

/**
 * A connector for undici that resolves a name once, refuses it when ANY of its addresses is not public, and connects to
 * one of just those addresses: there is no second resolution for a rebinding name server to answer. An address that
 * stands in the URL itself is held against the same rules.
 */
export function guardedConnect(options: GuardOptions = {}): buildConnector.connector {
  const { resolve = resolveAll, isExempt = () => false } = options
  const connect = options.connect ?? buildConnector({ timeout: CONNECT_TIME, allowH2: false })

  const open = async (about: buildConnector.Options): Promise<Socket> => {
    const hostname = about.hostname.replace(/^\[(.*)\]$/, '$1')
    const isHttps = about.protocol === 'https:'
    const port = Number(about.port || (isHttps ? 443 : 80))
    const addresses =
      isIP(hostname) === 0
        ? await within(RESOLVE_TIME, resolve(hostname), `${hostname} was not resolved in time`)
        : [hostname]
    if (addresses.length === 0) throw new Error(`${hostname} has no address`)
    const isFree = isExempt({ hostname, port })
    const isAllowed = (address: string) => isFree || isPublicAddress(address)
    if (!addresses.every(isAllowed)) throw new AddressRefused(hostname)
    const servername = about.servername ?? (isIP(hostname) === 0 ? hostname : undefined)
    return dialInTurn(alternate(addresses).slice(0, 4), async address => {
      const socket = await dial(connect, { ...about, hostname: address, ...(servername && isHttps && { servername }) })
      // The kernel's own word on where the connection ended.
      if (isAllowed(plainRemote(socket))) return socket
      socket.destroy()
      throw new AddressRefused(hostname)
    })
  }
  return (about, callback) => {
    open(about).then(
      socket => callback(null, socket),
      (error: Error) => callback(error, null)
    )
  }
}

/** The one agent for addresses that users and platforms gave. Follows no redirect: each is checked by whoever follows it. */
export const guardedAgent = (options: GuardOptions = {}): Agent =>
  new Agent({
    connect: guardedConnect(options),
    pipelining: 1,
    maxHeaderSize: 16_384,
    headersTimeout: 30_000,
    bodyTimeout: 60_000,
    keepAliveTimeout: 1_000,
    keepAliveMaxTimeout: 4_000
  })

const resolveAll: Resolve = async hostname => (await lookup(hostname, { all: true })).map(({ address }) => address)

/** RFC 8305, 4: by turns of the two families, so that one which leads nowhere is not all that is tried. */
function alternate(addresses: readonly string[]): string[] {
  const isFirst = (address: string) => isIP(address) === isIP(addresses[0] ?? '')
  const [ones, others] = [addresses.filter(isFirst), addresses.filter(address => !isFirst(address))]
  return addresses.flatMap((_, at) => [...ones.slice(at, at + 1), ...others.slice(at, at + 1)])
}

/** The first connection to one of the addresses; those that come later are closed. Throws what ended the last try. */
function dialInTurn(addresses: readonly string[], connect: (address: string) => Promise<Socket>): Promise<Socket> {
  return new Promise((done, fail) => {
    let [begun, underWay, isDone] = [0, 0, false]
    let timer: NodeJS.Timeout | undefined
    const next = (failure?: unknown): void => {
      clearTimeout(timer)
      const address = addresses[begun++]
      if (address === undefined) {
        if (underWay === 0) fail(failure)
        return
      }
      underWay++
      timer = setTimeout(next, HEAD_START)
      connect(address).then(
        socket => {
          clearTimeout(timer)
          if (isDone) socket.destroy()
          isDone = true
          done(socket)
        },
        error => {
          underWay--
          if (!isDone) next(error)
        }
      )
    }
    next()
  })
}

const dial = (connect: buildConnector.connector, about: buildConnector.Options) =>
  new Promise<Socket>((done, fail) => connect(about, (error, socket) => (error ? fail(error) : done(socket as Socket))))

/** A socket of both families writes IPv4 addresses as mapped ones. */
const plainRemote = (socket: Socket) => (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
