import { useState } from 'react'
import { shownTime } from '../../data/states.ts'
import type { Upload } from '../../data/uploads.ts'
import { Button } from '../../ui/button.tsx'
import { wordsOf } from '../../ui/problem.tsx'
import { dayOf, formatDateTime } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { instantOf, localOf } from '../../ui/zone.ts'
import { type Move, useMove } from './api.ts'

/** What is open in the dialog. `day`: where it was dropped, too late for its time. */
export interface Opened {
  readonly upload: Upload
  readonly day?: string
}

export const isMovable = ({ status, scheduledOn }: Upload): boolean => status === 'Scheduled' && scheduledOn !== null

/** Moves uploads to other days and times, and tells of it with the way back. */
export function useMoves(zone: string) {
  const { mutate } = useMove()
  const [opened, setOpened] = useState<Opened>()

  function told({ upload, to }: Omit<Move, 'zone'>, asked?: string) {
    const from = new Date(shownTime(upload))
    const time = localOf(to, zone)
    const close = toast(
      <>
        Moved to {formatDateTime(to, zone)}.
        {asked && asked !== time && ` There is no ${asked.slice(11)} on that day: the clocks go forward.`}
      </>,
      {
        action: (
          <Button
            size="small"
            onClick={() => {
              close()
              mutate({ upload: { ...upload, scheduledOn: to.toISOString() }, to: from, zone }, { onError: tellFault })
            }}
          >
            Undo
          </Button>
        )
      }
    )
  }

  /** Keeps its time of day. Where that has passed, the dialog asks for another. */
  function drop(upload: Upload, day: string) {
    const local = localOf(new Date(shownTime(upload)), zone)
    if (local.startsWith(day) || day < dayOf(new Date(), zone)) return
    const asked = `${day}${local.slice(10)}`
    const to = instantOf(asked, zone)
    if (to.getTime() <= Date.now()) return setOpened({ upload, day })
    mutate({ upload, to, zone }, { onSuccess: () => told({ upload, to }, asked), onError: tellFault })
  }

  return { drop, told, opened, open: setOpened }
}

const tellFault = (error: Error) => toast(<>It was not moved. {wordsOf(error)}</>, { kind: 'failed' })
