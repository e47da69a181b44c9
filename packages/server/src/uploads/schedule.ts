import type { Adjustment } from '@upload24/connectors'
import type { Fault } from '@upload24/contract'
import { Temporal } from 'temporal-polyfill'

const YEAR = 365 * 86_400_000

export interface Schedule {
  /** Null: now. */
  readonly at: Date | null
  readonly timezone: string | null
  readonly adjustments: readonly Adjustment[]
}

export const NOW: Schedule = { at: null, timezone: null, adjustments: [] }

type Reading = { readonly schedule: Schedule } | { readonly fault: Fault }

/** An instant with an offset, or a local time in an IANA zone; later than `now` and at most 365 days ahead. */
export function readSchedule(scheduledOn: string | undefined, timezone: string | undefined, now: Date): Reading {
  if (scheduledOn === undefined) {
    return timezone === undefined
      ? { schedule: NOW }
      : refuse('timezone', 'not_used', 'is read together with scheduledOn only; send both or neither')
  }
  if (timezone !== undefined && !isZone(timezone)) {
    return refuse('timezone', 'invalid_value', 'is no IANA time zone; an example is Europe/Berlin')
  }
  const read = hasOffset(scheduledOn) ? readInstant(scheduledOn) : readLocal(scheduledOn, timezone, now)
  if ('fault' in read) return read
  const { at, adjustments } = read
  if (at.getTime() <= now.getTime()) return past(now)
  const last = new Date(now.getTime() + YEAR)
  if (at.getTime() > last.getTime()) {
    return refuse('scheduledOn', 'too_far', `may be at most 365 days ahead: ${last.toISOString()}`, last.toISOString())
  }
  return { schedule: { at, timezone: timezone ?? null, adjustments } }
}

type Instant = { readonly at: Date; readonly adjustments: readonly Adjustment[] } | { readonly fault: Fault }

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i
const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?$/i

const hasOffset = (text: string) => /T.*(Z|[+-]\d\d:?\d\d)$/i.test(text)

function readInstant(text: string): Instant {
  try {
    if (!INSTANT.test(text)) throw new RangeError()
    return { at: new Date(Temporal.Instant.from(text).epochMilliseconds), adjustments: [] }
  } catch {
    return malformed()
  }
}

/** A time that the clocks skip is refused with its neighbours; of one that comes twice the first is meant, and said. */
function readLocal(text: string, timezone: string | undefined, now: Date): Instant {
  if (!LOCAL.test(text)) return malformed()
  if (timezone === undefined) {
    return refuse(
      'scheduledOn',
      'zone_missing',
      'has no offset: end it with Z or an offset such as +02:00, or send timezone too'
    )
  }
  let local: Temporal.PlainDateTime
  try {
    local = Temporal.PlainDateTime.from(text)
  } catch {
    return malformed()
  }
  const earlier = local.toZonedDateTime(timezone, { disambiguation: 'earlier' })
  const later = local.toZonedDateTime(timezone, { disambiguation: 'later' })
  const at = new Date(earlier.epochMilliseconds)
  if (earlier.equals(later)) return { at, adjustments: [] }
  const isSkipped = !earlier.toPlainDateTime().equals(local)
  if (!isSkipped) {
    return {
      at,
      adjustments: [{ field: 'scheduledOn', rule: 'occurs_twice_first_is_meant', applied: at.toISOString() }]
    }
  }
  if (later.epochMilliseconds <= now.getTime()) return past(now)
  const neighbours = [earlier, later].map(z => z.toString({ timeZoneName: 'never' })).join(' or ')
  return refuse(
    'scheduledOn',
    'skipped_by_clock_change',
    `does not exist in ${timezone}, where the clocks are put forward; send ${neighbours}`
  )
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

const past = (now: Date) => refuse('scheduledOn', 'in_the_past', `must be later than now, ${now.toISOString()}`)

const malformed = () =>
  refuse('scheduledOn', 'invalid_format', 'is no RFC 3339 time; an example is 2027-04-18T09:30:00Z')

const refuse = (path: string, code: string, message: string, limit?: string): { fault: Fault } => ({
  fault: { path, code, message, ...(limit === undefined ? {} : { limit }) }
})
