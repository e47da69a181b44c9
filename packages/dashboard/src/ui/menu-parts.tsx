import { DropdownMenu as Radix } from 'radix-ui'
import { type ReactElement, type ReactNode, useState } from 'react'

/** A button's menu. `trigger` is the button itself. */
export function Menu({
  trigger,
  children,
  align = 'end',
  defaultOpen = false
}: {
  readonly trigger: ReactElement<{ onClick?: () => void; onPointerDown?: () => void }>
  readonly children: ReactNode
  readonly align?: 'start' | 'end'
  readonly defaultOpen?: boolean
}) {
  // What is not inside an open dialog is under it, and what is in no landmark is found by nobody who walks along them.
  const [place, setPlace] = useState<HTMLElement | null>(null)
  return (
    // Not modal: that would add a style element, which the content security policy forbids.
    <Radix.Root modal={false} defaultOpen={defaultOpen}>
      <Radix.Trigger asChild ref={node => setPlace(node?.closest('dialog, header, main') ?? null)}>
        {trigger}
      </Radix.Trigger>
      <Radix.Portal container={place}>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-44 max-w-80 rounded-lg border border-line bg-raised p-1 shadow-above"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

const ITEM =
  'flex min-h-8 w-full cursor-pointer items-center gap-2 rounded-md px-2 py-1 text-left outline-none data-disabled:cursor-default data-disabled:text-soft data-highlighted:bg-well'

interface ItemProps {
  readonly onSelect?: () => void
  readonly isDangerous?: boolean
  readonly isDisabled?: boolean
  readonly icon?: ReactNode
  readonly children: ReactNode
}

export function MenuItem({ onSelect, isDangerous = false, isDisabled = false, icon, children }: ItemProps) {
  return (
    <Radix.Item
      disabled={isDisabled}
      onSelect={() => onSelect?.()}
      className={`${ITEM} ${isDangerous ? 'text-failed' : ''}`}
    >
      {icon}
      {children}
    </Radix.Item>
  )
}

/** `children` is one link element. */
export const MenuLink = ({ children }: { readonly children: ReactNode }) => (
  <Radix.Item asChild className={ITEM}>
    {children}
  </Radix.Item>
)

export const MenuLine = () => <Radix.Separator className="my-1 h-px bg-line" />
export const MenuLabel = ({ children }: { readonly children: ReactNode }) => (
  <Radix.Label className="px-2 py-1 text-xs text-soft">{children}</Radix.Label>
)
