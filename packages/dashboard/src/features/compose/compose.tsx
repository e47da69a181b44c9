import { Link, useSearch } from '@tanstack/react-router'
import { useMay } from '../../session/session.ts'
import { buttonClass } from '../../ui/button.tsx'
import { Empty } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { Composer } from './composer.tsx'
import { SendingPage } from './sending.tsx'

/** `/new`: writing an upload; with `sending`, the transfer of one that was sent from here. */
export function Compose() {
  const { sending, at, sample } = useSearch({ strict: false }) as { sending?: string; at?: string; sample?: string }
  const isAllowed = useMay('member')
  if (sending !== undefined) return <SendingPage key={sending} id={sending} />
  if (isAllowed) return <Composer at={at} hasSample={sample !== undefined} />
  return (
    <Page title="New upload" width="text">
      <Empty
        title="You may look, not send"
        actions={
          <Link to="/uploads" className={buttonClass()}>
            Go to Uploads
          </Link>
        }
      >
        Your role in this workspace is viewer. An owner or an admin can make you a member on the Workspace page.
      </Empty>
    </Page>
  )
}
