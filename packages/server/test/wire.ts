import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from './processes.ts'

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

interface Hold {
  readonly what: 'question' | 'answer'
  readonly kept: Seen[]
  readonly released: Promise<void>
  isWished(one: Seen): boolean
}

/** A recorder in front of the API. It hands everything on as it comes, and keeps what was said to the sandbox's platforms. */
export async function openWire(target: string) {
  const seen: Seen[] = []
  const holds = new Set<Hold>()

  const server = createServer((req, res) => {
    const one = note(req)
    void held('question', one).then(() => res.destroyed || pass(req, res, one))
  })
  server.requestTimeout = 0
  // Whoever sends on a connection that idled must not find it closed: the API, whose headers they are told, keeps it longer.
  server.keepAliveTimeout = 0
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
    return one
  }

  async function held(what: Hold['what'], one: Seen | undefined): Promise<void> {
    if (!one) return
    const find = () => [...holds].find(each => each.what === what && each.isWished(one))
    for (let hold = find(); hold; hold = find()) {
      hold.kept.push(one)
      await hold.released
    }
  }

  function pass(req: IncomingMessage, res: ServerResponse, one: Seen | undefined): void {
    const { method, headers } = req
    const onward = request(`${target}${req.url}`, { method, headers, agent: false } as object, async answer => {
      if (one) one.status = answer.statusCode
      answer.on('error', () => res.destroy())
      await held('answer', one)
      if (res.destroyed) return
      res.writeHead(answer.statusCode ?? 502, answer.headers)
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
    /** Waits for an exchange that begins from now on, or, with `from`, from that place in `seen`. */
    async next(isWished: (one: Seen) => boolean, from = seen.length): Promise<Seen> {
      const find = () => seen.slice(from).find(isWished)
      await until(
        () => find() !== undefined,
        'such an exchange',
        () => `seen: ${JSON.stringify(seen)}`
      )
      return find() as Seen
    },
    /**
     * Keeps the answers to the exchanges that fit, or the questions themselves, until `release`: that long the step is
     * under way, however late a test does what it has to do meanwhile. `kept`: those that wait, or have waited.
     */
    hold(isWished: (one: Seen) => boolean, what: Hold['what'] = 'answer') {
      const { promise: released, resolve } = Promise.withResolvers<void>()
      const hold: Hold = { isWished, what, kept: [], released }
      holds.add(hold)
      const release = () => {
        holds.delete(hold)
        resolve()
      }
      const { kept } = hold
      return { kept, release, isReached: () => until(() => kept.length > 0, 'the exchange to be held') }
    },
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    }
  }
}
