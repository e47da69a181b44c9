const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric'
    })
    clocks.set(zone, clock)
  }
  return clock
}

/** Minutes that the zone's clock is ahead of UTC at that instant. */
function offsetAt(at: number, zone: string): number {
  const parts = clockOf(zone).formatToParts(at)
  const of = (type: string) => Number(parts.find(part => part.type === type)?.value)
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return Math.round((wall - Math.floor(at / 1000) * 1000) / 60_000)
}

/**
 * The instant at which clocks of the zone show `local` (`2026-11-22T14:30`, or a day alone: its midnight). A time that is
 * skipped in spring is moved past the gap; of one that comes twice in autumn the first is meant.
 */
export function instantOf(local: string, zone: string): Date {
  const wall = Date.parse(`${local.length === 10 ? `${local}T00:00` : local.slice(0, 16)}:00Z`)
  const first = wall - offsetAt(wall - 86_400_000, zone) * 60_000
  const second = wall - offsetAt(first, zone) * 60_000
  // Neither, in the gap: by the clocks of the day before it is as long after the gap's beginning.
  return new Date(offsetAt(second, zone) === offsetAt(first, zone) ? second : first)
}

/** What clocks of the zone show at that instant: `2026-11-22T14:30`, as date and time fields take it. */
export const localOf = (at: Date, zone: string): string =>
  new Date(at.getTime() + offsetAt(at.getTime(), zone) * 60_000).toISOString().slice(0, 16)
