import { useQuery } from '@tanstack/react-query'
import { accountsQuery } from '../../data/accounts.ts'
import { summaryQuery } from '../../data/uploads.ts'
import { FaultLine } from '../../ui/fault-line.tsx'
import { Page } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonLines } from '../../ui/skeleton.tsx'
import { FirstSteps } from './first-steps.tsx'
import { GoingOut } from './going-out.tsx'
import { NeedsYou } from './needs-you.tsx'
import { Next } from './next.tsx'

/** Did it go out, and what needs me? */
export function Home() {
  const summary = useQuery(summaryQuery)
  const accounts = useQuery(accountsQuery)
  const error = summary.error ?? accounts.error
  const isNew = summary.data && accounts.data && !summary.data.hasUploads
  return (
    <Page title="Home">
      <FaultLine accounts={accounts.data ?? []} />
      {error && (
        <Problem
          error={error}
          onRetry={() => {
            summary.refetch()
            accounts.refetch()
          }}
        />
      )}
      {!summary.data || !accounts.data ? (
        !error && <SkeletonLines widths={[38, 52, 44, 30, 58]} />
      ) : isNew ? (
        <FirstSteps hasAccount={accounts.data.some(({ status }) => status === 'active')} />
      ) : (
        <div className="flex flex-col gap-9">
          <NeedsYou deadAccounts={accounts.data.filter(({ status }) => status === 'needs_relink')} />
          <GoingOut />
          <Next />
        </div>
      )}
    </Page>
  )
}
