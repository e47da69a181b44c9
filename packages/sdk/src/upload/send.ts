import { ConnectionError } from '../errors.ts'

/** One PUT of a piece of the file to its signed address. */
export interface PieceRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Blob
  readonly signal: AbortSignal
  /** Bytes that have left, of this try. */
  onProgress(bytes: number): void
}

export interface PieceResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly text: string
}

/** Throws ConnectionError when no answer comes, and the signal's reason. */
export type Send = (request: PieceRequest) => Promise<PieceResponse>

/** What is read from the file at once. */
const SLICE = 2 ** 18

/** Browsers tell of progress only here; `fetch` has none for what it sends. */
interface Xhr {
  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null }
  readonly status: number
  readonly responseText: string
  onload: (() => void) | null
  onerror: (() => void) | null
  onabort: (() => void) | null
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  getResponseHeader(name: string): string | null
  send(body: Blob): void
  abort(): void
}

/** The way of this platform: XMLHttpRequest where there is one, else `fetch` with a stream that is counted. */
export function chooseSend(): Send {
  const { XMLHttpRequest } = globalThis as { XMLHttpRequest?: new () => Xhr }
  return XMLHttpRequest ? request => sendByXhr(new XMLHttpRequest(), request) : sendByFetch
}

export function sendByXhr(xhr: Xhr, { url, headers, body, signal, onProgress }: PieceRequest): Promise<PieceResponse> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = () => xhr.abort()
    signal.addEventListener('abort', stop, { once: true })
    const settled = () => signal.removeEventListener('abort', stop)
    xhr.upload.onprogress = ({ loaded }) => onProgress(loaded)
    xhr.onload = () => {
      settled()
      const get = (name: string) => xhr.getResponseHeader(name)
      resolve({ status: xhr.status, headers: { get }, text: xhr.responseText })
    }
    xhr.onerror = () => {
      settled()
      reject(new ConnectionError('the line broke'))
    }
    xhr.onabort = () => reject(signal.reason)
    xhr.open('PUT', url)
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value)
    xhr.send(body)
  })
}

export async function sendByFetch({ url, headers, body, signal, onProgress }: PieceRequest): Promise<PieceResponse> {
  try {
    const response = await fetch(url, {
      method: 'PUT',
      // A stream has no length of its own, and object stores take none without.
      headers: { ...headers, 'content-length': String(body.size) },
      body: countedStream(body, onProgress),
      duplex: 'half',
      signal
    } as RequestInit)
    return { status: response.status, headers: response.headers, text: await response.text() }
  } catch (error) {
    signal.throwIfAborted()
    throw new ConnectionError(error)
  }
}

/** Reads no further than was taken: the file is never held in memory. */
function countedStream(body: Blob, onProgress: (bytes: number) => void): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream(
    {
      async pull(controller) {
        const slice = await body.slice(at, at + SLICE).arrayBuffer()
        onProgress(at)
        at += slice.byteLength
        if (slice.byteLength > 0) controller.enqueue(new Uint8Array(slice))
        if (at >= body.size || slice.byteLength === 0) controller.close()
      }
    },
    { highWaterMark: 0 }
  )
}

/** Cuts a sending that makes no headway for so many seconds, as a line that broke without a word. */
export const withoutStalling =
  (send: Send, seconds: number): Send =>
  async request => {
    const stalled = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const watch = () => {
      clearTimeout(timer)
      // What was read ahead may be told of after the answer.
      if (!isOver) timer = setTimeout(() => stalled.abort(), seconds * 1000)
    }
    watch()
    try {
      return await send({
        ...request,
        signal: AbortSignal.any([request.signal, stalled.signal]),
        onProgress(bytes) {
          watch()
          request.onProgress(bytes)
        }
      })
    } catch (error) {
      if (!stalled.signal.aborted || request.signal.aborted) throw error
      throw new ConnectionError(`nothing moved for ${seconds} s`)
    } finally {
      isOver = true
      clearTimeout(timer)
    }
  }
