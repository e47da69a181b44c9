import { type ComponentProps, cloneElement, lazy, Suspense, useState } from 'react'

// Menus are not part of the first paint: until their code is there, the button stands by itself.
const load = () => import('./menu-parts.tsx')
const Loaded = lazy(async () => ({ default: (await load()).Menu }))

/** A button's menu. `trigger` is the button itself; inside go MenuItem, MenuLink, MenuLine and MenuLabel. */
export function Menu(props: ComponentProps<typeof Loaded>) {
  // Pressed before the code is there: it opens as soon as it is.
  const [isWanted, setWanted] = useState(false)
  const want = () => setWanted(true)
  return (
    // Also when it comes between the press and the release, whose click then reaches neither button.
    <Suspense fallback={cloneElement(props.trigger, { onClick: want, onPointerDown: want })}>
      <Loaded {...props} defaultOpen={isWanted} />
    </Suspense>
  )
}

export const MenuItem = lazy(async () => ({ default: (await load()).MenuItem }))
export const MenuLink = lazy(async () => ({ default: (await load()).MenuLink }))
export const MenuLine = lazy(async () => ({ default: (await load()).MenuLine }))
export const MenuLabel = lazy(async () => ({ default: (await load()).MenuLabel }))
