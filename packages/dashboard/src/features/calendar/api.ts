import { type InfiniteData, infiniteQueryOptions, useMutation } from '@tanstack/react-query'
import { cache } from '../../data/cache.ts'
import { UPLOADS, type Upload } from '../../data/uploads.ts'
import { client } from '../../session/client.ts'
import { localOf } from '../../ui/zone.ts'

type Page = Awaited<ReturnType<typeof client.uploads.calendar>>

const CALENDAR = [UPLOADS, 'other', 'calendar'] as const
/** Pages of 200 that are read by themselves. Nobody looks at more on one sheet. */
export const MOST_PAGES = 5

/** By their times, the earliest first. */
export const calendarQuery = (from: Date, to: Date) => {
  const range = { from: from.toISOString(), to: to.toISOString(), limit: 200 }
  return infiniteQueryOptions({
    queryKey: [...CALENDAR, range.from, range.to],
    queryFn: ({ signal, pageParam }) =>
      client.uploads.calendar({ ...range, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor ?? undefined
  })
}

export interface Move {
  readonly upload: Upload
  readonly to: Date
  readonly zone: string
}

/** Shown at its new time at once; put back when the server refuses. */
export const useMove = () =>
  useMutation({
    mutationFn: ({ upload: { uploadId }, to, zone }: Move) =>
      client.uploads.change({ uploadId, scheduledOn: `${localOf(to, zone)}:00`, timezone: zone }),
    onMutate: async ({ upload: { uploadId }, to }) => {
      await cache.cancelQueries({ queryKey: CALENDAR })
      const before = cache.getQueriesData<InfiniteData<Page>>({ queryKey: CALENDAR })
      const scheduledOn = to.toISOString()
      cache.setQueriesData<InfiniteData<Page>>(
        { queryKey: CALENDAR },
        data =>
          data && {
            ...data,
            pages: data.pages.map(page => ({
              ...page,
              items: page.items.map(item => (item.uploadId === uploadId ? { ...item, scheduledOn } : item))
            }))
          }
      )
      return before
    },
    onError: (_error, _move, before) => {
      for (const [key, data] of before ?? []) cache.setQueryData(key, data)
    },
    onSettled: () => cache.invalidateQueries({ queryKey: [UPLOADS] })
  })
