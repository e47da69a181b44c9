import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { MAY_NOT_SEND } from '../data/roles.ts'
import { useMay } from '../session/session.ts'
import { toast } from '../ui/toast.tsx'

/** One key for the one thing that is always wanted, `g` and a letter for pages. */
const PAGES: Readonly<Record<string, string>> = {
  h: '/',
  u: '/uploads',
  c: '/calendar',
  a: '/accounts',
  k: '/keys',
  d: '/developers',
  w: '/workspace',
  s: '/usage'
}
/** Milliseconds between `g` and its letter. */
const PAIR = 1200

export function useShortcuts(): void {
  const navigate = useNavigate()
  const maySend = useMay('member')
  useEffect(() => {
    let wentAt = Number.NEGATIVE_INFINITY
    function press(event: KeyboardEvent) {
      if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return
      const on = event.target as HTMLElement
      if (on.closest('input, textarea, select, [contenteditable], dialog, [role=menu]')) return
      const isPair = event.timeStamp - wentAt < PAIR
      wentAt = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
      const to = isPair ? PAGES[event.key] : event.key === 'n' ? '/new' : undefined
      if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('input[type=search]')
        if (search) event.preventDefault()
        search?.focus()
      }
      if (to === undefined) return
      event.preventDefault()
      if (to === '/new' && !maySend) return void toast(MAY_NOT_SEND)
      navigate({ to })
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [navigate, maySend])
}
