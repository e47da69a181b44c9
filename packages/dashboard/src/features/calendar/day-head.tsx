import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { plural } from '../../ui/format.ts'
import { longName, weekdayName, wholeName } from './days.ts'
import type { Sheet } from './sheet.ts'

interface Props {
  readonly day: string
  readonly sheet: Sheet
  /** Of a neighbouring month. */
  readonly isOutside?: boolean
  readonly look: 'number' | 'weekday' | 'whole'
}

/** The day's name, which leads to the day alone, and a way to send something on it. */
export function DayHead({ day, sheet: { byDay, today, reachable, onNew }, isOutside = false, look }: Props) {
  const count = byDay.get(day)?.length ?? 0
  const tabIndex = reachable === day ? 0 : -1
  const isToday = day === today
  return (
    <div className="flex min-h-6 items-center justify-between gap-1">
      <Link
        to="/calendar"
        search={{ day } as never}
        data-stop
        tabIndex={tabIndex}
        aria-current={isToday ? 'date' : undefined}
        className={`flex min-w-0 items-center gap-1.5 rounded-sm ${look === 'whole' ? 'font-medium' : 'text-sm'} ${isOutside ? 'text-soft' : ''}`}
      >
        <span className="sr-only">
          {wholeName(day)}
          {isToday && ', today'}
          {count > 0 && `, ${plural(count, 'upload')}`}
        </span>
        <span aria-hidden className="flex min-w-0 items-center gap-1.5">
          {look === 'whole'
            ? longName(day)
            : look === 'weekday' && <span className="text-soft">{weekdayName(day)}</span>}
          {look !== 'whole' && (
            <span
              className={`flex h-6 min-w-6 items-center justify-center rounded-full px-1 ${isToday ? 'bg-ink font-semibold text-paper' : 'hover:bg-press'}`}
            >
              {Number(day.slice(8))}
            </span>
          )}
          {look === 'whole' && isToday && <span className="text-sm font-normal text-soft">Today</span>}
        </span>
      </Link>
      {onNew && day >= today && (
        <Link
          to="/new"
          search={{ at: newTime(day, today) } as never}
          tabIndex={tabIndex}
          aria-label={`New upload on ${longName(day)}`}
          title={`New upload on ${longName(day)}`}
          className={`flex size-6 items-center justify-center rounded-sm text-act hover:bg-act-well ${look === 'whole' ? '' : 'opacity-0 group-hover:opacity-100 focus-visible:opacity-100'}`}
        >
          <Plus size={14} />
        </Link>
      )}
    </div>
  )
}

/** Noon; on the day itself it is left to the page that sends. */
export const newTime = (day: string, today: string): string | undefined => (day === today ? undefined : `${day}T12:00`)
