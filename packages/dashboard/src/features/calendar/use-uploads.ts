import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { shownTime } from '../../data/states.ts'
import type { Upload } from '../../data/uploads.ts'
import { dayOf } from '../../ui/time.tsx'
import { instantOf } from '../../ui/zone.ts'
import { calendarQuery, MOST_PAGES } from './api.ts'
import { addDays } from './days.ts'

/** The uploads of these days by day, each day's earliest first. `isCut`: there are more than one looks at. */
export function useUploads(first: string, last: string, zone: string) {
  const query = useInfiniteQuery(calendarQuery(instantOf(first, zone), instantOf(addDays(last, 1), zone)))
  const { data, hasNextPage, isFetching, fetchNextPage } = query
  const pages = data?.pages
  const isCut = hasNextPage && (pages?.length ?? 0) >= MOST_PAGES
  useEffect(() => {
    if (hasNextPage && !isCut && !isFetching) fetchNextPage()
  }, [hasNextPage, isCut, isFetching, fetchNextPage])
  const byDay = useMemo(() => {
    const uploads = (pages ?? []).flatMap(page => page.items)
    // What was just moved stands in its old place in the answer.
    const sorted = uploads.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0))
    return Map.groupBy(sorted, upload => dayOf(new Date(shownTime(upload)), zone))
  }, [pages, zone])
  return { byDay, isCut, isLoading: query.isPending && !query.error, error: query.error, refetch: query.refetch }
}

const timeOf = (upload: Upload): number => Date.parse(shownTime(upload))
