import { X } from 'lucide-react'
import { type ReactNode, useEffect, useSyncExternalStore } from 'react'
import { IconButton } from './button.tsx'
import { StateShape } from './state.tsx'

export interface Toast {
  readonly id: number
  readonly kind: 'done' | 'failed'
  readonly text: ReactNode
  /** Undoes it, or leads to it. */
  readonly action?: ReactNode
}

/** Milliseconds that good news stays. Bad news stays until it is closed. */
const STAY = 5000
let toasts: readonly Toast[] = []
let count = 0
const readers = new Set<() => void>()
const set = (next: readonly Toast[]) => {
  toasts = next
  for (const tell of readers) tell()
}
const close = (id: number) => set(toasts.filter(toast => toast.id !== id))

/** Says what came of an action whose place on the page is gone or far. What belongs to a place is said there. Answers what closes it. */
export function toast(
  text: ReactNode,
  { kind = 'done', action }: Partial<Pick<Toast, 'kind' | 'action'>> = {}
): () => void {
  const id = ++count
  set([...toasts.slice(-3), { id, kind, text, action }])
  return () => close(id)
}

export function Toasts() {
  const shown = useSyncExternalStore(
    tell => {
      readers.add(tell)
      return () => readers.delete(tell)
    },
    () => toasts
  )
  return (
    <section
      aria-label="Notices"
      className="pointer-events-none fixed inset-x-3 bottom-16 z-50 flex flex-col items-end gap-2 sm:left-auto sm:w-96 md:bottom-3 [:root:has(#outbox)_&]:bottom-36 md:[:root:has(#outbox)_&]:bottom-16"
    >
      {shown.map(each => (
        <One key={each.id} toast={each} />
      ))}
    </section>
  )
}

function One({ toast: { id, kind, text, action } }: { readonly toast: Toast }) {
  useEffect(() => {
    if (kind === 'failed') return
    const timer = setTimeout(() => close(id), STAY)
    return () => clearTimeout(timer)
  }, [id, kind])
  return (
    <div
      role={kind === 'failed' ? 'alert' : 'status'}
      className="pointer-events-auto flex w-full items-start gap-2.5 rounded-lg border border-line bg-raised py-2 pr-1.5 pl-3 shadow-above"
    >
      <span className="mt-2">
        <StateShape state={kind === 'failed' ? 'Failed' : 'Uploaded'} />
      </span>
      <div className="min-w-0 flex-1 py-1.5">
        {text}
        {action && <div className="mt-1">{action}</div>}
      </div>
      <IconButton label="Close" onClick={() => close(id)} icon={<X size={14} />} />
    </div>
  )
}
