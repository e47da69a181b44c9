import { queryOptions, useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ACCOUNTS, type Account, accountsQuery } from '../../data/accounts.ts'
import { cache } from '../../data/cache.ts'
import { UPLOADS } from '../../data/uploads.ts'
import { client } from '../../session/client.ts'

export type Health = Awaited<ReturnType<typeof client.accounts.health>>['items'][number]

/** What the address says. */
export interface Search {
  readonly q?: string
  readonly platform?: string
  /** `needs`, `real` or `sandbox`. */
  readonly show?: string
  /** The ways to link are open. */
  readonly link?: string
  /** The account that somebody came to link again. */
  readonly relink?: string
  /** News of a link: accounts by comma, or a word for the fault. `of` its platform, `again` the account that was meant. */
  readonly linked?: string
  readonly linkError?: string
  readonly of?: string
  readonly again?: string
  /** A link that brought several accounts. */
  readonly choose?: string
}

/** Its waiting deliveries and last post change with uploads as well, so it stands under both keys' events. */
export const healthQuery = queryOptions({
  queryKey: [UPLOADS, 'other', 'account health'],
  queryFn: async ({ signal }) => {
    const { items } = await client.accounts.health({}, { signal })
    return new Map(items.map(health => [health.accountId, health]))
  }
})

export const pendingQuery = (linkId: string) =>
  queryOptions({
    queryKey: ['link', linkId],
    queryFn: ({ signal }) => client.accounts.pendingLink({ linkId }, { signal }),
    staleTime: Number.POSITIVE_INFINITY
  })

export interface Way {
  readonly platform: string
  readonly sandbox: boolean
  readonly auth?: string | undefined
  /** The account that is linked again. */
  readonly again?: string | undefined
}

/** Leaves for the platform; the browser comes back to this page with the news. */
export function useLink() {
  const link = useMutation({
    mutationFn: async ({ platform, sandbox, auth, again }: Way) => {
      const back = new URLSearchParams({ of: platform, ...(again ? { again } : {}) })
      const begun = await client.accounts.link({
        platform,
        sandbox,
        choose: true,
        returnTo: `accounts?${back}`,
        ...(auth ? { auth } : {})
      })
      if (!('authorizeUrl' in begun)) throw new Error('a form was to be filled in first')
      location.assign(begun.authorizeUrl)
      // Busy until the browser has left.
      return new Promise<never>(() => {})
    }
  })
  const { reset } = link
  useEffect(() => {
    // Whoever comes back with the browser's button finds the page as they left it: busy.
    const wake = (event: PageTransitionEvent) => event.persisted && reset()
    addEventListener('pageshow', wake)
    return () => removeEventListener('pageshow', wake)
  }, [reset])
  return link
}

const refresh = () => {
  cache.invalidateQueries({ queryKey: [ACCOUNTS] })
  cache.invalidateQueries({ queryKey: [UPLOADS] })
}

export const useConnect = () =>
  useMutation({
    mutationFn: (input: Parameters<typeof client.accounts.connect>[0]) => client.accounts.connect(input),
    onSuccess: refresh
  })

export const useAdopt = () =>
  useMutation({
    mutationFn: (input: { linkId: string; choices: string[] }) => client.accounts.adopt(input),
    onSuccess: refresh
  })

export const useUnlink = () =>
  useMutation({
    mutationFn: (accountId: string) => client.accounts.unlink({ id: accountId }),
    onSuccess: (_nothing, accountId) => {
      cache.setQueryData(accountsQuery.queryKey, accounts => accounts?.filter(each => each.accountId !== accountId))
      refresh()
    }
  })

const rank = ({ status, sandbox }: Account) => (status === 'active' ? 2 : 0) + (sandbox ? 1 : 0)

/** What needs a hand first, then real before sandbox, then by platform and name. */
export const sorted = (accounts: readonly Account[]): Account[] =>
  accounts
    .filter(({ status }) => status !== 'revoked')
    .sort(
      (a, b) =>
        rank(a) - rank(b) || a.platform.localeCompare(b.platform) || a.displayName.localeCompare(b.displayName, 'en')
    )

export const hasFilters = ({ q, platform, show }: Search): boolean => Boolean(q || platform || show)

export function filtered(accounts: readonly Account[], { q = '', platform, show }: Search): readonly Account[] {
  const words = q.trim().toLowerCase()
  return accounts.filter(
    account =>
      (words === '' || `${account.displayName} ${account.handle}`.toLowerCase().includes(words)) &&
      (!platform || account.platform === platform) &&
      (show !== 'needs' || account.status === 'needs_relink') &&
      (show !== 'real' || !account.sandbox) &&
      (show !== 'sandbox' || account.sandbox)
  )
}
