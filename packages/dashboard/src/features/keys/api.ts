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
  queryKey: ['keys'],
  queryFn: async ({ signal }) => (await client.keys.list({}, { signal })).items
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
