import { useNavigate, useSearch } from '@tanstack/react-router'
import { type RefObject, useCallback, useEffect, useRef } from 'react'
import { cache } from '../../data/cache.ts'
import { enter } from '../../session/session.ts'

/** What the address of these pages may carry. */
export interface Search {
  readonly next?: string
  readonly invitation?: string
  readonly token?: string
}

export const useDoorSearch = (): Search => useSearch({ strict: false }) as Search

/** To where the person wanted to go: a path of ours, never another host's address. */
export function useGoOn(): () => void {
  const navigate = useNavigate()
  const { next = '/' } = useDoorSearch()
  return useCallback(() => {
    const url = new URL(next, location.origin)
    navigate({ href: url.origin === location.origin ? url.pathname + url.search + url.hash : '/', replace: true })
  }, [navigate, next])
}

/** Goes in with the answer of the server. */
export function useEnter() {
  const goOn = useGoOn()
  return (signedIn: Parameters<typeof enter>[0]) => {
    cache.clear()
    enter(signedIn)
    goOn()
  }
}

/** For a form: the first field that is at fault gets the focus, or the password, which is what was mistyped mostly. */
export function useFaultFocus(error: unknown): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (!error) return
    const find = (selector: string) => form.current?.querySelector<HTMLInputElement>(selector)
    const field = find('[aria-invalid]') ?? find('[name=password], [name=code]')
    field?.focus()
    field?.select()
  }, [error])
  return form
}
