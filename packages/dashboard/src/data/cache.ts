import { QueryClient } from '@tanstack/react-query'
import { ProblemError } from '@upload24/sdk'

/** What was read. Events keep it true (live/), so that nothing is read again just because time passed. */
export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 10 * 60_000,
      // The client itself repeats what is safe to repeat; a refusal stays one.
      retry: (failures, error) => failures < 2 && !(error instanceof ProblemError)
    },
    // Offline, a press is answered by words at once; the default would hold it back in silence until the network is there.
    mutations: { retry: false, networkMode: 'always' }
  }
})
