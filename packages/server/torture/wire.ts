import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { make, passOn, readBody, type Whole } from './pass.ts'

/** One exchange with a sandbox platform as it was seen on the wire. */
export interface Seen {
  /** Milliseconds, monotonic. */
  readonly at: number
  readonly method: string
  readonly platform: string
  /** Path and query, without the sandbox's prefix: `www.googleapis.com/upload/…`. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** Bytes of the body that came through. */
  bytes: number
  status: number | undefined
}

/** Until when a request is kept; then it arrives, even when its sender is gone. Undefined: it is passed on as it comes. */
export type Hold = (exchange: Seen) => Promise<unknown> | undefined
export type Wire = Awaited<ReturnType<typeof openWire>>

/**
 * A recorder in front of the API. It hands everything on as it comes, or later where `hold` says so, and keeps what was said to the
 * sandbox's platforms.
 */
export async function openWire(target: string) {
  const wire = {
    seen: [] as Seen[],
    hold: undefined as Hold | undefined,
    /** Told of the bytes of each body on its way to the API itself. */
    counted: undefined as ((bytes: number) => void) | undefined
  }
  const server = createServer((req, res) => {
    const one = note(req)
    const until = one && wire.hold?.(one)
    if (until) void passLate(until, one, req, res).catch(() => res.destroy())
    else pass(req, res, one)
  })
  server.requestTimeout = 0
  // The most dangerous peer for a sender that slept: one that still takes what comes on an old connection.
  server.keepAliveTimeout = 0
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  function note(req: IncomingMessage): Seen | undefined {
    const [, platform = '', path] = /^\/sandbox\/([^/]+)\/h\/(.*)$/.exec(req.url ?? '') ?? []
    if (path === undefined) return undefined
    const { method = '', headers } = req
    const one = { at: performance.now(), method, platform, path, headers, bytes: 0, status: undefined }
    wire.seen.push(one)
    return one
  }

  function pass(req: IncomingMessage, res: ServerResponse, one: Seen | undefined): void {
    if (one) req.on('data', (part: Buffer) => (one.bytes += part.length))
    else if (wire.counted) req.on('data', (part: Buffer) => wire.counted?.(part.length))
    void passOn(target, req, res, undefined, status => {
      if (one) one.status = status
    })
  }

  async function passLate(
    until: Promise<unknown>,
    one: Seen,
    req: IncomingMessage,
    res: ServerResponse
  ): Promise<void> {
    // Read to its end before anything else: from here on the sender may be gone.
    const body = await readBody(req)
    one.bytes = body.length
    await until
    const answer = (await make(target, req, body)) as Whole
    one.status = answer.status
    res.writeHead(answer.status, answer.headers as string[]).end(answer.body)
  }

  return Object.assign(wire, {
    base,
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    }
  })
}
