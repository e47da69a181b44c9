import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Answer, Body } from './connector.ts'
import { Lost } from './failures.ts'

/** The lease of the row we work for. */
export interface Fence {
  /** Throws when past the deadline: nothing may be sent any more. */
  check(): void
  /** Fires at the deadline: what is under way is cut. */
  readonly signal?: AbortSignal
}

export interface Wire {
  readonly dispatcher: Dispatcher
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Body | undefined
  readonly fence: Fence
}

/** No connection was made: not one byte left. */
export class NotSent extends Error {}

const MAX_ANSWER = 2 * 2 ** 20

/**
 * One exchange on one connection: never repeated, redirected, pipelined or moved to another connection.
 * Throws NotSent when there was no connection, Lost when it began and was not answered, and what the fence throws when it was shut.
 *
 * undici calls `onRequestStart` once a connection is open, right before it writes the head in the same turn of the loop (of a streamed body:
 * with its first chunk, in the same turn as the pull that brought it). So the fence is asked at these two points, with nothing between.
 */
export function exchange({ dispatcher, url, method, headers, body, fence }: Wire): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let started = false
    let shut: unknown
    let status = 0
    let head = new Headers()
    let size = 0
    const parts: Buffer[] = []
    let controller: Dispatcher.DispatchController | undefined
    const abort = (): void => controller?.abort(new Lost('the deadline passed'))

    const pulled = async function* (from: Body): AsyncGenerator<Uint8Array> {
      const source = from.stream()[Symbol.asyncIterator]()
      let sent = 0
      try {
        // It ends with the last byte, not with the end of the source: an answer that overtakes that end would cost the connection.
        while (sent < from.bytes) {
          const { done, value } = await source.next()
          if (done) return
          try {
            fence.check()
          } catch (error) {
            if (sent === 0) shut = error
            throw error
          }
          sent += value.length
          yield value
        }
      } finally {
        source.return?.().catch(() => {})
      }
    }
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(it) {
        if (started) throw new Lost('the connection closed before the answer')
        try {
          fence.check()
        } catch (error) {
          shut = error
          throw error
        }
        started = true
        controller = it
        fence.signal?.addEventListener('abort', abort, { once: true })
      },
      onResponseStart(_, code, fields) {
        if (code < 200) return
        status = code
        head = toHeaders(fields)
      },
      onResponseData(it, part) {
        size += part.length
        if (size > MAX_ANSWER) it.abort(new Lost('the answer is too long'))
        else parts.push(part)
      },
      onResponseEnd() {
        fence.signal?.removeEventListener('abort', abort)
        resolve({ status, headers: head, text: Buffer.concat(parts).toString('utf8') })
      },
      onResponseError(_, error) {
        fence.signal?.removeEventListener('abort', abort)
        if (shut !== undefined) reject(shut)
        else if (!started) reject(new NotSent(describe(error), { cause: error }))
        else reject(error instanceof Lost ? error : new Lost(describe(error), error))
      }
    }
    const bytes = body === undefined || typeof body === 'string' ? undefined : body.bytes
    const sent = bytes === undefined ? headers : { ...headers, 'content-length': String(bytes) }
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: method as Dispatcher.HttpMethod,
        headers: sent,
        // undici takes async iterables; its types do not say so.
        body: typeof body === 'object' ? (pulled(body) as unknown as Readable) : (body ?? null)
      },
      handler
    )
  })
}

/** A platform's or a driver's words about a connection. They hold no address of ours beyond host and port. */
function describe(error: unknown): string {
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown error'
}

function toHeaders(fields: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers()
  // A header that is not Latin-1 must not cost the answer.
  for (const [name, value] of Object.entries(fields))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && /^[\0-\xff]*$/.test(one)) headers.append(name, one)
  return headers
}
