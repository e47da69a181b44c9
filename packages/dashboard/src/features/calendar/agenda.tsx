import { Plus } from 'lucide-react'
import { type HTMLAttributes, useEffect, useRef } from 'react'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/notice.tsx'
import { SkeletonLines } from '../../ui/skeleton.tsx'
import { DayHead } from './day-head.tsx'
import { Entry } from './entry.tsx'
import { dropLook, type Sheet } from './sheet.ts'
import type { View } from './view.ts'

interface Props {
  readonly view: View
  readonly sheet: Sheet
  readonly keys: HTMLAttributes<HTMLElement>
}

/** Day after day, for a day alone and for narrow windows. A month leaves out the days without anything. */
export function Agenda({ view, sheet, keys }: Props) {
  const { byDay, zone, isLoading, today, reachable, lifted, onLift, onNew, onOpen } = sheet
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    // What is over is above.
    if (isLoading || view.kind === 'day') return
    const day = list.current?.querySelector<HTMLElement>(`[data-day="${today}"]`)
    if (day && day !== list.current?.firstElementChild) day.scrollIntoView({ block: 'start' })
  }, [isLoading, today, view.kind])
  if (isLoading) return <SkeletonLines widths={[62, 48, 70, 54]} label="Loading the calendar" />
  const days = view.days.filter(day => view.kind !== 'month' || day === today || byDay.has(day) || lifted)
  if (days.length === 0) {
    return (
      <Empty
        title={`Nothing in ${view.title}`}
        actions={
          onNew &&
          (view.days[0] as string) > today && (
            <Button onClick={() => onNew(view.days[0] as string)}>New upload in this month</Button>
          )
        }
      />
    )
  }
  return (
    <ul {...keys} ref={list} aria-label={view.title} className="flex flex-col gap-4">
      {days.map(day => (
        <li key={day} data-day={day} className={`scroll-mt-20 rounded-sm ${dropLook(sheet, day)}`}>
          {view.kind !== 'day' && <DayHead day={day} sheet={sheet} look="whole" />}
          {byDay.has(day) ? (
            <ul className="mt-1 border-t border-line">
              {byDay.get(day)?.map(upload => (
                <li key={upload.uploadId}>
                  <Entry
                    upload={upload}
                    zone={zone}
                    look="row"
                    isReachable={reachable === day}
                    isLifted={lifted?.upload.uploadId === upload.uploadId}
                    onLift={onLift}
                    onOpen={onOpen}
                  />
                </li>
              ))}
            </ul>
          ) : (
            <p className="text-sm text-soft">{day < today ? 'Nothing went out.' : 'Nothing is scheduled.'}</p>
          )}
          {view.kind === 'day' && onNew && day >= today && (
            <Button className="mt-4" icon={<Plus size={16} />} onClick={() => onNew(day)}>
              New upload on this day
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}
