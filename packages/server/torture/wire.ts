import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'

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

/** What becomes of an exchange instead of being passed on faithfully. */
export interface Lie {
  /** The request is kept until then, and then arrives even when its sender is gone. */
  readonly hold?: Promise<unknown>
  /** `request`: it never arrives. `answer`: it is done, and nothing is heard of it. */
  readonly drop?: 'request' | 'answer'
  /** Bytes of the answer, its head included, that still arrive. */
  readonly cutAfter?: number
  /** Another answer. `after`: the request is done all the same. */
  readonly instead?: {
    readonly status: number
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
    readonly after: boolean
  }
}

export type Interfere = (exchange: Seen, headers: IncomingMessage['headers']) => Lie | undefined
export type Wire = Awaited<ReturnType<typeof openWire>>

/**
 * A recorder in front of the API. It hands everything on as it comes, keeps what was said to the sandbox's platforms, and
 * lies about it where `interfere` says so.
 */
export async function openWire(target: string) {
  const wire = {
    seen: [] as Seen[],
    interfere: undefined as Interfere | undefined,
    /** Told of the bytes of each body on its way to the API itself. */
    counted: undefined as ((bytes: number) => void) | undefined
  }
  const server = createServer((req, res) => {
    const one = note(req)
    const lie = one && wire.interfere?.(one, req.headers)
    if (lie) void deceive(lie, one, req, res).catch(() => res.destroy())
    else pass(req, req, res, one)
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

  function pass(req: IncomingMessage, body: Readable, res: ServerResponse, one: Seen | undefined): void {
    const onward = ask(req, one, answer => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('error', () => res.destroy())
      // An answer may come before the end of the body, which nobody wants then.
      answer.on('end', () => body.unpipe(onward).resume())
      answer.pipe(res)
    })
    if (one) body.on('data', (part: Buffer) => (one.bytes += part.length))
    else if (wire.counted) body.on('data', (part: Buffer) => wire.counted?.(part.length))
    // Whoever breaks off, here or there, the other side sees it.
    onward.on('error', () => res.destroy())
    req.on('error', () => onward.destroy())
    res.on('close', () => res.writableEnded || onward.destroy())
    body.pipe(onward)
  }

  const ask = ({ method, url, headers }: IncomingMessage, one: Seen | undefined, heard: (a: IncomingMessage) => void) =>
    request(`${target}${url}`, { method, headers, agent: false } as object, answer => {
      if (one) one.status = answer.statusCode
      heard(answer)
    })

  async function deceive(lie: Lie, one: Seen, req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (lie.drop === 'request') {
      req.socket.destroy()
      return
    }
    const { instead } = lie
    // Read to its end before anything else: from here on the sender may be gone.
    const body = await buffer(req)
    one.bytes = body.length
    await lie.hold
    if (instead && !instead.after) return reply(res, instead)
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      ask(req, one, resolve).on('error', reject).end(body)
    })
    const text = await buffer(answer)
    if (lie.drop === 'answer') return void res.socket?.destroy()
    if (instead) return reply(res, instead)
    if (lie.cutAfter !== undefined) return cut(res, answer, text, lie.cutAfter)
    res.writeHead(answer.statusCode ?? 502, answer.headers).end(text)
  }

  return Object.assign(wire, {
    base,
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    }
  })
}

function reply(res: ServerResponse, { status, headers = {}, body = '' }: NonNullable<Lie['instead']>): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

/** The first bytes of an answer as they stand on the wire, and then the end of the connection. */
function cut(res: ServerResponse, answer: IncomingMessage, body: Buffer, bytes: number): void {
  const lines: string[] = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`]
  const { rawHeaders: raw } = answer
  for (let i = 0; i < raw.length; i += 2) lines.push(`${raw[i]}: ${raw[i + 1]}`)
  const whole = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body])
  const { socket } = res
  socket?.write(whole.subarray(0, bytes), () => socket.destroy())
}
