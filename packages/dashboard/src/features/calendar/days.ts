/** Days are plain text, `2026-12-05`, and months `2026-12`: no zone moves them. */
const DAY = 86_400_000
const at = (day: string) => Date.parse(`${day}T00:00:00Z`)
const textOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export const addDays = (day: string, count: number): string => textOf(at(day) + count * DAY)

export function addMonths(month: string, count: number): string {
  const date = new Date(at(`${month}-01`))
  date.setUTCMonth(date.getUTCMonth() + count)
  return date.toISOString().slice(0, 7)
}

/** The seven days from Monday on. */
export function weekOf(day: string): string[] {
  const fromMonday = (new Date(at(day)).getUTCDay() + 6) % 7
  return Array.from({ length: 7 }, (_, index) => addDays(day, index - fromMonday))
}

export const daysOf = (month: string): string[] => {
  const days: string[] = []
  for (let day = `${month}-01`; day.startsWith(month); day = addDays(day, 1)) days.push(day)
  return days
}

/** Whole weeks around a month. */
export function weeksOf(month: string): string[][] {
  const weeks: string[][] = []
  for (
    let week = weekOf(`${month}-01`);
    (week[0] as string) <= `${month}-31`;
    week = weekOf(addDays(week[6] as string, 1))
  )
    weeks.push(week)
  return weeks
}

export const isDay = (text: string | undefined): text is string =>
  /^\d{4}-\d\d-\d\d$/.test(text ?? '') && !Number.isNaN(at(text as string)) && textOf(at(text as string)) === text

export const isMonth = (text: string | undefined): text is string => isDay(`${text}-01`)

const format = (options: Intl.DateTimeFormatOptions) => {
  const made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
  return (day: string) => made.format(at(day))
}

/** `December 2026` */
export const monthName = format({ month: 'long', year: 'numeric' })
/** `Sat` */
export const weekdayName = format({ weekday: 'short' })
/** `Saturday 5 December 2026`, to be read aloud. */
export const wholeName = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
/** `Saturday 5 December` */
export const longName = format({ weekday: 'long', day: 'numeric', month: 'long' })
/** `5 Dec` */
export const shortName = format({ day: 'numeric', month: 'short' })
