import { queryOptions } from '@tanstack/react-query'
import { UPLOADS } from '../../data/uploads.ts'
import { client } from '../../session/client.ts'

const DAY = 86_400_000

/** What only a person can mend, newest first. */
export const needsQuery = queryOptions({
  queryKey: [UPLOADS, 'other', 'needs'],
  queryFn: ({ signal }) => client.uploads.list({ attention: 'true', limit: 8 }, { signal })
})

export const goingOutQuery = queryOptions({
  queryKey: [UPLOADS, 'other', 'going out'],
  queryFn: ({ signal }) => client.uploads.list({ status: 'Processing', limit: 12 }, { signal })
})

/** What goes out in the coming seven days, the next one first. */
export const nextQuery = queryOptions({
  queryKey: [UPLOADS, 'other', 'next'],
  queryFn: ({ signal }) => {
    const now = Date.now()
    const range = { from: new Date(now).toISOString(), to: new Date(now + 7 * DAY).toISOString() }
    return client.uploads.calendar({ ...range, status: 'Scheduled', limit: 50 }, { signal })
  }
})
