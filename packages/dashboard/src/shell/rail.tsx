import { Link } from '@tanstack/react-router'
import { CalendarDays, ChartNoAxesColumn, House, KeyRound, List, Plus, Terminal, Users, UsersRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMay } from '../session/session.ts'
import { buttonClass } from '../ui/button.tsx'
import { PersonMenu } from './person-menu.tsx'
import { WorkspaceMenu } from './workspace-menu.tsx'

const SIZE = 16

/** The pages, in the order of how often they are wanted. `short`: what a phone's bar has room for. */
const PAGES = [
  { to: '/', label: 'Home', icon: <House size={SIZE} />, short: true },
  { to: '/uploads', label: 'Uploads', icon: <List size={SIZE} />, short: true },
  { to: '/calendar', label: 'Calendar', icon: <CalendarDays size={SIZE} />, short: true },
  { to: '/accounts', label: 'Accounts', icon: <Users size={SIZE} />, short: true },
  { to: '/usage', label: 'Usage', icon: <ChartNoAxesColumn size={SIZE} />, short: false },
  { to: '/keys', label: 'API keys', icon: <KeyRound size={SIZE} />, short: false },
  { to: '/developers', label: 'Developers', icon: <Terminal size={SIZE} />, short: false },
  { to: '/workspace', label: 'Workspace', icon: <UsersRound size={SIZE} />, short: false }
] as const

export function Rail() {
  return (
    <>
      <header className="sticky top-0 z-40 hidden h-dvh w-[216px] shrink-0 flex-col gap-4 border-r border-line px-3 py-4 md:flex">
        <WorkspaceMenu />
        <NewUpload />
        <nav aria-label="Pages" className="flex flex-1 flex-col gap-0.5 overflow-y-auto">
          {PAGES.map(page => (
            <RailLink key={page.to} {...page} />
          ))}
        </nav>
        <PersonMenu />
      </header>
      <header className="sticky top-0 z-30 flex items-center justify-between gap-2 border-b border-line bg-paper px-3 py-2 md:hidden">
        <WorkspaceMenu />
        <div className="flex items-center gap-1">
          <NewUpload />
          <PersonMenu isShort pages={PAGES.filter(page => !page.short)} />
        </div>
      </header>
      <nav
        aria-label="Pages"
        className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-paper pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {PAGES.filter(page => page.short).map(({ to, label, icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/' }}
            className="flex flex-1 flex-col items-center gap-0.5 py-2 text-xs text-soft data-[status=active]:font-semibold data-[status=active]:text-ink"
          >
            {icon}
            {label}
          </Link>
        ))}
      </nav>
    </>
  )
}

/** For those who may send; to the others it would lead nowhere. */
function NewUpload() {
  if (!useMay('member')) return null
  return (
    <Link to="/new" className={buttonClass('main')} aria-keyshortcuts="n">
      <Plus size={16} />
      New upload
      <kbd aria-hidden className="ml-1 hidden rounded-sm bg-on-act/20 px-1 font-mono text-xs md:inline">
        n
      </kbd>
    </Link>
  )
}

function RailLink({ to, label, icon }: { readonly to: string; readonly label: string; readonly icon: ReactNode }) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: to === '/' }}
      className="flex h-8 items-center gap-2.5 rounded-md px-2 text-soft hover:bg-well hover:text-ink data-[status=active]:bg-well data-[status=active]:font-medium data-[status=active]:text-ink"
    >
      {icon}
      {label}
    </Link>
  )
}
