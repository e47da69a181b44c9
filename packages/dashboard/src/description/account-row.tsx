import { useQuery } from '@tanstack/react-query'
import { ChevronDown } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { type Account, platformOf, platformsQuery } from '../data/accounts.ts'
import type { Draft, SetDraft } from './draft.ts'
import { reasonsOf } from './fault-words.ts'
import { type Fit, isTooLong, type Target } from './fit.ts'
import { rowId } from './places.ts'
import { RowPanel } from './row-panel.tsx'
import { Verdict } from './verdict.tsx'

/** Which row is open. */
export interface Opened {
  readonly id: string | undefined
  readonly set: (id: string | undefined) => void
  /** Shown with its options where there is no room beside the page. */
  readonly preview?: ReactNode
}

interface Props {
  readonly account: Pick<Account, 'accountId' | 'displayName' | 'sandbox'>
  /** undefined: not chosen. */
  readonly target: Target | undefined
  /** Chosen accounts of the same platform. */
  readonly siblings: number
  readonly draft: Draft
  readonly set: SetDraft
  readonly hasFile: boolean
  readonly open: Opened
  /** Its name, and what else begins the line. */
  readonly head: ReactNode
}

/** One account: whether this very file and text suit it, why not, and behind it what differs there. */
export function AccountRow({ account, target, siblings, draft, set, hasFile, open, head }: Props) {
  const panelId = useId()
  const isOpen = target !== undefined && open.id === account.accountId
  return (
    <li className={`relative ${isOpen ? 'bg-raised' : ''}`}>
      {account.sandbox && <span aria-hidden className="striped absolute inset-y-0 left-0 w-1" />}
      <div className="flex min-h-13 flex-wrap items-center gap-x-3 py-2 pr-1 pl-3 sm:py-0">
        {head}
        {target && (
          <button
            type="button"
            id={rowId(account.accountId)}
            aria-expanded={isOpen}
            aria-controls={panelId}
            onClick={() => open.set(isOpen ? undefined : account.accountId)}
            className="ml-5 flex h-8 flex-1 items-center gap-3 rounded-md px-2 hover:bg-well sm:ml-auto sm:flex-none"
          >
            <Count fit={target.fit} />
            <span className="flex sm:w-32">
              <Verdict fit={target.fit} hasFile={hasFile} />
            </span>
            <ChevronDown size={16} className={`ml-auto text-soft transition-transform ${isOpen ? 'rotate-180' : ''}`} />
            <span className="sr-only">Options for {account.displayName}</span>
          </button>
        )}
      </div>
      {target && <Reasons target={target} />}
      {isOpen && (
        <div id={panelId} className="px-3 pt-1 pb-5 sm:pl-10">
          <RowPanel target={target} siblings={siblings} draft={draft} set={set} preview={open.preview} />
        </div>
      )}
    </li>
  )
}

const Count = ({ fit: { title, faults } }: { readonly fit: Fit }) =>
  title && (
    <span
      className={`hidden w-20 text-right text-sm sm:inline ${title.used <= title.rule.max ? 'text-soft' : faults.some(isTooLong) ? 'text-failed' : 'text-needs'}`}
    >
      {title.used}/{title.rule.max}
    </span>
  )

/** Why not, one line for each reason; and what will be different from what was written. */
function Reasons({ target: { account, fit } }: { readonly target: Target }) {
  const { data: platforms } = useQuery(platformsQuery)
  const platform = platformOf(platforms, account.platform)
  const changes = (fit.answer?.adjustments ?? []).filter(({ rule }) => rule === 'cut_at_word')
  if (fit.faults.length + changes.length === 0) return null
  return (
    <ul className="flex flex-col gap-0.5 pr-3 pb-3 pl-10 text-sm">
      {reasonsOf(fit.faults, account.accountId, platform).map(({ isMissing, words }) => (
        <li key={words} className={isMissing ? 'text-needs' : 'text-failed'}>
          {words}
        </li>
      ))}
      {changes.map(({ field, limit }) => (
        <li key={field} className="text-soft">
          Its {field} is cut at the last word within {String(limit)}.
        </li>
      ))}
    </ul>
  )
}
