import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import type { Account } from '../../data/accounts.ts'
import { useOfferedFile } from '../../data/offered-file.ts'
import { AccountRow, type Opened } from '../../description/account-row.tsx'
import type { Draft, SetDraft } from '../../description/draft.ts'
import type { Target } from '../../description/fit.ts'
import { AccountName } from '../../ui/account-name.tsx'

interface Props {
  readonly account: Account
  /** undefined: not chosen. */
  readonly target: Target | undefined
  /** Chosen accounts of the same platform. */
  readonly siblings: number
  readonly draft: Draft
  readonly set: SetDraft
  readonly onChoose: (isChosen: boolean) => void
  readonly open: Opened
}

/** An account that may be chosen. */
export function FitRow({ account, onChoose, ...row }: Props) {
  const id = useId()
  const hasFile = useOfferedFile() !== undefined
  const isActive = account.status === 'active'
  return (
    <AccountRow
      {...row}
      account={account}
      hasFile={hasFile}
      head={
        <>
          <input
            id={id}
            type="checkbox"
            checked={row.target !== undefined}
            disabled={!isActive}
            onChange={event => onChoose(event.target.checked)}
            className="size-4 shrink-0 accent-act"
          />
          <label
            htmlFor={id}
            className={`min-w-0 flex-1 basis-[calc(100%-2rem)] sm:basis-40 ${isActive ? '' : 'text-soft'}`}
          >
            <AccountName account={account} hasHandle />
          </label>
          {!isActive && (
            <Link to="/accounts" className="rounded-sm text-sm text-needs underline">
              Its grant has ended: link it again
            </Link>
          )}
        </>
      }
    />
  )
}
