import { queryOptions, useMutation } from '@tanstack/react-query'
import { cache } from '../../data/cache.ts'
import { SANDBOX } from '../../data/sandboxes.ts'
import { client } from '../../session/client.ts'
import type { Faults } from './faults.ts'

export type Post = Awaited<ReturnType<typeof client.sandbox.posts>>['items'][number]

const refresh = () => cache.invalidateQueries({ queryKey: SANDBOX })

export const faultsQuery = (platform: string) =>
  queryOptions({
    queryKey: [...SANDBOX, 'faults', platform],
    queryFn: ({ signal }): Promise<Faults> => client.sandbox.faults({ platform }, { signal })
  })

/** Latest first. */
export const postsQuery = (platform: string) =>
  queryOptions({
    queryKey: [...SANDBOX, 'posts', platform],
    queryFn: async ({ signal }) =>
      (await client.sandbox.posts({ platform }, { signal })).items.toSorted((one, other) =>
        other.createdAt.localeCompare(one.createdAt)
      )
  })

/** Changes the faults as they are on the server now: the worker may have used some up since they were read. */
export const useChangeFaults = (platform: string) =>
  useMutation({
    mutationFn: async (change: (now: Faults) => Faults) => {
      const now: Faults = await client.sandbox.faults({ platform })
      return client.sandbox.setFaults({ platform, ...change(now) })
    },
    onSettled: refresh
  })

export const useTurnAllOff = () =>
  useMutation({
    mutationFn: (platforms: readonly string[]) =>
      Promise.all(platforms.map(platform => client.sandbox.setFaults({ platform }))),
    onSettled: refresh
  })

export const useClear = (platform: string) =>
  useMutation({ mutationFn: () => client.sandbox.clear({ platform }), onSettled: refresh })
