import { useZone } from '../../data/workspace.ts'
import { Snippet } from '../../ui/copy.tsx'
import { Time } from '../../ui/time.tsx'
import type { Invited } from './api.ts'

/** The link, which only this answer holds, and what it is good for. */
export function InvitedWords({ invited, email }: { readonly invited: Invited; readonly email: string }) {
  const zone = useZone()
  return (
    <>
      <p>
        {invited.isMailed
          ? 'The link is on its way by mail. You can also hand it over yourself:'
          : 'No mail went out, so copy the link and hand it over yourself:'}{' '}
        it is shown now and never again.
      </p>
      <Snippet label={`Link for ${email}`} text={invited.url} />
      <p className="text-sm text-soft">
        It works once, for that address alone, until <Time value={invited.expiresAt} zone={zone} />.
      </p>
    </>
  )
}
