import type { Dispatcher } from 'undici'
import { type FetchFailed, final, MustRestart, passing } from './failures.ts'
import { nameOf, typeOf } from './naming.ts'
import { type Answered, request, type Source, textOf, unreachable } from './request.ts'

/** Failures in a row, without progress worth the name between them. */
const MAX_FAILURES = 4
/** Seconds before the second, third … try: four times as long each time. */
const FIRST_WAIT = 1
const MAX_WAIT = 60
const PROGRESS = 4 << 20

export interface Fetching extends Source {
  readonly maxBytes: number
  /** Before each request. */
  readonly onRequest: () => void
  readonly onBytes: (received: number, total: number | null) => void
  /** Seconds. Ends early, with the signal's reason, when the signal does. */
  readonly sleep: (seconds: number) => Promise<void>
}

export interface Fetched {
  /** As the other server, or else the address, names it. */
  readonly name: string
  /** As the other server declares it, without parameters; empty when it does not. */
  readonly type: string
  readonly body: AsyncGenerator<Buffer>
}

/**
 * The file behind an address. `body` continues where a connection broke, with Range and If-Range; it throws MustRestart
 * where the other server cannot do that, and FetchFailed at the end of all tries.
 */
export async function fetchFile(source: Fetching): Promise<Fetched> {
  const tries = countTries(source)
  const first = await tries.run(async () => {
    const answered = await request(source, {})
    return { ...answered, total: readWhole(answered, source.maxBytes) }
  })
  return {
    name: nameOf(first.url, first.response.headers),
    type: typeOf(first.response.headers),
    body: stream(source, tries, first, first.total)
  }
}

type Tries = ReturnType<typeof countTries>

function countTries(source: Fetching) {
  let failures = 0
  const fail = async (error: unknown): Promise<void> => {
    source.signal.throwIfAborted()
    if (error instanceof MustRestart) throw error
    const failure = unreachable(error)
    if (!failure.isPassing || ++failures > MAX_FAILURES) throw failure
    const wait = FIRST_WAIT * 4 ** (failures - 1)
    await source.sleep(Math.min(MAX_WAIT, Math.max(wait, failure.after ?? 0)))
  }
  return {
    fail,
    forget: () => {
      failures = 0
    },
    async run<T>(attempt: () => Promise<T>): Promise<T> {
      for (;;) {
        try {
          source.onRequest()
          return await attempt()
        } catch (error) {
          await fail(error)
        }
      }
    }
  }
}

async function* stream(source: Fetching, tries: Tries, first: Answered, total: number | null): AsyncGenerator<Buffer> {
  const validator = validatorOf(first.response.headers)
  let { response } = first
  let received = 0
  let since = 0
  for (;;) {
    try {
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        received += chunk.length
        since += chunk.length
        if (since > PROGRESS) tries.forget()
        source.onBytes(received, total)
        yield chunk
      }
      if (total === null || received === total) return
      throw passing('source_cut', `The other server sent ${received} of ${total} bytes.`)
    } catch (error) {
      await tries.fail(error)
    }
    if (received > 0 && validator === undefined) throw new MustRestart('the other server names no version of the file')
    since = 0
    response = await tries.run(() => resume(source, received, total, validator ?? ''))
  }
}

async function resume(source: Fetching, received: number, total: number | null, validator: string) {
  const { response } = await request(source, { range: `bytes=${received}-`, 'if-range': validator })
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(textOf(response.headers['content-range']) ?? '')
  const isContinued =
    response.statusCode === 206 &&
    Number(range?.[1]) === received &&
    (total === null || range?.[2] === '*' || Number(range?.[2]) === total)
  if (isContinued) return response
  response.body.on('error', () => {}).destroy()
  throw new MustRestart('the other server does not continue the file')
}

/** The announced size of a whole file; null when it is not announced. Refuses what cannot be one. */
function readWhole({ response }: Answered, maxBytes: number): number | null {
  const { statusCode, headers } = response
  const refuse = (failure: FetchFailed): never => {
    response.body.on('error', () => {}).destroy()
    throw failure
  }
  if (statusCode !== 200)
    return refuse(final('source_refused', `The address answered ${statusCode}, which is no file.`))
  const encoding = (textOf(headers['content-encoding']) ?? 'identity').toLowerCase()
  if (encoding !== 'identity') {
    return refuse(final('source_refused', `The other server sent the file compressed (${encoding.slice(0, 40)}).`))
  }
  const length = textOf(headers['content-length'])
  const total = length === undefined ? null : Number(length)
  if (total === 0) return refuse(final('file_invalid', 'The file is empty.'))
  if (total !== null && total > maxBytes) return refuse(tooLarge(maxBytes, total))
  return total
}

export const tooLarge = (maxBytes: number, bytes?: number): FetchFailed =>
  final(
    'too_large',
    bytes === undefined
      ? `The file has more than ${maxBytes} bytes, the most that are taken.`
      : `The file has ${bytes} bytes; at most ${maxBytes} are taken.`
  )

/** RFC 9110, 13.1.5: If-Range takes a strong ETag or a date. */
function validatorOf(headers: Dispatcher.ResponseData['headers']): string | undefined {
  if (/\bnone\b/i.test(textOf(headers['accept-ranges']) ?? '')) return undefined
  const etag = textOf(headers.etag)
  return etag && !etag.startsWith('W/') ? etag : textOf(headers['last-modified'])
}
