import { dayOf } from '../../ui/time.tsx'
import { addDays, addMonths, daysOf, isDay, isMonth, longName, monthName, shortName, weekOf, weeksOf } from './days.ts'

/** What the address says: a month, the week of a day, or a day. */
export interface Search {
  readonly month?: string
  readonly week?: string
  readonly day?: string
}

export interface View {
  readonly kind: 'month' | 'week' | 'day'
  readonly title: string
  /** The days that belong to it; a month is drawn with days of its neighbours. */
  readonly days: readonly string[]
  readonly weeks: readonly (readonly string[])[]
  readonly previous: Search
  readonly next: Search
  readonly now: Search
  /** The same days as a month, as a week. */
  readonly asMonth: Search
  readonly asWeek: Search
}

/** An address that makes no sense shows this month. */
export function viewOf({ month, week, day }: Search, zone: string): View {
  const today = dayOf(new Date(), zone)
  if (isDay(day)) {
    return {
      kind: 'day',
      title: `${longName(day)} ${day.slice(0, 4)}`,
      days: [day],
      weeks: [[day]],
      previous: { day: addDays(day, -1) },
      next: { day: addDays(day, 1) },
      now: { day: today },
      asMonth: { month: day.slice(0, 7) },
      asWeek: { week: day }
    }
  }
  if (isDay(week)) {
    const days = weekOf(week)
    const [first, last] = [days[0] as string, days[6] as string]
    return {
      kind: 'week',
      title: `${shortName(first)} to ${shortName(last)} ${last.slice(0, 4)}`,
      days,
      weeks: [days],
      previous: { week: addDays(first, -7) },
      next: { week: addDays(first, 7) },
      now: { week: today },
      asMonth: { month: (days.includes(today) ? today : first).slice(0, 7) },
      asWeek: { week: first }
    }
  }
  const shown = isMonth(month) ? month : today.slice(0, 7)
  return {
    kind: 'month',
    title: monthName(`${shown}-01`),
    days: daysOf(shown),
    weeks: weeksOf(shown),
    previous: { month: addMonths(shown, -1) },
    next: { month: addMonths(shown, 1) },
    now: {},
    asMonth: { month: shown },
    asWeek: { week: today.startsWith(shown) ? today : `${shown}-01` }
  }
}
