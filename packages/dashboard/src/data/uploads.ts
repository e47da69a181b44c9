import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client } from '../session/client.ts'

export type Upload = Awaited<ReturnType<typeof client.uploads.status>>
export type Target = Upload['accounts'][number]
export type Attempt = Awaited<ReturnType<typeof client.uploads.attempts>>['items'][number]
type Filters = Omit<NonNullable<Parameters<typeof client.uploads.list>[0]>, 'cursor'>

/** Everything about uploads is under this key, so that an event can find it. */
export const UPLOADS = 'uploads'

export const uploadQuery = (uploadId: string) =>
  queryOptions({
    queryKey: [UPLOADS, 'one', uploadId],
    queryFn: ({ signal }) => client.uploads.status({ uploadId }, { signal })
  })

/** What was sent, with every change since. Read anew whenever somebody wants to change it. */
export const descriptionQuery = (uploadId: string) =>
  queryOptions({
    queryKey: ['upload-description', uploadId],
    queryFn: ({ signal }) => client.uploads.description({ uploadId }, { signal }),
    gcTime: 0
  })

/** The journal of one account of an upload, oldest first. */
export const attemptsQuery = (uploadId: string, accountId: string) =>
  infiniteQueryOptions({
    queryKey: [UPLOADS, 'attempts', uploadId, accountId],
    queryFn: ({ signal, pageParam }) =>
      client.uploads.attempts({ uploadId, accountId, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor ?? undefined
  })

export const uploadsQuery = (filters: Filters) =>
  infiniteQueryOptions({
    queryKey: [UPLOADS, 'list', filters],
    queryFn: ({ signal, pageParam }) =>
      client.uploads.list({ ...filters, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor ?? undefined
  })

/** Counts for Home, each up to 1000. */
export const summaryQuery = queryOptions({
  queryKey: [UPLOADS, 'other', 'summary'],
  queryFn: ({ signal }) => client.uploads.summary({}, { signal })
})
