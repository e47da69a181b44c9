import { Link } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { buttonClass } from '../../ui/button.tsx'
import type { View } from './view.ts'

/** Back, today, on; and the same days as a month or as a week. */
export function Turn({ view }: { readonly view: View }) {
  const { kind, previous, next, now, asMonth, asWeek } = view
  return (
    <div className="flex flex-wrap items-center gap-2">
      <nav aria-label="Month or week" className="flex gap-0.5">
        <As search={asMonth} isShown={kind === 'month'} label="Month" />
        <As search={asWeek} isShown={kind === 'week'} label="Week" />
      </nav>
      <nav aria-label="Back and forth" className="flex">
        <Link
          to="/calendar"
          search={previous as never}
          aria-label={`The ${kind} before`}
          title={`The ${kind} before`}
          className={`${buttonClass('plain', 'icon')} rounded-r-none`}
        >
          <ChevronLeft size={16} />
        </Link>
        <Link to="/calendar" search={now as never} className={`${buttonClass()} -mx-px rounded-none`}>
          Today
        </Link>
        <Link
          to="/calendar"
          search={next as never}
          aria-label={`The ${kind} after`}
          title={`The ${kind} after`}
          className={`${buttonClass('plain', 'icon')} rounded-l-none`}
        >
          <ChevronRight size={16} />
        </Link>
      </nav>
    </div>
  )
}

interface AsProps {
  readonly search: object
  readonly isShown: boolean
  readonly label: string
}

const As = ({ search, isShown, label }: AsProps) => (
  <Link
    to="/calendar"
    search={search as never}
    aria-current={isShown ? 'true' : undefined}
    className={`${buttonClass('quiet')} ${isShown ? 'bg-well font-semibold' : 'text-soft'}`}
  >
    {label}
  </Link>
)
