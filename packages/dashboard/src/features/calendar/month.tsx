import { Link } from '@tanstack/react-router'
import type { HTMLAttributes } from 'react'
import { DayHead } from './day-head.tsx'
import { longName, weekdayName } from './days.ts'
import { Entry } from './entry.tsx'
import { dropLook, isOnDay, type Sheet } from './sheet.ts'
import type { View } from './view.ts'

/** Uploads that a day of the month has room for. */
const ROOM = 3

interface Props {
  readonly view: View
  readonly sheet: Sheet
  readonly keys: HTMLAttributes<HTMLElement>
}

/** A month in whole weeks. Days keep their height whatever comes; weeks that are over are as high as what is in them. */
export function Month({ view, sheet, keys }: Props) {
  return (
    <table {...keys} className="w-full table-fixed border-collapse" aria-busy={sheet.isLoading}>
      <caption className="sr-only">{view.title}. Arrow keys go from day to day.</caption>
      <thead>
        <tr>
          {view.weeks[0]?.map(day => (
            <th key={day} scope="col" className="px-1.5 pb-1.5 text-left text-sm font-medium text-soft">
              {weekdayName(day)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {view.weeks.map(week => (
          <tr key={week[0]}>
            {week.map(day => (
              <Day
                key={day}
                day={day}
                sheet={sheet}
                isOutside={!view.days.includes(day)}
                isOver={(week[6] as string) < sheet.today}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface DayProps {
  readonly day: string
  readonly sheet: Sheet
  readonly isOutside: boolean
  readonly isOver: boolean
}

function Day({ day, sheet, isOutside, isOver }: DayProps) {
  const { byDay, zone, isLoading, today, reachable, lifted, onLift, onNew, onOpen } = sheet
  const uploads = byDay.get(day) ?? []
  const shown = uploads.length > ROOM ? uploads.slice(0, ROOM - 1) : uploads
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the day's own link does the same.
    <td
      data-day={day}
      onClick={event => day >= today && isOnDay(event) && onNew?.(day)}
      className={`group ${isOver ? 'h-16' : 'h-[146px]'} border border-line p-1 align-top first:border-l-0 last:border-r-0 ${isOutside ? 'bg-well/40' : ''} ${dropLook(sheet, day)}`}
    >
      <DayHead day={day} sheet={sheet} isOutside={isOutside} look="number" />
      <ul className="mt-0.5 flex flex-col gap-0.5">
        {shown.map(upload => (
          <li key={upload.uploadId}>
            <Entry
              upload={upload}
              zone={zone}
              look="cell"
              isReachable={reachable === day}
              isLifted={lifted?.upload.uploadId === upload.uploadId}
              onLift={onLift}
              onOpen={onOpen}
            />
          </li>
        ))}
        {uploads.length > shown.length && (
          <li>
            <Link
              to="/calendar"
              search={{ day } as never}
              tabIndex={reachable === day ? 0 : -1}
              data-entry="more"
              aria-label={`+${uploads.length - shown.length} more on ${longName(day)}`}
              className="block rounded-sm px-1.5 py-0.5 text-xs font-medium text-act hover:bg-act-well"
            >
              +{uploads.length - shown.length} more
            </Link>
          </li>
        )}
        {isLoading && Number(day.slice(8)) % 3 === 1 && <li aria-hidden className="skeleton h-9" />}
      </ul>
    </td>
  )
}
