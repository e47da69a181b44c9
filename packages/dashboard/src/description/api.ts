import { queryOptions } from '@tanstack/react-query'
import { client } from '../session/client.ts'

/** What one account narrows of its platform's options. */
export const accountOptionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['account-options', id],
    queryFn: ({ signal }) => client.accounts.options({ id }, { signal }),
    staleTime: 5 * 60_000
  })
