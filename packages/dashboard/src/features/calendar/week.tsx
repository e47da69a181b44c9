import type { HTMLAttributes } from 'react'
import { DayHead } from './day-head.tsx'
import { wholeName } from './days.ts'
import { Entry } from './entry.tsx'
import { dropLook, isOnDay, type Sheet } from './sheet.ts'
import type { View } from './view.ts'

interface Props {
  readonly view: View
  readonly sheet: Sheet
  readonly keys: HTMLAttributes<HTMLElement>
}

/** Seven days side by side, each with all that is on it. */
export function Week({ view, sheet, keys }: Props) {
  const { byDay, zone, isLoading, today, reachable, lifted, onLift, onNew, onOpen } = sheet
  return (
    <ul {...keys} aria-label={view.title} aria-busy={isLoading} className="grid grid-cols-7 border-y border-line">
      {view.days.map(day => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the day's own link does the same.
        <li
          key={day}
          data-day={day}
          aria-label={wholeName(day)}
          onClick={event => day >= today && isOnDay(event) && onNew?.(day)}
          className={`group min-h-[520px] border-l border-line p-1.5 first:border-l-0 ${dropLook(sheet, day)}`}
        >
          <DayHead day={day} sheet={sheet} look="weekday" />
          <ul className="mt-1.5 flex flex-col gap-1">
            {(byDay.get(day) ?? []).map(upload => (
              <li key={upload.uploadId}>
                <Entry
                  upload={upload}
                  zone={zone}
                  look="column"
                  isReachable={reachable === day}
                  isLifted={lifted?.upload.uploadId === upload.uploadId}
                  onLift={onLift}
                  onOpen={onOpen}
                />
              </li>
            ))}
            {isLoading && Number(day.slice(8)) % 2 === 1 && <li aria-hidden className="skeleton h-14" />}
          </ul>
        </li>
      ))}
    </ul>
  )
}
