import { type Exchange, type Failure, type HostMap, Lost, Refused } from '@upload24/connectors'
import { LeaseLost } from './engine.ts'
import type { Call, Next } from './machine.ts'

/** What a step asked of the platform and what came of it, kept until the step is saved. No secrets. */

export type Verdict = 'answered' | 'refused' | 'lost' | 'began' | 'waits' | 'ended'

export interface Entry {
  /** Null: nothing was asked. */
  readonly call: Call | 'renew' | null
  readonly method: string | null
  readonly host: string | null
  readonly path: string | null
  readonly status: number | null
  readonly requestId: string | null
  readonly ms: number | null
  readonly bytes: number | null
  readonly verdict: Verdict
  readonly code: string | null
  readonly message: string | null
  /** Monotonic: when it began. */
  readonly began: number
}

export interface Journal {
  exchanged(call: Call, exchange: Exchange, map: HostMap): void
  /** A token was asked for, before an exchange or because of its refusal. */
  renewed(exchange: Exchange, map: HostMap): void
  /** How the connector's request ended; without an error it was answered. Nothing need have been exchanged for it. */
  judge(call: Call, error?: unknown): void
  /** All entries of the step that led from `before` to `next`, and forgets them. */
  take(before: Failure | null, next: Next): Entry[]
}

export function openJournal(): Journal {
  let entries: Entry[] = []
  let isOpen = false

  const push = (call: Call | 'renew', { host, method, path, status, ms, requestId, bytes }: Exchange, map: HostMap) =>
    entries.push({
      ...nothingAsked,
      call,
      method,
      host,
      path: plainPath(withoutBase(path, map)),
      status: status ?? null,
      requestId: requestId ?? null,
      ms,
      bytes: bytes ?? null,
      verdict: status === undefined ? 'lost' : 'answered',
      began: performance.now() - ms
    })
  const changeLast = (to: Partial<Entry>) => {
    const last = entries.pop()
    if (last) entries.push({ ...last, ...to })
  }
  return {
    exchanged(call, exchange, map) {
      if (isOpen) changeLast({ verdict: 'refused', message: 'The token was not accepted. A newer one was taken.' })
      isOpen = true
      push(call, exchange, map)
    },
    renewed(exchange, map) {
      if (isOpen) changeLast({ verdict: 'refused', message: 'The token was not accepted.' })
      isOpen = false
      // Some platforms take the token and the app's secret in the query.
      const [path = ''] = exchange.path.split('?')
      push('renew', { ...exchange, path }, map)
      if ((exchange.status ?? 0) >= 400) changeLast({ verdict: 'refused' })
    },
    judge(call, error) {
      const wasOpen = isOpen
      isOpen = false
      if (error === undefined || error instanceof LeaseLost) return
      const came = verdictOf(error)
      if (wasOpen) changeLast(came)
      else entries.push({ ...nothingAsked, call, ...came, began: performance.now() })
    },
    take(before, { delivery: { failure, status } }) {
      const isNew = failure !== null && failure !== before
      if (isNew && !entries.some(each => each.code === failure.code)) {
        const told = { code: failure.code, message: failure.message }
        // An answer that the connector read as a refusal.
        const last = entries.at(-1)
        if (last?.verdict === 'answered' && last.call !== 'renew') changeLast({ verdict: 'refused', ...told })
        else {
          const verdict = status === 'running' ? 'waits' : 'ended'
          entries.push({ ...nothingAsked, verdict, ...told, began: performance.now() })
        }
      }
      const taken = entries
      entries = []
      isOpen = false
      return taken
    }
  }
}

const nothingAsked = {
  call: null,
  method: null,
  host: null,
  path: null,
  status: null,
  requestId: null,
  ms: null,
  bytes: null,
  code: null,
  message: null
}

function verdictOf(error: unknown): Pick<Entry, 'verdict' | 'code' | 'message'> {
  if (!(error instanceof Refused)) return { verdict: 'lost', code: error instanceof Lost ? null : 'bug', message: null }
  const { kind, code, message } = error.failure
  return { verdict: kind === 'unknown' ? 'lost' : 'refused', code, message }
}

/** A sandbox stands at an address of ours; what is told is what the platform would have been asked. */
function withoutBase(path: string, map: HostMap): string {
  const bases = Object.values(map).map(base => new URL(base).pathname.replace(/\/+$/, ''))
  const base = bases.find(each => each !== '' && path.startsWith(`${each}/`))
  return base === undefined ? path : path.slice(base.length)
}

/**
 * Names, numbers and short ids stay; all else may be what lets somebody in: addresses of upload sessions carry their secret
 * in any part of them.
 */
export function plainPath(path: string): string {
  const [plain = '', ...query] = path.split('?')
  const segments = plain.split('/').map(each => (each === '' || isPlain(each) ? each : '***'))
  const pairs = query
    .join('?')
    .split('&')
    .filter(pair => pair !== '')
    .map(pair => {
      const [name = '', ...value] = pair.split('=')
      const isShown = value
        .join('=')
        .split(/[,{}()]/)
        .every(each => each === '' || isPlain(each))
      return `${isPlain(name) ? name : '***'}=${isShown ? value.join('=') : '***'}`
    })
  return (segments.join('/') + (pairs.length > 0 ? `?${pairs.join('&')}` : '')).slice(0, 300)
}

const isPlain = (text: string): boolean =>
  /^[a-z]{1,20}([._-]{1,2}[a-z]{1,20})*$/i.test(text) || /^\d{1,20}$/.test(text) || /^[\w.-]{1,12}$/.test(text)
