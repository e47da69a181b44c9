import { queryOptions, useMutation } from '@tanstack/react-query'
import { cache } from '../../data/cache.ts'
import { peopleQuery } from '../../data/people.ts'
import type { Role } from '../../data/roles.ts'
import { client } from '../../session/client.ts'
import { enter, leave, renew } from '../../session/session.ts'

export type Member = Awaited<ReturnType<typeof client.workspace.members>>['items'][number]
export type Invitation = Awaited<ReturnType<typeof client.workspace.invitations>>['items'][number]
export type Invited = Awaited<ReturnType<typeof client.workspace.invite>>

// No event tells of people, so they are read at every visit.
const staleTime = 0

export const membersQuery = queryOptions({
  queryKey: ['people', 'members'],
  queryFn: async ({ signal }) => (await client.workspace.members({}, { signal })).items,
  staleTime
})

export const invitationsQuery = queryOptions({
  queryKey: ['people', 'invitations'],
  queryFn: async ({ signal }) => (await client.workspace.invitations({}, { signal })).items,
  staleTime
})

const readMembers = () => cache.invalidateQueries({ queryKey: membersQuery.queryKey })
const readInvitations = () => cache.invalidateQueries({ queryKey: invitationsQuery.queryKey })

/** Name, zone and role stand in the session, from where every page takes them. */
const readMyself = () => Promise.all([renew(), cache.invalidateQueries({ queryKey: peopleQuery.queryKey })])

export const useChangeWorkspace = () =>
  useMutation({
    mutationFn: (change: { name?: string; timezone?: string }) => client.workspace.change(change),
    onSuccess: readMyself
  })

/** Shown at once; a refusal puts the old role back. */
export const useChangeRole = () =>
  useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: Role }) => client.workspace.changeMember({ userId, role }),
    onMutate: async ({ userId, role }) => {
      await cache.cancelQueries({ queryKey: membersQuery.queryKey })
      const before = cache.getQueryData(membersQuery.queryKey)
      cache.setQueryData(membersQuery.queryKey, members =>
        members?.map(each => (each.userId === userId ? { ...each, role } : each))
      )
      return { before }
    },
    onError: (_error, _change, kept) => cache.setQueryData(membersQuery.queryKey, kept?.before),
    onSuccess: () => Promise.all([readMyself(), readInvitations()]),
    onSettled: readMembers
  })

/** `onDone` is called also when what had asked for it is gone by then, as here and below. */
export const useRemove = (onDone: () => void) =>
  useMutation({
    mutationFn: (userId: string) => client.workspace.removeMember({ userId }),
    onSuccess: (_nothing, userId) => {
      cache.setQueryData(membersQuery.queryKey, members => members?.filter(each => each.userId !== userId))
      readInvitations()
      onDone()
    },
    onSettled: readMembers
  })

/** The session goes on in another workspace of the person, or ends where there is none. */
export const useLeave = (onDone: () => void) =>
  useMutation({
    mutationFn: async () => {
      await client.workspace.leave({})
      onDone()
      cache.clear()
      if ((await renew()) === undefined) leave()
    }
  })

export const useInvite = () =>
  useMutation({
    mutationFn: (to: { email: string; role: Role }) => client.workspace.invite(to),
    onSettled: readInvitations
  })

export const useResend = () =>
  useMutation({
    mutationFn: (invitationId: string) => client.workspace.resendInvitation({ invitationId }),
    onSettled: readInvitations
  })

export const useRevoke = (onDone: () => void) =>
  useMutation({
    mutationFn: (invitationId: string) => client.workspace.revokeInvitation({ invitationId }),
    onSuccess: (_nothing, invitationId) => {
      cache.setQueryData(invitationsQuery.queryKey, list => list?.filter(each => each.id !== invitationId))
      onDone()
    },
    onSettled: readInvitations
  })

/** Goes on in that workspace. */
async function goTo(tenantId: string): Promise<void> {
  const signedIn = await client.people.switchTenant({ tenantId })
  cache.clear()
  enter(signedIn)
}

export const useSwitch = () => useMutation({ mutationFn: goTo })

export const useCreate = (onDone: (name: string) => void) =>
  useMutation({
    mutationFn: async (about: { name: string; timezone: string }) => {
      await goTo((await client.workspace.create(about)).id)
      onDone(about.name)
    }
  })
