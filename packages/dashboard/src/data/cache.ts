import { ProblemError } from '@upload24/sdk'
import { QueryClient } from '@tanstack/react-query'

/** What was read. Events keep it true (live/), so that nothing is read again just because time passed. */
export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 10 * 60_000,
      // The client itself repeats what is safe to repeat; a refusal stays one.
      retry: (failures, error) => failures < 2 && !(error instanceof ProblemError)
    },
    mutations: { retry: false }
  }
})
