import type { Credential } from './credential.ts'
import { ConnectionError, ProblemError } from './errors.ts'
import { backOff, wait } from './waiting.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface Asked {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | FormData
  /** Asking twice does no more than asking once: it is asked again when no answer comes. */
  readonly isRepeatable: boolean
  /** No credential is sent. */
  readonly isOpen?: boolean
  /** Seconds for one try; left out, as long as it takes. */
  readonly patience?: number
  readonly signal?: AbortSignal | undefined
}

export interface Transport {
  /** The whole body of a good answer. Throws ProblemError, ConnectionError, or the signal's reason. */
  ask(asked: Asked): Promise<string>
  /** A good answer whose body is still to be read. No second try. */
  open(asked: Asked): Promise<Response>
}

/** A wait that is longer is for the caller to decide on. Seconds. */
const LONGEST_WAIT = 30

export interface TransportOptions {
  readonly baseUrl: string
  readonly credential: Credential
  readonly fetch: Fetch
  /** How often a request that can be repeated is repeated at most. */
  readonly retries: number
}

export function createTransport({ baseUrl, credential, fetch, retries }: TransportOptions): Transport {
  const base = baseUrl.replace(/\/+$/, '')

  async function open(asked: Asked): Promise<Response> {
    const token = asked.isOpen ? undefined : await credential.read()
    const first = await send(asked, token)
    if (first.status !== 401 || asked.isOpen) return requireOk(first)
    const renewed = await credential.renew(token)
    if (renewed === undefined) return requireOk(first)
    await first.body?.cancel()
    return requireOk(await send(asked, renewed))
  }

  async function send(asked: Asked, token: string | undefined): Promise<Response> {
    const { method, path, headers, body, signal } = asked
    try {
      return await fetch(base + path, {
        method,
        headers: { accept: 'application/json', ...headers, ...(token === undefined ? {} : credential.headers(token)) },
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {})
      })
    } catch (error) {
      signal?.throwIfAborted()
      throw new ConnectionError(error)
    }
  }

  async function askOnce(asked: Asked): Promise<string> {
    const timer = new AbortController()
    const { patience } = asked
    const late = new Error(`nothing came within ${patience} s`)
    const timeout = patience === undefined ? undefined : setTimeout(() => timer.abort(late), patience * 1000)
    const signal = asked.signal ? AbortSignal.any([asked.signal, timer.signal]) : timer.signal
    try {
      const response = await open({ ...asked, signal })
      return await response.text()
    } catch (error) {
      asked.signal?.throwIfAborted()
      if (error instanceof ProblemError || error instanceof ConnectionError) throw error
      throw new ConnectionError(error)
    } finally {
      clearTimeout(timeout)
    }
  }

  async function ask(asked: Asked): Promise<string> {
    for (let failures = 0; ; failures++) {
      try {
        return await askOnce(asked)
      } catch (error) {
        if (!asked.isRepeatable || failures >= retries || !isPassing(error)) throw error
        const seconds = secondsUntilRetry(error, failures)
        if (seconds > LONGEST_WAIT) throw error
        await wait(seconds, asked.signal)
      }
    }
  }

  return { ask, open }
}

/** It may be otherwise in a moment: no answer, too many requests, or the server is not well. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  if (!(error instanceof ProblemError)) return false
  const { status, code } = error
  if (code === 'rate_limited' || code === 'too_many_streams' || code === 'idempotency_in_progress') return true
  // Somebody in between may limit requests too; quota comes back with a new month.
  if (status === 429) return code === 'unknown_answer'
  return status >= 500 && code !== 'platform_error' && code !== 'no_room'
}

/** As the server wished, else doubling with each failure. */
export function secondsUntilRetry(error: unknown, failures: number): number {
  const wished = error instanceof ProblemError ? error.retryAfterSeconds : undefined
  return wished === undefined ? backOff(failures) : wished + Math.random() / 4
}

async function requireOk(response: Response): Promise<Response> {
  if (response.ok) return response
  throw new ProblemError(response.status, response.headers, await response.text())
}
