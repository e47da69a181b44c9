import { type HostMap, locate, realHost, redact } from './addresses.ts'
import type { Answer, Body, Connector, Host, Http, Refusal } from './connector.ts'
import { exchange, type Fence, NotSent } from './exchange.ts'
import { houseRule, Refused, unreachable } from './failures.ts'
import type { Network } from './network.ts'

/** One line of the journal. No secrets: `path` is redacted. `error` is a word, never a platform's text. */
export interface Exchange {
  /** The platform's own name of it, also where a sandbox stands in. */
  readonly host: string
  readonly method: string
  readonly path: string
  readonly status?: number
  readonly ms: number
  readonly error?: string
  /** The platform's own id of this exchange, for its support. */
  readonly requestId?: string
  /** Of the file, as announced. */
  readonly bytes?: number
}

export interface HttpSetup {
  readonly network: Network
  readonly connector: Pick<Connector, 'name' | 'classify' | 'refuses'>
  readonly hosts: Readonly<Record<string, Host>>
  readonly map?: HostMap
  readonly call: Refusal['call']
  /** The call may make the post, so an unclear answer is `unknown`. */
  readonly commits: boolean
  /** The database's clock. */
  readonly now: Date
  readonly fence: Fence
  /** The current access token. */
  readonly token?: () => Promise<string>
  /** A newer one, after a 401 of a bearer host. Throws Refused when there is none. */
  readonly renew?: (used: string) => Promise<string>
  readonly onExchange?: (exchange: Exchange) => void
  /** Every answer, refusals too, before it is judged: for `connector.pace`. */
  readonly onAnswer?: (answer: Answer) => void
}

type Init = NonNullable<Parameters<Http>[2]>

/** The exchange function of one step. It throws Refused, Lost, or what the fence throws before the first byte. */
export function openHttp(setup: HttpSetup): Http {
  return async (name, path, init = {}) => {
    const host = setup.hosts[name]
    if (!host) throw new Error(`the connector names no host "${name}"`)
    const token = host.token === 'none' ? undefined : await setup.token?.()
    const first = await once(setup, host, path, init, token)
    if (first.status !== 401 || init.expect?.includes(401)) return settle(setup, name, first, init)
    if (host.token !== 'bearer' || !setup.renew || token === undefined) return settle(setup, name, first, init)
    // A 401 is a plain refusal and bodies give fresh streams, so one repeat with a new token cannot double anything.
    const renewed = await setup.renew(token)
    return settle(setup, name, await once(setup, host, path, init, renewed), init)
  }
}

async function once(
  setup: HttpSetup,
  host: Host,
  path: string | URL,
  init: Init,
  token: string | undefined
): Promise<Answer> {
  const url = locate(host, path, setup.map ?? {}, token)
  const method = init.method ?? (init.body === undefined ? 'GET' : 'POST')
  const type = typeof init.body === 'object' ? { 'content-type': init.body.contentType } : {}
  const headers = { ...type, ...lowerCase(init.headers ?? {}), ...authorization(host, token) }
  const began = performance.now()
  const bytes = typeof init.body === 'object' ? { bytes: init.body.bytes } : {}
  const note = (rest: Pick<Exchange, 'status' | 'error' | 'requestId'>): void =>
    setup.onExchange?.({
      host: realHost(host, path, setup.map ?? {}),
      method,
      path: redact(url, token),
      ms: Math.round(performance.now() - began),
      ...bytes,
      ...rest
    })
  try {
    const dispatcher = setup.network.dispatcher(url.origin)
    const answer = await exchange({ dispatcher, url, method, headers, body: init.body, fence: setup.fence })
    note({ status: answer.status, ...requestId(answer.headers) })
    setup.onAnswer?.(answer)
    return absolute(answer, url)
  } catch (error) {
    note({ error: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 80) : 'unknown error' })
    if (error instanceof NotSent) throw new Refused(unreachable(setup.connector.name), undefined, error)
    throw error
  }
}

/** Where platforms put the id of a request. None of them lets anybody in. */
const ID_HEADERS = [
  'x-request-id',
  'request-id',
  'x-goog-request-id',
  'x-fb-request-id',
  'x-fb-trace-id',
  'x-tt-logid',
  'x-li-uuid',
  'x-transaction-id',
  'x-amzn-requestid',
  'x-correlation-id',
  'x-trace-id'
]

function requestId(headers: Headers): Pick<Exchange, 'requestId'> {
  const id = ID_HEADERS.map(name => headers.get(name)).find(
    value => value !== null && /^[\w.:=+/-]{1,128}$/.test(value)
  )
  return id ? { requestId: id } : {}
}

/** An answer is returned below 300, or when it is expected, and holds no error. All else is classified and thrown. */
function settle(setup: HttpSetup, host: string, answer: Answer, init: Init): Answer {
  const { connector, commits, now } = setup
  const isFine = answer.status < 300 || init.expect?.includes(answer.status)
  if (isFine && !connector.refuses?.(answer)) return answer
  const refusal: Refusal = { ...answer, call: setup.call, host }
  const failure = connector.classify(refusal, now) ?? houseRule(refusal, connector.name, commits, now)
  throw new Refused(failure, answer.status)
}

/** A relative Location is resolved here, where the request's address is known. */
function absolute(answer: Answer, url: URL): Answer {
  const location = answer.headers.get('location')
  if (location !== null && URL.canParse(location, url.href)) answer.headers.set('location', new URL(location, url).href)
  return answer
}

function authorization(host: Host, token: string | undefined): Record<string, string> {
  if (host.token === 'dpop') throw new Error('this host wants proofs of possession, which are not spoken here')
  if (token === undefined || host.token === 'none' || host.token === 'path') return {}
  return { authorization: `${host.token === 'oauth' ? 'OAuth' : 'Bearer'} ${token}` }
}

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** A chunk as it is. */
export const plain = (
  chunk: { readonly start: number; readonly end: number; body(): AsyncIterable<Uint8Array> },
  contentType: string
): Body => ({ contentType, bytes: chunk.end - chunk.start, stream: () => chunk.body() })

/** `multipart/form-data`: the fields, then one file. `boundary` must not occur in any of them: use the post's marker. */
export function multipart(
  boundary: string,
  fields: Readonly<Record<string, string>>,
  file: { readonly name: string; readonly fileName: string; readonly body: Body }
): Body {
  const quoted = (text: string): string => text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  const head = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`
  )
  const open = `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(file.name)}"; filename="${quoted(file.fileName)}"\r\ncontent-type: ${file.body.contentType}\r\n\r\n`
  const before = Buffer.from(head.join('') + open)
  const after = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: before.length + file.body.bytes + after.length,
    async *stream() {
      yield before
      yield* file.body.stream()
      yield after
    }
  }
}

/** `multipart/related`: metadata as JSON, then one file. `boundary` must not occur in either: use the post's marker. */
export function related(boundary: string, metadata: unknown, file: Body): Body {
  const json = `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(metadata)}\r\n`
  const before = Buffer.from(`${json}--${boundary}\r\ncontent-type: ${file.contentType}\r\n\r\n`)
  const after = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    contentType: `multipart/related; boundary=${boundary}`,
    bytes: before.length + file.bytes + after.length,
    async *stream() {
      yield before
      yield* file.stream()
      yield after
    }
  }
}

/** Where the next chunk ends. `short`: the last one is the rest. `long`: what would be a short last one is added to the one before. */
export function chunkEnd(sent: number, total: number, size: number, last: 'short' | 'long'): number {
  const end = Math.min(sent + size, total)
  return last === 'long' && total - end < size ? total : end
}
