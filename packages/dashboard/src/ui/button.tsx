import type { ButtonHTMLAttributes, ReactNode } from 'react'

type Look = 'main' | 'plain' | 'quiet' | 'danger'

const LOOKS: Record<Look, string> = {
  main: 'bg-act text-on-act hover:bg-act-press',
  plain: 'border border-edge bg-raised text-ink hover:bg-well',
  quiet: 'text-ink hover:bg-well',
  danger: 'border border-failed bg-raised text-failed hover:bg-failed-well'
}

const SIZES = { small: 'h-7 px-2 text-sm gap-1.5', normal: 'h-8 px-3 gap-2', icon: 'size-8 justify-center' }

/** Of links that look like buttons, too. */
export const buttonClass = (look: Look = 'plain', size: keyof typeof SIZES = 'normal'): string =>
  `inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap transition-colors disabled:opacity-55 aria-disabled:opacity-55 ${LOOKS[look]} ${SIZES[size]}`

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look
  readonly size?: keyof typeof SIZES
  /** What it began is under way: it stays where it is, and cannot be pressed again. */
  readonly isBusy?: boolean
  readonly icon?: ReactNode
}

export function Button({ look, size, isBusy = false, icon, className = '', children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || isBusy}
      aria-busy={isBusy || undefined}
      data-danger={look === 'danger' || undefined}
      className={`${buttonClass(look, size)} ${className}`}
    >
      {icon}
      {children}
    </button>
  )
}

/** A button that shows only a picture; `label` is read aloud and shown on hover. */
export function IconButton({ label, ...rest }: ButtonProps & { readonly label: string }) {
  return <Button look="quiet" size="icon" aria-label={label} title={label} {...rest} />
}
