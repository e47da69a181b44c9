import { useSession } from '../session/session.ts'

/** The zone in which every page shows times: the workspace's. */
export function useZone(): string {
  const session = useSession()
  return session.is === 'in' ? session.tenant.timezone : Intl.DateTimeFormat().resolvedOptions().timeZone
}
