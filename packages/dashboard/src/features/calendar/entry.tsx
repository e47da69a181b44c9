import { useQuery } from '@tanstack/react-query'
import type { PointerEvent } from 'react'
import { platformOf, platformsQuery } from '../../data/accounts.ts'
import { shownTime, stateOfUpload } from '../../data/states.ts'
import type { Upload } from '../../data/uploads.ts'
import { PlatformMark } from '../../ui/platform-mark.tsx'
import { StateShape } from '../../ui/state.tsx'
import { formatTime } from '../../ui/time.tsx'
import { isMovable } from './use-moves.tsx'

interface Props {
  readonly upload: Upload
  readonly zone: string
  /** `cell`: of a month. `column`: of a week. `row`: of a list. */
  readonly look: 'cell' | 'column' | 'row'
  readonly isReachable: boolean
  readonly isLifted: boolean
  /** Absent: the person may not move it. */
  readonly onLift: ((event: PointerEvent<HTMLElement>, upload: Upload) => void) | undefined
  readonly onOpen: (upload: Upload) => void
}

const LOOKS = {
  cell: 'rounded-sm bg-well px-1.5 py-0.5 text-xs',
  column: 'rounded-sm bg-well px-2 py-1.5 text-sm',
  row: 'border-b border-line px-2 py-2 md:flex-row md:items-center md:gap-4'
}

/** An upload at its time. Enter or a press opens it; what still waits can be lifted and put down on another day. */
export function Entry({ upload, zone, look, isReachable, isLifted, onLift, onOpen }: Props) {
  const state = stateOfUpload(upload)
  const lift = onLift && isMovable(upload) ? onLift : undefined
  const isSandbox = upload.accounts.every(({ sandbox }) => sandbox)
  return (
    <button
      type="button"
      data-entry={upload.uploadId}
      aria-haspopup="dialog"
      aria-keyshortcuts={lift ? 'm' : undefined}
      tabIndex={isReachable ? 0 : -1}
      onPointerDown={lift && (event => lift(event, upload))}
      onClick={() => onOpen(upload)}
      onKeyDown={event => event.key === 'm' && !event.metaKey && !event.ctrlKey && onOpen(upload)}
      className={`relative flex w-full min-w-0 flex-col overflow-hidden text-left -outline-offset-2 select-none hover:bg-press ${lift ? 'cursor-grab' : ''} ${isLifted ? 'opacity-40' : ''} ${isSandbox ? 'pl-2.5!' : ''} ${LOOKS[look]}`}
    >
      {isSandbox && <span aria-hidden className="striped absolute inset-y-0 left-0 w-1" />}
      <span className={`flex items-center gap-1.5 ${look === 'row' ? 'md:w-32 md:shrink-0' : 'w-full'}`}>
        <StateShape state={state} size={look === 'cell' ? 12 : 14} />
        <span className="sr-only">{state},</span>
        <span className="text-soft">{formatTime(shownTime(upload), zone)}</span>
        <Marks upload={upload} size={look === 'cell' ? 11 : 13} />
        {isSandbox && <span className="sr-only">, sandbox</span>}
      </span>
      <bdi
        className={`w-full min-w-0 ${look === 'column' ? 'line-clamp-3' : 'block truncate'} ${upload.status === 'Canceled' ? 'text-soft line-through' : ''} ${look === 'row' ? 'font-medium md:font-normal' : ''}`}
      >
        {upload.title}
      </bdi>
    </button>
  )
}

/** Each platform once; a button has no room for lists. */
function Marks({ upload, size }: { readonly upload: Upload; readonly size: number }) {
  const { data } = useQuery(platformsQuery)
  const ids = [...new Set(upload.accounts.map(({ platform }) => platform))]
  return (
    <span className="ml-auto flex items-center gap-1 text-soft">
      {ids.slice(0, 4).map(id => (
        <PlatformMark key={id} platform={platformOf(data, id)} size={size} />
      ))}
      {ids.length > 4 && `+${ids.length - 4}`}
    </span>
  )
}
