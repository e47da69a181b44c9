import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Account } from '../../data/accounts.ts'
import { useRetry } from '../../data/change-uploads.ts'
import { stateOfTarget } from '../../data/states.ts'
import type { Upload } from '../../data/uploads.ts'
import { useMay } from '../../session/session.ts'
import { AccountName } from '../../ui/account-name.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { plural } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { Problem, wordsOf } from '../../ui/problem.tsx'
import { StateShape } from '../../ui/state.tsx'
import { toast } from '../../ui/toast.tsx'
import { needsQuery } from './api.ts'

/** One line each: what it is, why it stands still, and the button that mends it. */
export function NeedsYou({ deadAccounts }: { readonly deadAccounts: readonly Account[] }) {
  const { data, error, refetch } = useQuery(needsQuery)
  const mayLink = useMay('admin')
  if (error) return <Problem error={error} onRetry={() => refetch()} />
  const uploads = data?.items ?? []
  if (uploads.length === 0 && deadAccounts.length === 0) {
    return (
      <Section title="Needs you">
        <p className="flex items-center gap-2 text-soft">
          <StateShape state="Uploaded" /> Nothing needs you.
        </p>
      </Section>
    )
  }
  return (
    <Section
      title="Needs you"
      aside={
        data?.nextCursor && (
          <Link to="/uploads" search={{ needs: '1' } as never} className="text-act underline underline-offset-2">
            Show all
          </Link>
        )
      }
    >
      <ul className="border-t border-line">
        {deadAccounts.map(account => (
          <li
            key={account.accountId}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line py-2.5"
          >
            <StateShape state="Needs you" />
            <div className="min-w-0 flex-1 basis-64">
              <AccountName account={account} />
              <p className="text-sm text-soft">
                Its sign-in has ended. What it stopped in the last 72 hours goes on when it is linked again.
              </p>
            </div>
            {mayLink ? (
              <Link
                to="/accounts"
                search={{ relink: account.accountId } as never}
                className={buttonClass('plain', 'small')}
              >
                Link it again
              </Link>
            ) : (
              <span className="text-sm text-soft">An admin can link it again.</span>
            )}
          </li>
        ))}
        {uploads.map(upload => (
          <UploadLine key={upload.uploadId} upload={upload} />
        ))}
      </ul>
    </Section>
  )
}

function UploadLine({ upload }: { readonly upload: Upload }) {
  const retry = useRetry()
  const may = useMay('member')
  const worst = upload.accounts.filter(target => ['Failed', 'Needs you'].includes(stateOfTarget(target)))
  const unknown = worst.find(({ errorCode }) => errorCode === 'outcome_unknown')
  const first = unknown ?? worst[0]
  const failed = worst.filter(({ status, errorCode }) => status === 'Failed' && errorCode !== 'outcome_unknown')
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line py-2.5">
      <StateShape state={unknown ? 'Needs you' : 'Failed'} />
      <div className="min-w-0 flex-1 basis-64">
        <Link
          to="/uploads/$uploadId"
          params={{ uploadId: upload.uploadId }}
          {...(first ? { hash: first.accountId } : {})}
          dir="auto"
          className="block truncate text-left font-medium hover:underline"
        >
          {upload.title}
        </Link>
        <p dir="auto" className="line-clamp-2 text-sm text-soft">
          {first ? `${first.displayName}: ${first.errorMessage ?? 'it must be linked again.'}` : ''}
          {worst.length > 1 && ` And ${plural(worst.length - 1, 'more account')}.`}
        </p>
      </div>
      {unknown ? (
        <Link
          to="/uploads/$uploadId"
          params={{ uploadId: upload.uploadId }}
          hash={unknown.accountId}
          className={buttonClass('plain', 'small')}
        >
          Say whether it is live
        </Link>
      ) : (
        may &&
        failed.length > 0 && (
          <Button
            size="small"
            isBusy={retry.isPending}
            onClick={() =>
              retry.mutate(
                { uploadId: upload.uploadId, accounts: failed.map(({ accountId }) => accountId) },
                { onError: error => toast(wordsOf(error), { kind: 'failed' }) }
              )
            }
          >
            Retry {plural(failed.length, 'failed account')}
          </Button>
        )
      )}
    </li>
  )
}
