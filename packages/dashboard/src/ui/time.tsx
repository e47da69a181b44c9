import { useEffect, useState } from 'react'
import { formatSpan } from './format.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options)
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
    formats.set(key, made)
  }
  return made
}

/** The day's `2026-11-22` in that zone. */
export const dayOf = (at: Date, zone: string): string =>
  format(zone, { dateStyle: 'short' }).format(at).split('/').reverse().join('-')

/** `Sun 22 Nov, 14:30`; with the year when it is not this one. */
export function formatDateTime(value: string | Date, zone: string): string {
  const at = new Date(value)
  const isThisYear = dayOf(at, zone).slice(0, 4) === dayOf(new Date(), zone).slice(0, 4)
  return format(zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit'
  }).format(at)
}

/** `Sun 22 Nov`. */
export const formatDay = (value: string | Date, zone: string): string =>
  format(zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(value))

/** `14:30`. */
export const formatTime = (value: string | Date, zone: string): string =>
  format(zone, { hour: '2-digit', minute: '2-digit' }).format(new Date(value))

/** `14:30:07`, for journals. */
export const formatClockTime = (value: string, zone: string): string =>
  format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(value))

/** `UTC+1`, as it is at that time. */
export function zoneName(value: string | Date, zone: string): string {
  const parts = format(zone, { timeZoneName: 'shortOffset' }).formatToParts(new Date(value))
  return (
    parts
      .find(part => part.type === 'timeZoneName')
      ?.value.replace(/^GMT([+-]0)?$/, 'UTC')
      .replace('GMT', 'UTC') ?? zone
  )
}

/** `Europe/Berlin, UTC+1`; `UTC` is said once. */
export const zoneWords = (zone: string, name: string): string =>
  zone === 'UTC' || zone === 'Etc/UTC' ? 'UTC' : `${zone}, ${name}`

/** A moment in the workspace's zone, with the zone; the exact instant on hover. */
export function Time({
  value,
  zone,
  hasZone = true
}: {
  readonly value: string
  readonly zone: string
  readonly hasZone?: boolean
}) {
  return (
    <time dateTime={value} title={`${value} · ${zone}`} className="whitespace-nowrap">
      {formatDateTime(value, zone)}
      {hasZone && <span className="text-soft"> {zoneName(value, zone)}</span>}
    </time>
  )
}

/** `3 min ago`, `in 2 h 10 min`; counts on by itself. */
export function Ago({ value }: { readonly value: string }) {
  const [now, setNow] = useState(() => Date.now())
  const seconds = (Date.parse(value) - now) / 1000
  const isClose = Math.abs(seconds) < 90
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), isClose ? 1000 : 20_000)
    return () => clearInterval(timer)
  }, [isClose])
  const span = formatSpan(Math.abs(seconds))
  return (
    <time dateTime={value} title={value} className="whitespace-nowrap">
      {Math.abs(seconds) < 1 ? 'now' : seconds < 0 ? `${span} ago` : `in ${span}`}
    </time>
  )
}
