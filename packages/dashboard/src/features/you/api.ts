import { queryOptions, useMutation } from '@tanstack/react-query'
import { cache } from '../../data/cache.ts'
import { peopleQuery } from '../../data/people.ts'
import { client } from '../../session/client.ts'
import { enter, renew } from '../../session/session.ts'

export type Session = Awaited<ReturnType<typeof client.me.sessions>>['items'][number]

// No event tells of these, so they are read at every visit.
const staleTime = 0

export const twoFactorQuery = queryOptions({
  queryKey: ['people', 'two-factor'],
  queryFn: ({ signal }) => client.twoFactor.read({}, { signal }),
  staleTime
})

/** This one first, then by when they were used. */
export const sessionsQuery = queryOptions({
  queryKey: ['people', 'sessions'],
  queryFn: async ({ signal }) => {
    const { items } = await client.me.sessions({}, { signal })
    return items.toSorted(
      (a, b) =>
        Number(b.isCurrent) - Number(a.isCurrent) ||
        b.lastUsedAt.localeCompare(a.lastUsedAt) ||
        b.createdAt.localeCompare(a.createdAt)
    )
  },
  staleTime
})

const readSessions = () => cache.invalidateQueries({ queryKey: sessionsQuery.queryKey })

/** The session goes on with another token. */
function goOn(signedIn: Parameters<typeof enter>[0]): void {
  enter(signedIn)
  cache.invalidateQueries({ queryKey: ['people'] })
}

export const useRename = () =>
  useMutation({
    mutationFn: (name: string) => client.me.change({ name }),
    onSuccess: async me => {
      cache.setQueryData(peopleQuery.queryKey, me)
      await renew()
    }
  })

export const useChangePassword = () =>
  useMutation({
    mutationFn: (given: { password: string; newPassword: string }) => client.me.changePassword(given),
    onSuccess: goOn
  })

export const useBegin = () =>
  useMutation({ mutationFn: (password: string) => client.twoFactor.begin({ password }), gcTime: 0 })

export const useConfirm = () =>
  useMutation({ mutationFn: (code: string) => client.twoFactor.confirm({ code }), onSuccess: goOn })

export const useDisable = () =>
  useMutation({ mutationFn: (password: string) => client.twoFactor.disable({ password }), onSuccess: goOn })

export const useRenewCodes = () =>
  useMutation({
    mutationFn: (password: string) => client.twoFactor.renewBackupCodes({ password }),
    onSuccess: () => cache.invalidateQueries({ queryKey: twoFactorQuery.queryKey }),
    gcTime: 0
  })

export const useEndSession = () =>
  useMutation({
    mutationFn: (sessionId: string) => client.me.endSession({ sessionId }),
    onSuccess: (_nothing, sessionId) =>
      cache.setQueryData(sessionsQuery.queryKey, list => list?.filter(({ id }) => id !== sessionId)),
    onSettled: readSessions
  })

export const useEndOthers = () =>
  useMutation({
    mutationFn: () => client.me.endSessions({ keep: 'current' }),
    onSuccess: () => cache.setQueryData(sessionsQuery.queryKey, list => list?.filter(({ isCurrent }) => isCurrent)),
    onSettled: readSessions
  })
