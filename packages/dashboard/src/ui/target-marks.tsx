import { useQuery } from '@tanstack/react-query'
import { platformOf, platformsQuery } from '../data/accounts.ts'
import { stateOfTarget } from '../data/states.ts'
import type { Target } from '../data/uploads.ts'
import { PlatformMark } from './platform-mark.tsx'
import { type State, StateShape } from './state.tsx'

/** What needs a look comes first. */
const ORDER: readonly State[] = ['Needs you', 'Failed', 'Processing', 'Scheduled', 'Uploaded', 'Canceled']

/** Every account of an upload in one line: the platform's mark with the state's shape. `most`: before it says "+3". */
export function TargetMarks({ targets, most = 6 }: { readonly targets: readonly Target[]; readonly most?: number }) {
  const { data } = useQuery(platformsQuery)
  const sorted = targets
    .map(target => ({ target, state: stateOfTarget(target) }))
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
  const shown = sorted.length > most ? sorted.slice(0, most - 1) : sorted
  return (
    <ul className="flex items-center gap-2.5" aria-label="Accounts">
      {shown.map(({ target, state }) => (
        <li
          key={target.accountId}
          title={`${target.displayName}: ${state}`}
          className="flex items-center gap-1 text-soft"
        >
          <PlatformMark platform={platformOf(data, target.platform)} size={14} />
          <StateShape state={state} size={12} />
          <span className="sr-only">
            {target.displayName}: {state}
          </span>
        </li>
      ))}
      {sorted.length > shown.length && <li className="text-xs text-soft">+{sorted.length - shown.length}</li>}
    </ul>
  )
}
