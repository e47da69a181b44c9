import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Film } from 'lucide-react'
import { useEffect } from 'react'
import { accountsQuery } from '../../data/accounts.ts'
import { offerFile } from '../../data/offered-file.ts'
import { forgetSending, isOpen, type Sending, useOutbox } from '../../data/outbox.ts'
import { useSignedIn } from '../../session/session.ts'
import { AccountName } from '../../ui/account-name.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { formatBytes, plural } from '../../ui/format.ts'
import { Empty } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Progress } from '../../ui/progress.tsx'
import { figures, stateWords } from '../../ui/transfer.tsx'
import { TransferActions } from '../../ui/transfer-actions.tsx'
import { restoreDraft } from './draft.ts'

/** The transfer of one upload. When it has arrived, its own page takes over. */
export function SendingPage({ id }: { readonly id: string }) {
  const { tenant } = useSignedIn()
  const sending = useOutbox().find(each => each.id === id && each.tenantId === tenant.id)
  const navigate = useNavigate()
  const uploadId = sending?.upload?.uploadId
  useEffect(() => {
    if (uploadId === undefined) return
    navigate({ to: '/uploads/$uploadId', params: { uploadId }, replace: true }).then(() => forgetSending(id))
  }, [uploadId, id, navigate])
  return sending ? <Transfer sending={sending} /> : <Gone />
}

function Transfer({ sending }: { readonly sending: Sending }) {
  const { description, progress, file, error, poster } = sending
  const hasFailed = progress.state === 'failed'
  const navigate = useNavigate()
  function change() {
    restoreDraft(sending.tenantId, description)
    offerFile(file)
    navigate({ to: '/new' }).then(() => forgetSending(sending.id))
  }
  return (
    <Page
      title={description.title}
      facts={`${file.name}, ${formatBytes(file.size)}, for ${plural(description.accounts.length, 'account')}`}
    >
      <div className="flex flex-wrap items-start gap-x-6 gap-y-4">
        <div className="flex h-40 w-full items-center justify-center overflow-hidden rounded-md bg-well sm:w-40">
          {poster ? (
            <img src={poster} alt="" className="max-h-full max-w-full" />
          ) : (
            <Film size={24} className="text-soft" />
          )}
        </div>
        <div className="flex max-w-[640px] min-w-0 flex-1 basis-64 flex-col gap-3">
          <div className="flex items-baseline justify-between gap-4">
            <h2 aria-live="polite" className="text-lg">
              {stateWords(progress)}
            </h2>
            <span className="text-lg">{Math.floor((progress.bytesSent / progress.bytesTotal) * 100)} %</span>
          </div>
          <Progress value={progress.bytesSent} max={progress.bytesTotal} label={`Sending ${file.name}`} />
          <p className="min-h-5 text-soft">{figures(progress)}</p>
          {hasFailed && <Problem error={error} />}
          <div className="flex flex-wrap gap-2">
            {hasFailed && (
              <Button look="main" onClick={change}>
                Change it
              </Button>
            )}
            <TransferActions sending={sending} />
          </div>
          {isOpen(sending) && (
            <p className="max-w-[56ch] text-sm text-soft">
              You can go to other pages meanwhile. If this tab is closed, it goes on when you pick the same file again.
            </p>
          )}
        </div>
      </div>
      <Targets ids={description.accounts} />
    </Page>
  )
}

/** Where it goes once its bytes are here. */
function Targets({ ids }: { readonly ids: readonly string[] }) {
  const { data } = useQuery(accountsQuery)
  const targets = data?.filter(({ accountId }) => ids.includes(accountId)) ?? []
  return (
    <ul aria-label="Accounts" className="flex flex-col divide-y divide-line border-y border-line">
      {targets.map(account => (
        <li key={account.accountId} className="relative flex h-12 items-center justify-between gap-4 pr-1 pl-4">
          {account.sandbox && <span aria-hidden className="striped absolute inset-y-0 left-0 w-1" />}
          <AccountName account={account} />
          <span className="hidden text-sm whitespace-nowrap text-soft sm:inline">waits for the file</span>
        </li>
      ))}
    </ul>
  )
}

/** After a reload, or when it was aborted. */
const Gone = () => (
  <Page title="New upload" width="text">
    <Empty
      title="This transfer is not running in this tab"
      actions={
        <Link to="/new" className={buttonClass('main')}>
          Make a new upload
        </Link>
      }
    >
      If it was cut off, it stands at the bottom of the page: pick the same file again, and it goes on from what has
      arrived.
    </Empty>
  </Page>
)
