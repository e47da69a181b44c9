import { type IncomingMessage, request, type ServerResponse } from 'node:http'

export interface Whole {
  readonly status: number
  /** Name, value, name, value: as it came. */
  readonly headers: readonly string[]
  readonly body: Buffer
}

/** Hands a request on as it comes, and its answer back. Whoever breaks off, the other side sees it. */
export function passOn(
  target: string,
  req: IncomingMessage,
  res: ServerResponse,
  body?: Buffer,
  onStatus: (status: number) => void = () => {}
): Promise<void> {
  return new Promise(resolve => {
    const { method, headers } = req
    const onward = request(`${target}${req.url}`, { method, headers, agent: false } as object, answer => {
      onStatus(answer.statusCode ?? 0)
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('error', () => res.destroy())
      // An answer may come before the end of the body, which nobody wants then.
      answer.on('end', () => req.unpipe(onward).resume())
      answer.pipe(res)
    })
    onward.on('error', () => res.destroy())
    req.on('error', () => onward.destroy())
    res.on('close', () => {
      if (!res.writableEnded) onward.destroy()
      resolve()
    })
    if (body) onward.end(body)
    else req.pipe(onward)
  })
}

/** Makes the request, whoever asked for it may have gone. `only`: breaks off after so many bytes of the body; null then. */
export function make(target: string, req: IncomingMessage, body: Buffer, only?: number): Promise<Whole | null> {
  return new Promise((resolve, reject) => {
    const { method, headers } = req
    const onward = request(`${target}${req.url}`, { method, headers, agent: false } as object, answer => {
      const parts: Buffer[] = []
      answer.on('data', part => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.rawHeaders, body: Buffer.concat(parts) })
      )
    })
    if (only === undefined) {
      onward.on('error', reject)
      onward.end(body)
      return
    }
    onward.on('error', () => {})
    onward.on('close', () => resolve(null))
    // The platform has read what came when the connection is gone.
    onward.write(body.subarray(0, only), () => setTimeout(() => onward.destroy(), 50))
  })
}

export async function readBody(req: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of req) parts.push(part)
  return Buffer.concat(parts)
}
