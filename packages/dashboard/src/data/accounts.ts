import { queryOptions } from '@tanstack/react-query'
import { client } from '../session/client.ts'

export type Account = Awaited<ReturnType<typeof client.accounts.list>>['items'][number]
export type Platform = Awaited<ReturnType<typeof client.platforms.list>>['items'][number]

export const ACCOUNTS = 'accounts'

export const accountsQuery = queryOptions({
  queryKey: [ACCOUNTS, 'list'],
  queryFn: async ({ signal }) => (await client.accounts.list({}, { signal })).items
})

/** What the server can publish to. It changes with a release, not while a page is open. */
export const platformsQuery = queryOptions({
  queryKey: ['platforms'],
  queryFn: async ({ signal }) => (await client.platforms.list({}, { signal })).items,
  staleTime: Number.POSITIVE_INFINITY
})

export const platformOf = (platforms: readonly Platform[] | undefined, id: string): Platform | undefined =>
  platforms?.find(platform => platform.id === id)
