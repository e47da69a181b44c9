import type { Fault, ProblemCode } from './contract.ts'

/** What the server refused, or could not do: RFC 9457. `code` is the stable word to decide by. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly status: number
  /** `unknown_answer`: something in between answered, not the server. */
  readonly code: ProblemCode | 'unknown_answer'
  readonly title: string
  /** What to do, in the reader's words. */
  readonly detail: string
  readonly errors: readonly Fault[]
  /** Quote it when you ask for help. */
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** All members of the answer: some problems tell more than these fields, such as `resetsAt`. */
  readonly body: Readonly<Record<string, unknown>>

  constructor(status: number, headers: { get(name: string): string | null }, text: string) {
    const body = parseObject(text)
    const code = typeof body?.code === 'string' ? (body.code as ProblemCode) : 'unknown_answer'
    const title = typeof body?.title === 'string' ? body.title : `HTTP status ${status}`
    const detail =
      typeof body?.detail === 'string' ? body.detail : `The answer with status ${status} did not come from Upload24.`
    super(`${title}: ${detail}`)
    this.status = status
    this.code = code
    this.title = title
    this.detail = detail
    this.errors = Array.isArray(body?.errors) ? (body.errors as Fault[]) : []
    this.requestId = headers.get('x-request-id') ?? undefined
    const wait = headers.get('retry-after')
    this.retryAfterSeconds = wait !== null && /^\d+$/.test(wait) ? Number(wait) : undefined
    this.body = body ?? {}
  }
}

/** No answer came: the network, or the server, was away. Whether the request had an effect is not known. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'

  constructor(cause: unknown) {
    super(`No answer came: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** The file cannot be read any more. */
export class SourceError extends Error {
  override readonly name = 'SourceError'

  constructor(cause: unknown) {
    super('The file cannot be read any more: it was changed, moved or deleted. Choose it again.', { cause })
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
