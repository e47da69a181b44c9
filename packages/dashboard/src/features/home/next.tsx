import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { shownTime } from '../../data/states.ts'
import type { Upload } from '../../data/uploads.ts'
import { useZone } from '../../data/workspace.ts'
import { Section } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { TargetMarks } from '../../ui/target-marks.tsx'
import { formatDay, formatTime, zoneName } from '../../ui/time.tsx'
import { nextQuery } from './api.ts'

/** The coming seven days, day by day. */
export function Next() {
  const zone = useZone()
  const { data, error, refetch } = useQuery(nextQuery)
  if (error) return <Problem error={error} onRetry={() => refetch()} />
  const uploads = data?.items ?? []
  const days = Map.groupBy(uploads, upload => formatDay(shownTime(upload), zone))
  return (
    <Section
      title="Next seven days"
      aside={
        <Link to="/calendar" className="text-act underline underline-offset-2">
          Calendar
        </Link>
      }
    >
      {uploads.length === 0 && <p className="text-soft">Nothing is scheduled for the coming week.</p>}
      <div className="flex flex-col gap-4">
        {[...days].map(([day, ofDay]) => (
          <div key={day} className="grid gap-x-6 md:grid-cols-[120px_minmax(0,1fr)]">
            <h3 className="py-2 text-sm text-soft">{day}</h3>
            <ul className="border-t border-line">
              {ofDay.map(upload => (
                <Line key={upload.uploadId} upload={upload} zone={zone} />
              ))}
            </ul>
          </div>
        ))}
      </div>
    </Section>
  )
}

function Line({ upload, zone }: { readonly upload: Upload; readonly zone: string }) {
  const at = shownTime(upload)
  return (
    <li className="border-b border-line">
      <Link
        to="/uploads/$uploadId"
        params={{ uploadId: upload.uploadId }}
        className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-4 py-2 -outline-offset-2 hover:bg-well"
      >
        <time dateTime={at} className="whitespace-nowrap">
          {formatTime(at, zone)} <span className="text-soft max-sm:sr-only">{zoneName(at, zone)}</span>
        </time>
        <span dir="auto" className="truncate text-left">
          {upload.title}
        </span>
        <TargetMarks targets={upload.accounts} />
      </Link>
    </li>
  )
}
