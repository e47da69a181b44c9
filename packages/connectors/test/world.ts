import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTemplate } from '../src/_template/fake/index.ts'
import { template } from '../src/_template/index.ts'
import {
  type Account,
  type Chunk,
  type Connector,
  type Context,
  connectors,
  type Doubt,
  type Exchange,
  type HttpSetup,
  type Media,
  makePkce,
  openHttp,
  openNetwork,
  openOAuth,
  type Post,
  type RemoteAccount,
  type Tokens
} from '../src/index.ts'
import { memoryShelf, openFiles, type SandboxDeps, type Shelf, sandboxes } from '../src/sandbox.ts'

export const PROJECT = 'sandbox-tenant'
export const redirectOf = (platform: string): string => `https://upload24.test/accounts/callback/${platform}`

/** A platform's sandbox over real HTTP on a free port, with a clock that can be moved. */
export async function openWorld(platform = 'youtube', deps: Partial<SandboxDeps> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'u24-connectors-'))
  const clock = { now: new Date('2026-11-22T10:00:00Z') }
  const server = createServer()
  // Both ends live in this process: one that slept would cut its own connection under the next request.
  server.keepAliveTimeout = 0
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox/${platform}`
  // The template of a platform is in no registry.
  const create = { template: createTemplate, ...sandboxes }[platform]
  const connector: Connector | undefined = { template, ...connectors }[platform]
  if (!create || !connector) throw new Error(`no platform ${platform}`)
  const shelf = openShelf()
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
  let served: Uint8Array = new Uint8Array()
  server.on('request', (req, res) => {
    if (req.url === '/file') {
      sendFile(served, req, res)
      return
    }
    running.handler(req, res).catch(error => {
      errors.push(error)
      res.destroy()
    })
  })
  const network = openNetwork()
  return {
    platform,
    base,
    clock,
    connector,
    errors,
    network,
    sandbox: running,
    /** For platforms that fetch: the address under which the file can be had, with ranges. */
    serve(file: Uint8Array): URL {
      served = file
      return new URL('/file', base)
    },
    /** A new process: the same shelf, the same folder, nothing else. */
    async restart() {
      running = await startSandbox()
    },
    sha256: (data: Uint8Array) => createHash('sha256').update(data).digest('hex'),
    /** All that the platform holds, but for what every call moves: counts of calls, and tokens. */
    async dump() {
      const sizes = await Promise.all((await readdir(folder)).map(async name => (await stat(join(folder, name))).size))
      const docs = await shelf.dump()
      return [docs.filter(({ kind }) => !/\.(ledger|faults|access|grant|code)$/.test(kind)), sizes.sort()]
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

/** `auth`: one of the connector's ways to sign in; the first if absent. */
export const oauthOf = (world: World, auth = firstAuth(world)) =>
  openOAuth({
    network: world.network,
    connector: world.connector,
    auth,
    app: { clientId: PROJECT, clientSecret: 'sandbox-secret', redirectUri: redirectOf(world.platform) },
    map: world.sandbox.hostMap(world.base),
    now: world.clock.now,
    fence: open
  })
const firstAuth = (world: World): string => Object.keys(world.connector.auths)[0] ?? ''

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

/** Links the n-th account that the consent page shows; of a grant that brings several, the first. */
export async function link(world: World, n = 0, auth = firstAuth(world)): Promise<Linked> {
  const oauth = oauthOf(world, auth)
  const { verifier, challenge } = makePkce()
  const back = await consent(oauth.authorizeUrl('the-state', challenge), nthChannel(n))
  const granted = await oauth.exchange(back.searchParams.get('code') ?? '', verifier)
  const [remote] = await oauth.identify(granted)
  if (!remote) throw new Error('nobody was identified')
  const tokens = remote.tokens ?? granted
  const { remoteId, handle, facts = {} } = remote
  return { tokens, remote, account: { remoteId, handle, auth, scopes: granted.scopes, facts } }
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
      linked.tokens = await oauthOf(world, account.auth).refresh(linked.tokens)
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

/** `options`: as a client sends them. */
export function postOf(
  world: World,
  file: Uint8Array,
  account: Account,
  more: Partial<Post<unknown>> = {},
  options?: unknown
): Post<unknown> {
  const composed = world.connector.compose({ title: 'Spring launch teaser', options }, account)
  if (composed.faults.length > 0) throw new Error(JSON.stringify(composed.faults))
  const media: Media = {
    bytes: file.length,
    contentType: 'video/mp4',
    fileName: 'video.mp4',
    url: async () => world.serve(file)
  }
  const { title, description } = composed
  return { title, description, options: composed.options, media, marker: 'abcdefghijklmnopqrstuvwxyz', ...more }
}

export const doubtOf = (world: World, call: Doubt['call'], commits: boolean, taken: readonly string[] = []): Doubt => ({
  call,
  commits,
  since: world.clock.now,
  taken
})

/** A shelf that can be looked at as a whole: it remembers which kinds there are. */
function openShelf() {
  const inner = memoryShelf()
  const kinds = new Set<string>()
  const shelf: Shelf = {
    ...inner,
    put: (kind, id, doc, at) => inner.put(kinds.add(kind) && kind, id, doc, at),
    update: (kind, id, change, at) => inner.update(kinds.add(kind) && kind, id, change, at)
  }
  const dump = async () => {
    const lists = [...kinds].sort().map(async kind => ({ kind, docs: await inner.list(kind, PROJECT) }))
    return Promise.all(lists)
  }
  return { ...shelf, dump }
}

/** One range, as platforms ask for it, or the whole. */
function sendFile(file: Uint8Array, req: IncomingMessage, res: ServerResponse): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? '')
  const start = Number(range?.[1] ?? 0)
  const end = range?.[2] ? Number(range[2]) + 1 : file.length
  const part = file.subarray(start, end)
  res.writeHead(range ? 206 : 200, {
    'content-type': 'video/mp4',
    'content-length': part.length,
    'accept-ranges': 'bytes',
    ...(range ? { 'content-range': `bytes ${start}-${start + part.length - 1}/${file.length}` } : {})
  })
  res.end(req.method === 'HEAD' ? undefined : part)
}
