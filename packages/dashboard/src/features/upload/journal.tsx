import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Attempt, attemptsQuery, type Target } from '../../data/uploads.ts'
import { useZone } from '../../data/workspace.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatSpan } from '../../ui/format.ts'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonLines } from '../../ui/skeleton.tsx'
import { formatClockTime } from '../../ui/time.tsx'

const CALLS = { prepare: 'Open', send: 'Send', commit: 'Publish', check: 'Ask', renew: 'Renew the sign-in' } as const
const KINDS: Record<Attempt['kind'], string> = {
  call: 'Request',
  waits: 'Waits',
  ended: 'Ended',
  canceled: 'Canceled',
  retried: 'Retried',
  resolved: 'Resolved',
  consent: 'Consent'
}

/** Everything that was asked of the platform, and what it said. Read when it is opened. */
export function Journal({ uploadId, target }: { readonly uploadId: string; readonly target: Target }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="text-sm" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary className="w-fit text-soft hover:text-ink">What was asked, and what came back</summary>
      {isOpen && <Entries uploadId={uploadId} accountId={target.accountId} />}
    </details>
  )
}

function Entries({ uploadId, accountId }: { readonly uploadId: string; readonly accountId: string }) {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    attemptsQuery(uploadId, accountId)
  )
  const entries = data?.pages.flatMap(page => page.items) ?? []
  if (error) return <Problem error={error} onRetry={() => refetch()} />
  if (isPending) return <SkeletonLines widths={[60, 44, 70]} label="Loading the journal" />
  if (entries.length === 0) return <p className="py-2 pl-4 text-soft">Nothing was asked of the platform yet.</p>
  return (
    <div className="mt-1.5 flex flex-col gap-2">
      <ol className="flex flex-col border-l-2 border-line">
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the journal only grows at its end.
          <Entry key={index} entry={entry} />
        ))}
      </ol>
      {hasNextPage && (
        <div>
          <Button size="small" onClick={() => fetchNextPage()} isBusy={isFetchingNextPage}>
            Show what came after
          </Button>
        </div>
      )}
    </div>
  )
}

function Entry({ entry }: { readonly entry: Attempt }) {
  const zone = useZone()
  const isBad = entry.verdict === 'refused' || entry.verdict === 'lost' || entry.verdict === 'began'
  const facts = [
    entry.followUp,
    entry.bytes === null || entry.bytes === 0 ? undefined : formatBytes(entry.bytes),
    entry.durationMs === null ? undefined : formatSpan(entry.durationMs / 1000)
  ].filter(Boolean)
  return (
    <li className="grid grid-cols-[72px_minmax(0,1fr)] gap-x-3 py-1.5 pl-3">
      <time dateTime={entry.at} title={entry.at} className="text-soft">
        {formatClockTime(entry.at, zone)}
      </time>
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">{entry.call ? CALLS[entry.call] : KINDS[entry.kind]}</span>
          {entry.kind === 'call' && (
            <span className={`font-medium ${isBad ? 'text-failed' : 'text-uploaded'}`}>
              {entry.status ?? (entry.verdict === 'answered' ? '' : 'no answer')}
            </span>
          )}
          <span className="text-soft">{facts.join(' · ')}</span>
          {entry.message && !isBad && <span dir="auto">{entry.message}</span>}
        </p>
        {entry.message && isBad && (
          <p dir="auto" className="break-words">
            {entry.message}
          </p>
        )}
        {entry.host && (
          <p className="font-mono text-xs break-all text-soft">
            {entry.method} {entry.host}
            {entry.path}
          </p>
        )}
        {entry.requestId && <p className="font-mono text-xs break-all text-soft">request {entry.requestId}</p>}
        {entry.by && <p className="font-mono text-xs text-soft">by {entry.by}</p>}
      </div>
    </li>
  )
}
