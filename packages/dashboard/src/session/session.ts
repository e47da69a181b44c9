import type { SignedIn } from '@upload24/contract'
import { useSyncExternalStore } from 'react'

/** `unknown`: not asked yet. `away`: the server did not answer. */
export type Session =
  | { readonly is: 'unknown' }
  | { readonly is: 'away' }
  | { readonly is: 'out' }
  | { readonly is: 'in'; readonly user: SignedIn['user']; readonly tenant: SignedIn['tenant'] }

/** Renewed this long before its end, in milliseconds. */
const EARLY = 60_000

let session: Session = { is: 'unknown' }
// In memory alone: a script that got in could not read it from any storage, and closing the tab forgets it.
let token: { readonly value: string; readonly endsAt: number } | undefined
let renewal: Promise<string | undefined> | undefined
const readers = new Set<() => void>()
const tabs = new BroadcastChannel('upload24.session')
tabs.onmessage = ({ data }) => (data === 'out' ? forget() : renew())

function set(next: Session): void {
  session = next
  for (const tell of readers) tell()
}

function forget(): void {
  token = undefined
  set({ is: 'out' })
}

/** What every way of signing in answers. */
export function enter({ accessToken, expiresAt, user, tenant }: SignedIn, { tell = true } = {}): void {
  token = { value: accessToken, endsAt: Date.parse(expiresAt) }
  set({ is: 'in', user, tenant })
  if (tell) tabs.postMessage('in')
}

/** Ends it here and in every other tab. */
export function leave(): void {
  forget()
  tabs.postMessage('out')
}

/** Renews with the httpOnly cookie. Undefined: nobody is signed in, or the server is away. One request at a time. */
export function renew(): Promise<string | undefined> {
  renewal ??= ask().finally(() => {
    renewal = undefined
  })
  return renewal
}

async function ask(): Promise<string | undefined> {
  let answer: Response
  try {
    answer = await fetch('/auth/refresh', { method: 'POST' })
  } catch {
    if (session.is === 'unknown') set({ is: 'away' })
    return undefined
  }
  if (answer.ok) {
    enter(await answer.json(), { tell: false })
    return token?.value
  }
  if (answer.status >= 500 || answer.status === 429) {
    if (session.is === 'unknown') set({ is: 'away' })
    return undefined
  }
  forget()
  return undefined
}

export async function getAccessToken(): Promise<string | undefined> {
  if (token && token.endsAt - Date.now() > EARLY) return token.value
  return (await renew()) ?? token?.value
}

const subscribe = (tell: () => void) => {
  readers.add(tell)
  return () => readers.delete(tell)
}

export const readSession = (): Session => session
export const useSession = (): Session => useSyncExternalStore(subscribe, readSession)

/** Inside the pages that only signed-in people see. */
export function useSignedIn(): Extract<Session, { is: 'in' }> {
  const current = useSession()
  if (current.is !== 'in') throw new Error('nobody is signed in')
  return current
}

const RANK = ['viewer', 'member', 'admin', 'owner'] as const
type Role = (typeof RANK)[number]

/** Whether the person may do what needs this role. The server decides; this only keeps dead buttons off the page. */
export const useMay = (role: Role): boolean => {
  const current = useSession()
  return current.is === 'in' && RANK.indexOf(current.tenant.role) >= RANK.indexOf(role)
}
