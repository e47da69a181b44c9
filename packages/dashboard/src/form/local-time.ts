/** The local time `2026-12-01T10:00` that the zone's clocks show at an instant. */
export function localOf(value: string | Date, zone: string): string {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(new Date(value))
      .map(({ type, value: part }) => [type, part])
  )
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`
}

/** The instant at which the zone's clocks show a local time: the first of two, and none for one that they skip. */
export function instantOf(local: string, zone: string): Date | undefined {
  const asUtc = Date.parse(`${local}Z`)
  if (Number.isNaN(asUtc)) return undefined
  // No zone is further from UTC than a day: its offsets around that time are among these two.
  const candidates = [-1, 1]
    .map(days => {
      const near = asUtc + days * 86_400_000
      return asUtc - (Date.parse(`${localOf(new Date(near), zone)}Z`) - Math.floor(near / 60_000) * 60_000)
    })
    .filter(at => localOf(new Date(at), zone) === local.slice(0, 16))
  return candidates.length > 0 ? new Date(Math.min(...candidates)) : undefined
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit'
  })
  formats.set(zone, made)
  return made
}
