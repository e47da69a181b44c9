import { Link } from '@tanstack/react-router'
import { ProblemError } from '@upload24/sdk'
import { type ReactNode, useEffect, useMemo } from 'react'
import { Notice } from '../../ui/notice.tsx'
import { Problem, wordsOf } from '../../ui/problem.tsx'
import { SkeletonBox } from '../../ui/skeleton.tsx'
import { Ago } from '../../ui/time.tsx'

/** The page around every form of somebody who is not signed in yet. */
export function Door({
  title,
  children,
  below
}: {
  readonly title: string
  readonly children: ReactNode
  readonly below?: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Upload24`
  }, [title])
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-[400px] flex-col px-5 pt-[min(14vh,120px)] pb-12">
      <p className="mb-8 flex items-center gap-2.5 text-lg font-semibold">
        <img src="/icon.svg" alt="" width={28} height={28} />
        Upload24
      </p>
      <h1 dir="auto" className="mb-5 text-xl">
        {title}
      </h1>
      {children}
      {below && <div className="mt-6 flex flex-col gap-1.5 text-soft">{below}</div>}
    </main>
  )
}

export const doorLink = 'font-medium text-act underline underline-offset-2'

/** Of an address that the invitation has set. */
export const READ_ONLY = 'read-only:bg-well read-only:text-soft'

/** Until it is known what stands here: the shape of a form, so that none is shown and taken away. */
export const DoorLoading = ({ title, fields }: { readonly title: string; readonly fields: number }) => (
  <Door title={title}>
    <div role="status" aria-label="Loading the form" className="flex flex-col gap-4">
      {Array.from({ length: fields }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: fields of a skeleton have no other identity.
        <div key={index} className="flex flex-col gap-1">
          <SkeletonBox className="my-1 h-3 w-20" />
          <SkeletonBox className="h-8" />
        </div>
      ))}
      <SkeletonBox className="h-8" />
    </div>
  </Door>
)

/** Why one is not let in. The id of the request helps nobody who has mistyped. */
export function DoorProblem({ error }: { readonly error: unknown }) {
  const seconds = error instanceof ProblemError ? error.retryAfterSeconds : undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: the wait is counted from when this error came.
  const until = useMemo(() => new Date(Date.now() + (seconds ?? 0) * 1000).toISOString(), [error, seconds])
  if (!(error instanceof ProblemError) || error.status >= 500) return <Problem error={error} />
  if (error.code === 'rate_limited' && seconds !== undefined) {
    return (
      <Notice kind="failed">
        Too many attempts. Try again <Ago value={until} />.
      </Notice>
    )
  }
  return (
    <Notice kind="failed">
      {wordsOf(error)}
      {error.code === 'email_taken' && (
        <>
          {' '}
          <Link to="/sign-in" className={doorLink}>
            Sign in
          </Link>
        </>
      )}
    </Notice>
  )
}
