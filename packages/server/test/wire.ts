import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One exchange with the sandbox as it was seen on the wire. */
export interface Seen {
  readonly at: number
  readonly method: string
  /** Path and query, without the sandbox's prefix: `www.googleapis.com/upload/…`. */
  readonly path: string
  /** Of a chunk: [start, end). */
  readonly range: { readonly start: number; readonly end: number } | undefined
  /** Bytes of the body that came through. */
  bytes: number
  status: number | undefined
  endedAt: number | undefined
}

export type Wire = Awaited<ReturnType<typeof openWire>>

/** A recorder in front of the API. It hands everything on as it comes, and keeps what was said to the sandbox's platforms. */
export async function openWire(target: string) {
  const seen: Seen[] = []
  let wake = () => {}

  const server = createServer((req, res) => pass(req, res, note(req)))
  server.requestTimeout = 0
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  function note(req: IncomingMessage): Seen | undefined {
    const path = /^\/sandbox\/[^/]+\/h\/(.*)$/.exec(req.url ?? '')?.[1]
    if (path === undefined) return undefined
    const [, start, last] = /^bytes (\d+)-(\d+)\//.exec(req.headers['content-range'] ?? '') ?? []
    const range = start === undefined ? undefined : { start: Number(start), end: Number(last) + 1 }
    const one: Seen = {
      at: performance.now(),
      method: req.method ?? '',
      path,
      range,
      bytes: 0,
      status: undefined,
      endedAt: undefined
    }
    seen.push(one)
    wake()
    return one
  }

  function pass(req: IncomingMessage, res: ServerResponse, one: Seen | undefined): void {
    const { method, headers } = req
    const onward = request(`${target}${req.url}`, { method, headers, agent: false } as object, answer => {
      if (one) one.status = answer.statusCode
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('error', () => res.destroy())
      // An answer may come before the end of the body, which nobody wants then.
      answer.on('end', () => req.unpipe(onward).resume())
      answer.pipe(res)
    })
    if (one) req.on('data', (part: Buffer) => (one.bytes += part.length))
    // Whoever breaks off, here or there, the other side sees it.
    onward.on('error', () => res.destroy())
    req.on('error', () => onward.destroy())
    res.on('close', () => {
      if (one) one.endedAt = performance.now()
      if (!res.writableEnded) onward.destroy()
    })
    req.pipe(onward)
  }

  return {
    base,
    seen,
    /** Waits for an exchange that begins from now on, or, with `from`, from that place in `seen`; 20 s at most. */
    async next(isWished: (one: Seen) => boolean, from = seen.length): Promise<Seen> {
      const giveUpAt = performance.now() + 20_000
      for (;;) {
        const found = seen.slice(from).find(isWished)
        if (found) return found
        if (performance.now() > giveUpAt) throw new Error(`no such exchange in 20 s; seen: ${JSON.stringify(seen)}`)
        await new Promise<void>(resolve => {
          wake = resolve
          setTimeout(resolve, 100).unref()
        })
      }
    },
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    }
  }
}
