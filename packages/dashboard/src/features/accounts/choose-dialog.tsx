import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { platformOf, platformsQuery } from '../../data/accounts.ts'
import { useZone } from '../../data/workspace.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { plural } from '../../ui/format.ts'
import { PlatformMark, SandboxMark } from '../../ui/platform-mark.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonLines } from '../../ui/skeleton.tsx'
import { formatTime, zoneName } from '../../ui/time.tsx'
import { pendingQuery, useAdopt } from './api.ts'

interface Props {
  readonly linkId: string
  /** The account that is linked again. */
  readonly again: string | undefined
  readonly onClose: () => void
  readonly onLinked: (accountIds: readonly string[]) => void
}

/** One sign-in brought several accounts: which of them does the workspace publish on? */
export function ChooseDialog({ linkId, again, onClose, onLinked }: Props) {
  const zone = useZone()
  const { data, error } = useQuery(pendingQuery(linkId))
  const { data: platforms } = useQuery(platformsQuery)
  const adopt = useAdopt()
  const [marked, setMarked] = useState<ReadonlySet<string>>()
  const items = data?.items ?? []
  // Whoever came to link one again means that one; what is linked already is renewed along with it.
  const chosen =
    marked ?? new Set(items.filter(({ accountId }) => accountId !== null && (!again || accountId === again)).map(toId))
  const isAll = chosen.size === items.length
  function toggle(choiceId: string) {
    const next = new Set(chosen)
    if (!next.delete(choiceId)) next.add(choiceId)
    setMarked(next)
  }
  const finish = () =>
    adopt.mutate(
      { linkId, choices: [...chosen] },
      { onSuccess: ({ items }) => onLinked(items.map(({ accountId }) => accountId)) }
    )
  return (
    <Dialog title="Which accounts does this workspace use?" onClose={onClose}>
      {error && <Problem error={error} />}
      {!data && !error && <SkeletonLines widths={[50, 62, 44]} label="Loading the accounts" />}
      {data && (
        <>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="flex items-center gap-2 text-soft">
              <PlatformMark platform={platformOf(platforms, data.platform)} />
              {plural(items.length, 'account')}
              {data.sandbox && <SandboxMark />}
            </p>
            <Button
              size="small"
              look="quiet"
              aria-label={isAll ? 'Choose none' : 'Choose all'}
              onClick={() => setMarked(new Set(isAll ? [] : items.map(toId)))}
            >
              {isAll ? 'None' : 'All'}
            </Button>
          </div>
          <ul className="-mt-2 border-t border-line">
            {items.map(({ choiceId, displayName, handle, accountId }) => (
              <li key={choiceId} className="border-b border-line">
                <label className="flex cursor-pointer items-center gap-3 px-1 py-2 hover:bg-well">
                  <input
                    type="checkbox"
                    checked={chosen.has(choiceId)}
                    onChange={() => toggle(choiceId)}
                    className="size-4 shrink-0 accent-act"
                  />
                  <span className="min-w-0 flex-1">
                    <bdi className="block truncate font-medium">{displayName}</bdi>
                    <bdi className="block truncate text-sm text-soft">{handle}</bdi>
                  </span>
                  {accountId && <span className="shrink-0 text-sm text-soft">Linked already</span>}
                </label>
              </li>
            ))}
          </ul>
          <p className="text-sm text-soft">
            The others are not linked, and their sign-in is forgotten. This choice waits until{' '}
            {formatTime(data.expiresAt, zone)} {zoneName(data.expiresAt, zone)}.
          </p>
        </>
      )}
      {adopt.error && <Problem error={adopt.error} />}
      <DialogActions>
        <Button onClick={onClose}>{error ? 'Close' : 'Link none'}</Button>
        {data && (
          <Button look="main" disabled={chosen.size === 0} isBusy={adopt.isPending} onClick={finish}>
            {chosen.size === 0 ? 'Choose an account' : `Link ${plural(chosen.size, 'account')}`}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  )
}

const toId = ({ choiceId }: { readonly choiceId: string }) => choiceId
