import { stateOfTarget } from '../../data/states.ts'
import type { Target } from '../../data/uploads.ts'
import { StateShape } from '../../ui/state.tsx'

/** The same five for every platform. */
const STATIONS = ['Accepted', 'Sending', 'Processing', 'Publishing', 'Live'] as const
const AT: Record<Target['progress']['phase'], number> = {
  waiting: 0,
  preparing: 1,
  sending: 1,
  processing: 2,
  publishing: 3,
  done: 4
}

/** Where a target is on its way; where it stopped, if it did. */
export function Stations({ target }: { readonly target: Target }) {
  const state = stateOfTarget(target)
  const sent = target.progress.bytesTotal > 0 ? target.progress.bytesSent / target.progress.bytesTotal : 0
  const at = stationOf(target, sent)
  return (
    <ol aria-label="Stations" className="grid grid-cols-5">
      {STATIONS.map((name, index) => {
        const isHere = index === at
        const isPast = index < at
        return (
          <li key={name} aria-current={isHere ? 'step' : undefined} className="flex min-w-0 flex-col gap-1.5">
            <span className="flex items-center">
              {isHere || isPast ? (
                <StateShape state={isHere ? state : 'Uploaded'} size={14} />
              ) : (
                <span className="size-3.5 shrink-0 rounded-full border-2 border-line" />
              )}
              {index < STATIONS.length - 1 && (
                <span className="mx-1 h-0.5 flex-1 overflow-hidden rounded-full bg-line">
                  <span
                    className={`block h-full origin-left transition-transform duration-500 ${isPast ? 'bg-uploaded' : 'bg-processing'}`}
                    style={{ transform: `scaleX(${isPast ? 1 : isHere && index === 1 ? sent : 0})` }}
                  />
                </span>
              )}
            </span>
            <span
              className={`truncate pr-1 text-xs ${isHere ? 'font-medium text-ink' : 'text-soft'} ${isHere ? '' : 'max-sm:sr-only'}`}
            >
              {name}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

/** What has ended without a post has no phase any more: its bytes tell how far it came. */
function stationOf({ status, attempts, progress }: Target, sent: number): number {
  if (status === 'Uploaded') return 4
  if (progress.phase !== 'done') return AT[progress.phase]
  if (attempts === 0) return 0
  return sent < 1 ? 1 : 2
}
