import { Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useLive } from '../live/live.ts'
import { renew, useSession } from '../session/session.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Connection } from './connection.tsx'
import { DropAnywhere } from './drop-anywhere.tsx'
import { Outbox } from './outbox.tsx'
import { Rail } from './rail.tsx'
import { useShortcuts } from './shortcuts.tsx'

/** What stands around every page of those who are signed in; the others are led to the sign-in page, and back. */
export function Frame() {
  const session = useSession()
  const router = useRouter()
  useEffect(() => {
    if (session.is !== 'out') return
    // Where they wanted to go when it turned out, not wherever this effect runs again.
    const { href } = router.state.location
    router.navigate({ to: '/sign-in', search: href === '/' ? {} : { next: href }, replace: true })
  }, [session.is, router])
  if (session.is === 'away') return <Away />
  if (session.is !== 'in') return null
  return <SignedIn key={session.tenant.id} tenantId={session.tenant.id} />
}

function SignedIn({ tenantId }: { readonly tenantId: string }) {
  useLive(tenantId)
  useShortcuts()
  return (
    <div className="flex min-h-dvh flex-col md:flex-row">
      <a
        href="#page"
        className="sr-only z-50 rounded-md bg-raised px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <Rail />
      <div className="flex min-w-0 flex-1 flex-col">
        <Connection />
        <main id="page" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <Outlet />
        </main>
        <Outbox />
      </div>
      <DropAnywhere />
    </div>
  )
}

function Away() {
  return (
    <main className="mx-auto max-w-[520px] px-4 py-24">
      <Notice kind="failed" actions={<Button onClick={() => renew()}>Try again</Button>}>
        The server does not answer. It may be restarting; scheduled posts go out as soon as it is back.
      </Notice>
    </main>
  )
}
