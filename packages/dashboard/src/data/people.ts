import { queryOptions } from '@tanstack/react-query'
import { client } from '../session/client.ts'

/** Who is signed in, and every workspace of theirs. */
export const peopleQuery = queryOptions({
  queryKey: ['people', 'me'],
  queryFn: ({ signal }) => client.me.read({}, { signal })
})
