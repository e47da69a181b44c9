import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { UPLOADS } from '../../data/uploads.ts'
import { client } from '../../session/client.ts'

export type UsageOf = Awaited<ReturnType<typeof client.quota.usage>>

export interface Units {
  readonly used: number
  readonly reserved: number
}

export const sumOf = ({ used, reserved }: Units): number => used + reserved

/** `month`: `2026-11`; none: this one. Under the key that every change of an upload reads again. */
export const usageQuery = (month: string | undefined) =>
  queryOptions({
    queryKey: [UPLOADS, 'other', 'usage', month ?? ''],
    queryFn: ({ signal }) => client.quota.usage(month ? { month } : {}, { signal }),
    placeholderData: keepPreviousData
  })

/** Months of the quota are in UTC, wherever the workspace is. */
export const isThisMonth = (month: string): boolean => month === new Date().toISOString().slice(0, 7)

/** When the quota begins anew. */
export function endOf(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 1)).toISOString()
}

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })

/** `2026-11` → `November 2026`. */
export const monthWords = (month: string): string => MONTH.format(new Date(`${month}-01T00:00:00Z`))
/** `2026-11-22` → `Sun 22 Nov`. */
export const dayWords = (date: string): string => DAY.format(new Date(`${date}T00:00:00Z`))
export const figure = (value: number): string => value.toLocaleString('en')
