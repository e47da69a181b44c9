import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Account,
  type Chunk,
  type Connector,
  type Context,
  connectors,
  type Doubt,
  type Exchange,
  type HttpSetup,
  makePkce,
  openHttp,
  openNetwork,
  openOAuth,
  type Post,
  type RemoteAccount,
  type Tokens
} from '../src/index.ts'
import { memoryShelf, openFiles, type SandboxDeps, sandboxes } from '../src/sandbox.ts'

export const PROJECT = 'sandbox-tenant'
export const REDIRECT = 'https://upload24.test/accounts/callback/youtube'

/** A platform's sandbox over real HTTP on a free port, with a clock that can be moved. */
export async function openWorld(platform = 'youtube', deps: Partial<SandboxDeps> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'u24-connectors-'))
  const clock = { now: new Date('2026-11-22T10:00:00Z') }
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox/${platform}`
  const create = sandboxes[platform]
  const connector = connectors[platform]
  if (!create || !connector) throw new Error(`no platform ${platform}`)
  const shelf = memoryShelf()
  const startSandbox = async () =>
    create({
      base,
      shelf,
      bytes: await openFiles(folder),
      project: async id => (id === PROJECT ? { secret: 'sandbox-secret' } : null),
      now: () => clock.now,
      ...deps
    })
  let running = await startSandbox()
  const errors: unknown[] = []
  server.on('request', (req, res) => {
    running.handler(req, res).catch(error => {
      errors.push(error)
      res.destroy()
    })
  })
  const network = openNetwork()
  return {
    base,
    clock,
    connector,
    errors,
    network,
    sandbox: running,
    /** A new process: the same shelf, the same folder, nothing else. */
    async restart() {
      running = await startSandbox()
    },
    sha256: (data: Uint8Array) => createHash('sha256').update(data).digest('hex'),
    /** All that the platform holds of uploads, without its ledger. */
    async dump() {
      const sizes = await Promise.all((await readdir(folder)).map(async name => (await stat(join(folder, name))).size))
      return [await shelf.list(`${platform}.session`, PROJECT), await shelf.list(`${platform}.video`, PROJECT), sizes]
    },
    async close() {
      await network.close()
      server.closeAllConnections()
      await new Promise(done => server.close(done))
      await rm(folder, { recursive: true, force: true })
    }
  }
}
export type World = Awaited<ReturnType<typeof openWorld>>

export const open = { check: () => {} }

export const oauthOf = (world: World) =>
  openOAuth({
    network: world.network,
    connector: world.connector,
    auth: 'google',
    app: { clientId: PROJECT, clientSecret: 'sandbox-secret', redirectUri: REDIRECT },
    map: world.sandbox.hostMap(world.base),
    now: world.clock.now,
    fence: open
  })

/** What a browser does: opens the page, follows the link of the channel. */
export async function consent(authorizeUrl: URL, choose: (page: string) => string): Promise<URL> {
  const page = await fetch(authorizeUrl)
  const href = choose(await page.text()).replaceAll('&amp;', '&')
  const back = await fetch(new URL(href, authorizeUrl), { redirect: 'manual' })
  return new URL(back.headers.get('location') ?? '')
}
export const nthChannel = (n: number) => (page: string) =>
  [...page.matchAll(/data-channel="[^"]+" href="([^"]+)"/g)][n]?.[1] ?? ''

export interface Linked {
  /** Replaced when they are refreshed. */
  tokens: Tokens
  readonly remote: RemoteAccount
  readonly account: Account
}

export async function link(world: World, n = 0): Promise<Linked> {
  const oauth = oauthOf(world)
  const { verifier, challenge } = makePkce()
  const back = await consent(oauth.authorizeUrl('the-state', challenge), nthChannel(n))
  const tokens = await oauth.exchange(back.searchParams.get('code') ?? '', verifier)
  const [remote] = await oauth.identify(tokens)
  if (!remote) throw new Error('nobody was identified')
  const account = {
    remoteId: remote.remoteId,
    handle: remote.handle,
    auth: 'google',
    scopes: tokens.scopes,
    facts: remote.facts ?? {}
  }
  return { tokens, remote, account }
}

export interface Step {
  readonly call: HttpSetup['call']
  readonly commits?: boolean
  readonly onExchange?: (exchange: Exchange) => void
}

export function contextOf(world: World, linked: Linked, step: Step): Context {
  const { account } = linked
  const { connector, network, sandbox, base, clock } = world
  const http = openHttp({
    network,
    connector,
    hosts: connector.hosts(account),
    map: sandbox.hostMap(base),
    call: step.call,
    commits: step.commits ?? false,
    now: clock.now,
    fence: open,
    token: async () => linked.tokens.access,
    renew: async () => {
      linked.tokens = await oauthOf(world).refresh(linked.tokens)
      return linked.tokens.access
    },
    ...(step.onExchange ? { onExchange: step.onExchange } : {})
  })
  return { http, account, now: clock.now }
}

export const chunkOf = (file: Uint8Array, start: number, end: number): Chunk => ({
  start,
  end,
  total: file.length,
  async *body() {
    for (let at = start; at < end; at += 65_536) yield file.subarray(at, Math.min(end, at + 65_536))
  }
})

export function postOf(
  connector: Connector,
  file: Uint8Array,
  account: Account,
  more: Partial<Post<unknown>> = {}
): Post<unknown> {
  const { title, description, options } = connector.compose({ title: 'Spring launch teaser' }, account)
  const media = {
    bytes: file.length,
    contentType: 'video/mp4',
    fileName: 'video.mp4',
    url: async () => new URL('https://files.test/v')
  }
  return { title, description, options, media, marker: 'abcdefghijklmnopqrstuvwxyz', ...more }
}

export const doubtOf = (world: World, call: Doubt['call'], commits: boolean, taken: readonly string[] = []): Doubt => ({
  call,
  commits,
  since: world.clock.now,
  taken
})
