import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'

export interface Reply {
  readonly status: number
  readonly statusText?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
  body: JSON.stringify(value)
})

/** `cutAfter`: only so many bytes of the whole answer, head included, and then the connection is gone. */
export function sendReply(res: ServerResponse, reply: Reply, cutAfter?: number): void {
  const text = reply.statusText ?? STATUS_CODES[reply.status] ?? 'Unknown'
  const body = Buffer.from(reply.body ?? '')
  const headers = { ...reply.headers, 'content-length': String(body.length) }
  if (cutAfter === undefined) {
    res.writeHead(reply.status, text, headers)
    res.end(body)
    return
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const raw = Buffer.concat([Buffer.from(`HTTP/1.1 ${reply.status} ${text}\r\n${lines.join('')}\r\n`), body])
  const { socket } = res
  if (cutAfter === 0) socket?.destroy()
  else socket?.write(raw.subarray(0, cutAfter), () => socket.destroy())
}

/** A small body as text. Throws a RangeError above `max` bytes. */
export async function readText(req: IncomingMessage, max = 2 ** 20): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of req) {
    size += part.length
    if (size > max) throw new RangeError('the body is too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** The first bytes of a stream, which then breaks: what a lost connection leaves. */
export async function* onlyFirst(stream: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes
  for await (const part of stream) {
    if (part.length >= left) {
      if (left > 0) yield part.subarray(0, left)
      throw new Error('the connection was dropped')
    }
    left -= part.length
    yield part
  }
}
