import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { isOver } from '../../data/states.ts'
import type { Upload } from '../../data/uploads.ts'
import { formatBytes } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Progress } from '../../ui/progress.tsx'
import { TargetMarks } from '../../ui/target-marks.tsx'
import { goingOutQuery } from './api.ts'

/** What is on its way at this moment, with how far it is. */
export function GoingOut() {
  const { data, error, refetch } = useQuery(goingOutQuery)
  if (error) return <Problem error={error} onRetry={() => refetch()} />
  const uploads = data?.items ?? []
  return (
    <Section title="Going out now">
      {uploads.length === 0 ? (
        <p className="text-soft">Nothing is on its way at this moment.</p>
      ) : (
        <ul className="border-t border-line">
          {uploads.map(upload => (
            <Line key={upload.uploadId} upload={upload} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Line({ upload }: { readonly upload: Upload }) {
  const sent = upload.accounts.reduce((sum, { progress }) => sum + progress.bytesSent, 0)
  const total = upload.accounts.reduce((sum, { progress }) => sum + progress.bytesTotal, 0)
  const over = upload.accounts.filter(isOver).length
  return (
    <li className="border-b border-line">
      <Link
        to="/uploads/$uploadId"
        params={{ uploadId: upload.uploadId }}
        className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1.5 py-2.5 -outline-offset-2 hover:bg-well md:grid-cols-[minmax(0,1fr)_auto_220px_150px]"
      >
        <span dir="auto" className="truncate text-left font-medium">
          {upload.title}
        </span>
        <TargetMarks targets={upload.accounts} />
        <span className="max-md:col-span-2">
          <Progress value={sent} max={total} label={`${upload.title}: bytes sent`} />
        </span>
        <span className="text-sm text-soft max-md:col-span-2 md:text-right">
          {sent < total ? `${formatBytes(sent)} of ${formatBytes(total)}` : `${over} of ${upload.accounts.length} done`}
        </span>
      </Link>
    </li>
  )
}
