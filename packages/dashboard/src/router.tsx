import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { Frame } from './shell/frame.tsx'
import { NotFound } from './shell/not-found.tsx'
import { RouteFailed } from './shell/route-failed.tsx'
import { Toasts } from './ui/toast.tsx'

/** Every page: its address, and the feature that draws it. Each is loaded when it is first wanted. */
const root = createRootRoute({
  component: () => (
    <>
      <Outlet />
      <Toasts />
    </>
  ),
  notFoundComponent: NotFound
})

/** Pages for anybody. */
const open = <P extends string>(path: P, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component, validateSearch: anyText })

const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame })

/** Pages for those who are signed in, inside the frame. */
const page = <P extends string>(path: P, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => frame, path, component, validateSearch: anyText })

/** Filters stand in the address as plain text; the page that reads them decides what they mean. */
function anyText(search: Record<string, unknown>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(search)
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)])
  )
}

const routes = root.addChildren([
  open(
    '/sign-in',
    lazyRouteComponent(() => import('./features/sign-in/sign-in.tsx'), 'SignIn')
  ),
  open(
    '/sign-up',
    lazyRouteComponent(() => import('./features/sign-in/sign-up.tsx'), 'SignUp')
  ),
  open(
    '/forgot-password',
    lazyRouteComponent(() => import('./features/sign-in/forgot.tsx'), 'Forgot')
  ),
  open(
    '/reset-password',
    lazyRouteComponent(() => import('./features/sign-in/reset.tsx'), 'Reset')
  ),
  frame.addChildren([
    page(
      '/',
      lazyRouteComponent(() => import('./features/home/home.tsx'), 'Home')
    ),
    page(
      '/new',
      lazyRouteComponent(() => import('./features/compose/compose.tsx'), 'Compose')
    ),
    page(
      '/uploads',
      lazyRouteComponent(() => import('./features/uploads/uploads.tsx'), 'Uploads')
    ),
    page(
      '/uploads/$uploadId',
      lazyRouteComponent(() => import('./features/upload/upload.tsx'), 'UploadPage')
    ),
    page(
      '/calendar',
      lazyRouteComponent(() => import('./features/calendar/calendar.tsx'), 'Calendar')
    ),
    page(
      '/accounts',
      lazyRouteComponent(() => import('./features/accounts/accounts.tsx'), 'Accounts')
    ),
    page(
      '/usage',
      lazyRouteComponent(() => import('./features/usage/usage.tsx'), 'Usage')
    ),
    page(
      '/keys',
      lazyRouteComponent(() => import('./features/keys/keys.tsx'), 'Keys')
    ),
    page(
      '/developers',
      lazyRouteComponent(() => import('./features/developers/developers.tsx'), 'Developers')
    ),
    page(
      '/workspace',
      lazyRouteComponent(() => import('./features/workspace/workspace.tsx'), 'Workspace')
    ),
    page(
      '/you',
      lazyRouteComponent(() => import('./features/you/you.tsx'), 'You')
    )
  ])
])

export const router = createRouter({
  routeTree: routes,
  defaultPreload: 'intent',
  defaultErrorComponent: RouteFailed,
  defaultPendingMs: 150,
  scrollRestoration: true,
  // Addresses are read and written by people: ?status=Failed, not JSON.
  parseSearch: text => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: search => {
    const text = new URLSearchParams(
      Object.entries(search).filter(([, value]) => value !== undefined && value !== '') as [string, string][]
    ).toString()
    return text ? `?${text}` : ''
  }
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
