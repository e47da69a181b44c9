import { useLocation } from '@tanstack/react-router'
import { ExternalLink } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { isOver, phaseWords, stateOfTarget } from '../../data/states.ts'
import type { Target, Upload } from '../../data/uploads.ts'
import { useZone } from '../../data/workspace.ts'
import { AccountName } from '../../ui/account-name.tsx'
import { formatBytes, plural } from '../../ui/format.ts'
import { StateMark } from '../../ui/state.tsx'
import { Ago, Time } from '../../ui/time.tsx'
import { FollowUps } from './follow-ups.tsx'
import { Journal } from './journal.tsx'
import { LaneMending } from './lane-mending.tsx'
import { Stations } from './stations.tsx'

/** One account of the upload. Its address (`#account_…`) can be sent to a colleague. */
export function Lane({ upload, target }: { readonly upload: Upload; readonly target: Target }) {
  const ref = useRef<HTMLLIElement>(null)
  const isMeant = useLocation({ select: ({ hash }) => hash === target.accountId })
  useEffect(() => {
    if (isMeant) ref.current?.scrollIntoView({ block: 'center' })
  }, [isMeant])
  return (
    <li
      ref={ref}
      id={target.accountId}
      className={`relative border-b border-line py-4 pr-1 pl-4 ${isMeant ? 'bg-act-well' : ''}`}
    >
      {target.sandbox && <span aria-hidden className="striped absolute inset-y-0 left-0 w-1" />}
      <div className="grid gap-x-8 gap-y-3 lg:grid-cols-[minmax(0,280px)_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-1">
          <AccountName account={target} hasHandle />
          <StateMark state={stateOfTarget(target)} />
        </div>
        <div className="flex min-w-0 flex-col gap-2.5">
          <Stations target={target} />
          <Figures target={target} />
          <LaneMending upload={upload} target={target} />
          <FollowUps target={target} />
          <Adjustments target={target} />
          <Journal uploadId={upload.uploadId} target={target} />
        </div>
      </div>
    </li>
  )
}

/** Bytes and times in plain figures; the post itself, once there is one. */
function Figures({ target }: { readonly target: Target }) {
  const zone = useZone()
  const { bytesSent, bytesTotal } = target.progress
  return (
    <p className="flex min-h-5 flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft">
      {!isOver(target) && <span className="text-ink">{phaseWords(target)}</span>}
      {target.status !== 'Scheduled' && bytesSent > 0 && (
        <span>
          {bytesSent === bytesTotal
            ? formatBytes(bytesTotal)
            : `${formatBytes(bytesSent)} of ${formatBytes(bytesTotal)}`}{' '}
          sent
        </span>
      )}
      {target.attempts > 0 && <span>{plural(target.attempts, 'request')}</span>}
      {!isOver(target) && target.status !== 'Scheduled' && target.nextAttemptAt && (
        <span>
          next look <Ago value={target.nextAttemptAt} />
        </span>
      )}
      {target.publishedAt && (
        <span>
          Live since <Time value={target.publishedAt} zone={zone} />
        </span>
      )}
      {target.externalUrl && (
        <a
          href={target.externalUrl}
          target="_blank"
          rel="noreferrer"
          className="inline-flex items-center gap-1 font-medium text-act underline underline-offset-2"
        >
          Open the post
          <ExternalLink size={13} aria-hidden />
        </a>
      )}
    </p>
  )
}

/** What was fitted to the platform's rules, without loss. */
function Adjustments({ target }: { readonly target: Target }) {
  if (target.adjustments.length === 0) return null
  return (
    <details className="text-sm">
      <summary className="w-fit text-soft hover:text-ink">
        {plural(target.adjustments.length, 'adjustment')} for this platform
      </summary>
      <ul className="mt-1.5 flex flex-col gap-1.5 pl-4">
        {target.adjustments.map(({ field, rule, limit, applied }) => (
          <li key={`${field} ${rule}`} className="text-soft">
            <span className="font-mono text-xs text-ink">{field}</span> {rule.replaceAll('_', ' ')}
            {limit !== undefined && ` (limit ${limit})`}:{' '}
            <span dir="auto" className="break-words text-ink">
              {String(applied)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}
