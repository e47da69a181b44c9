import type { Failure, Refusal } from './connector.ts'

/** A plain refusal: the platform said no, or no byte left. Nothing was made by this exchange, unless the kind is `unknown`. */
export class Refused extends Error {
  readonly failure: Failure
  readonly status: number | undefined

  constructor(failure: Failure, status?: number, cause?: unknown) {
    super(failure.code, { cause })
    this.name = 'Refused'
    this.failure = failure
    this.status = status
  }
}

/** The exchange began and was not answered: it may have worked. */
export class Lost extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'Lost'
  }
}

/** What a refusal means when the connector has no word for it. `commits`: the exchange may have made the post. */
export function houseRule(refusal: Refusal, name: string, commits: boolean, now: Date): Failure {
  const { status } = refusal
  const after = retryAfter(refusal.headers, now)
  const later = after === undefined ? {} : { after }
  if (status === 401) {
    const message = `${name} does not accept the sign-in any more. Link the account again.`
    return { kind: 'relink', scope: 'account', code: 'sign_in_expired', message }
  }
  if (status === 429) {
    const message = `${name} asks us to slow down.`
    return { kind: 'retry', scope: 'account', code: 'rate_limited', message, after: after ?? 60 }
  }
  if (status === 408 || status >= 500 || status < 400) {
    const message = `${name} could not answer (${status}).`
    return { kind: commits ? 'unknown' : 'retry', scope: 'delivery', code: 'platform_error', message, ...later }
  }
  return {
    kind: 'permanent',
    scope: 'delivery',
    code: 'platform_refused',
    message: `${name} refused the request (${status}).`
  }
}

/** No connection was made, so nothing was sent. */
export const unreachable = (name: string): Failure => ({
  kind: 'retry',
  scope: 'delivery',
  code: 'platform_unreachable',
  message: `${name} could not be reached.`
})

/** Seconds of a Retry-After header, which is a number or a date. */
export function retryAfter(headers: Headers, now: Date): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  if (/^\d+$/.test(value)) return Number(value)
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now.getTime()) / 1000))
}

/** Seconds until the next midnight of an IANA zone, over any change of its offset. Between 1 and 90,000. */
export function secondsToMidnight(zone: string, now: Date): number {
  const today = wallClock(zone, now)
  const midnight = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + 1)
  // The offset at midnight may differ from today's: correct the guess by what the zone's clock shows there.
  let guess = midnight - (today.getTime() - now.getTime())
  for (let i = 0; i < 2; i++) guess += midnight - wallClock(zone, new Date(guess)).getTime()
  return Math.max(1, Math.ceil((guess - now.getTime()) / 1000))
}

/** The zone's wall clock at an instant, written as if it were UTC. */
export function wallClock(zone: string, at: Date): Date {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric'
  })
  const part = Object.fromEntries(format.formatToParts(at).map(p => [p.type, Number(p.value)]))
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second, at.getUTCMilliseconds()))
}
