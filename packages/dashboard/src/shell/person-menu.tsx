import { Link } from '@tanstack/react-router'
import { CircleUserRound, LogOut, Menu as MenuIcon, Monitor, Moon, Sun } from 'lucide-react'
import type { ReactNode } from 'react'
import { cache } from '../data/cache.ts'
import { client } from '../session/client.ts'
import { leave, useSignedIn } from '../session/session.ts'
import { setTheme, themes, useTheme } from '../session/theme.ts'
import { Menu, MenuItem, MenuLabel, MenuLine, MenuLink } from '../ui/menu.tsx'
import { wordsOf } from '../ui/problem.tsx'
import { toast } from '../ui/toast.tsx'

const LOOKS = {
  system: ['System', <Monitor key="m" size={14} />],
  light: ['Light', <Sun key="s" size={14} />],
  dark: ['Dark', <Moon key="d" size={14} />]
} as const

interface Props {
  /** On a phone: a bare button, which also leads to the pages that its bar has no room for. */
  readonly isShort?: boolean
  readonly pages?: readonly { readonly to: string; readonly label: string; readonly icon: ReactNode }[]
}

/** Who is signed in; the look of the pages; the way out. */
export function PersonMenu({ isShort = false, pages = [] }: Props) {
  const { user } = useSignedIn()
  const theme = useTheme()
  async function signOut() {
    try {
      await client.people.signOut({})
      cache.clear()
      leave()
    } catch (error) {
      toast(<>You are still signed in. {wordsOf(error)}</>, { kind: 'failed' })
    }
  }
  return (
    <Menu
      align={isShort ? 'end' : 'start'}
      trigger={
        isShort ? (
          <button
            type="button"
            aria-label="Menu"
            className="inline-flex size-9 items-center justify-center rounded-md hover:bg-well"
          >
            <MenuIcon size={18} />
          </button>
        ) : (
          <button
            type="button"
            className="flex h-9 min-w-0 items-center gap-2.5 rounded-md px-2 text-left hover:bg-well"
          >
            <CircleUserRound size={16} className="shrink-0 text-soft" />
            <span className="truncate" dir="auto">
              {user.name}
            </span>
          </button>
        )
      }
    >
      {pages.map(({ to, label, icon }) => (
        <MenuLink key={to}>
          <Link to={to}>
            {icon}
            {label}
          </Link>
        </MenuLink>
      ))}
      {pages.length > 0 && <MenuLine />}
      <MenuLabel>{user.email}</MenuLabel>
      <MenuLink>
        <Link to="/you">
          <CircleUserRound size={14} />
          Your sign-in
        </Link>
      </MenuLink>
      <MenuLine />
      {themes.map(name => (
        <MenuItem key={name} icon={LOOKS[name][1]} onSelect={() => setTheme(name)}>
          {LOOKS[name][0]}
          {theme === name && <span className="ml-auto text-xs text-soft">chosen</span>}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem icon={<LogOut size={14} />} onSelect={signOut}>
        Sign out
      </MenuItem>
    </Menu>
  )
}
