import { useNavigate, useSearch } from '@tanstack/react-router'
import { cache } from '../../data/cache.ts'
import { enter } from '../../session/session.ts'

/** What the address of these pages may carry. */
export interface Search {
  readonly next?: string
  readonly invitation?: string
  readonly token?: string
}

export const useDoorSearch = (): Search => useSearch({ strict: false }) as Search

/** Goes in with the answer, to where the person wanted to go: a path of ours, never another host's address. */
export function useEnter() {
  const navigate = useNavigate()
  const { next = '/' } = useDoorSearch()
  return (signedIn: Parameters<typeof enter>[0]) => {
    cache.clear()
    enter(signedIn)
    const url = new URL(next, location.origin)
    navigate({ href: url.origin === location.origin ? url.pathname + url.search + url.hash : '/', replace: true })
  }
}
