import { queryOptions, useMutation } from '@tanstack/react-query'
import { cache } from '../../data/cache.ts'
import { client } from '../../session/client.ts'

export type Key = Awaited<ReturnType<typeof client.keys.list>>['items'][number]
export type NewKey = Awaited<ReturnType<typeof client.keys.generate>>
export type Scope = Key['scopes'][number]

export const SCOPES: readonly { readonly scope: Scope; readonly label: string; readonly hint: string }[] = [
  { scope: 'upload:write', label: 'Send and change uploads', hint: 'upload:write' },
  { scope: 'upload:read', label: 'Read uploads, events and quota', hint: 'upload:read' },
  { scope: 'accounts:read', label: 'Read the list of accounts', hint: 'accounts:read' }
]

export const keysQuery = queryOptions({
  queryKey: ['keys', 'list'],
  queryFn: async ({ signal }) => (await client.keys.list({}, { signal })).items,
  // No event tells that a key was used.
  staleTime: 0
})

/** Names of those who made keys. */
export const makersQuery = queryOptions({
  queryKey: ['keys', 'makers'],
  queryFn: async ({ signal }) =>
    new Map((await client.workspace.members({}, { signal })).items.map(({ userId, name }) => [userId, name] as const))
})

const TRIED = 20

/** The account for the snippets: one that takes a bare title, on the sandbox if there is one. null: none is linked. */
export const exampleQuery = ({ id, accounts: allowed }: NewKey) =>
  queryOptions({
    queryKey: ['keys', 'example', id],
    queryFn: async ({ signal }) => {
      const { items } = await client.accounts.list({}, { signal })
      const usable = items
        .filter(({ accountId, status }) => status === 'active' && (allowed?.includes(accountId) ?? true))
        .toSorted((one, other) => Number(other.sandbox) - Number(one.sandbox))
        .slice(0, TRIED)
      if (usable.length === 0) return null
      const accounts = usable.map(({ accountId }) => accountId)
      const check = await client.uploads.check({ title: 'My first upload', accounts }, { signal })
      const best = check.accounts.find(({ fits }) => fits) ?? check.accounts[0]
      if (!best) return null
      const { accountId, displayName, fits, faults } = best
      return { accountId, name: displayName, fault: fits ? null : (faults[0]?.message ?? null) }
    }
  })

const refresh = () => cache.invalidateQueries({ queryKey: keysQuery.queryKey })

export const useGenerate = () =>
  useMutation({
    mutationFn: (input: Parameters<typeof client.keys.generate>[0]) => client.keys.generate(input),
    onSettled: refresh
  })

export const useRotate = () =>
  useMutation({
    mutationFn: (input: { id: string; overlapSeconds: number }) => client.keys.rotate(input),
    onSettled: refresh
  })

export const useRevoke = () =>
  useMutation({ mutationFn: (id: string) => client.keys.revoke({ id }), onSettled: refresh })

export type Life = 'active' | 'expired' | 'revoked'

export function lifeOf({ revokedAt, expiresAt }: Pick<Key, 'revokedAt' | 'expiresAt'>): Life {
  const now = Date.now()
  if (revokedAt && Date.parse(revokedAt) <= now) return 'revoked'
  return expiresAt && Date.parse(expiresAt) <= now ? 'expired' : 'active'
}
