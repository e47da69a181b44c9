import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { IconButton } from './button.tsx'

interface Props {
  readonly title: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
  /** `side`: a sheet at the right edge. */
  readonly at?: 'middle' | 'side'
}

/** Who opens a form wants to write. */
const FIRST = [
  'textarea',
  ...['text', 'email', 'password', 'search', 'url', 'number'].map(type => `input[type=${type}]`)
]
  .map(field => `form ${field}:not([hidden], [readonly], :disabled)`)
  .join()

/** Enter must not do what cannot be undone. */
const HARMLESS = '[data-actions]:has([data-danger]) button:not([data-danger])'

/** The browser's own modal dialog: focus stays inside, Escape closes, focus returns. Mounted means open. */
export function Dialog({ title, onClose, children, at = 'middle' }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    // It chose the button that closes. React's autoFocus came before, when nothing in here could have the focus yet.
    const first = dialog?.querySelector<HTMLElement>(FIRST) ?? dialog?.querySelector<HTMLElement>(HARMLESS)
    first?.focus()
    return () => dialog?.close()
  }, [])
  const shape =
    at === 'middle'
      ? 'm-auto w-[min(520px,calc(100vw-24px))] max-h-[calc(100dvh-48px)] rounded-lg'
      : 'ml-auto my-0 mr-0 h-dvh max-h-dvh w-[min(560px,100vw)] max-w-full'
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key for it.
    <dialog
      ref={ref}
      aria-labelledby="dialog-title"
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
      onClick={event => event.target === ref.current && onClose()}
      className={`bg-raised p-0 shadow-above ${shape}`}
    >
      <div className="flex min-h-full flex-col">
        <header className="flex items-start justify-between gap-4 px-5 pt-4 pb-2">
          <h2 id="dialog-title" className="text-lg">
            {title}
          </h2>
          <IconButton label="Close" onClick={onClose} icon={<X size={16} />} className="-mt-1 -mr-2" />
        </header>
        <div className="flex flex-1 flex-col gap-4 px-5 pb-5">{children}</div>
      </div>
    </dialog>
  )
}

export const DialogActions = ({ children }: { readonly children: ReactNode }) => (
  <div data-actions className="mt-1 flex flex-wrap justify-end gap-2">
    {children}
  </div>
)
