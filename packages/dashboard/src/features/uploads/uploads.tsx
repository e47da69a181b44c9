import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { useZone } from '../../data/workspace.ts'
import { useMay } from '../../session/session.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { FaultLine } from '../../ui/fault-line.tsx'
import { Empty } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonLines } from '../../ui/skeleton.tsx'
import { instantOf } from '../../ui/zone.ts'
import { hasFilters, listQuery, type Search } from './api.ts'
import { Filters } from './filters.tsx'
import { Line } from './line.tsx'
import { useLineKeys } from './line-keys.ts'

const WIDTHS = [34, 52, 41, 60, 28, 47, 55, 38]

/** The history: one line, one truth, and it stays true while it is looked at. */
export function Uploads() {
  const search = useSearch({ strict: false }) as Search
  const zone = useZone()
  const navigate = useNavigate()
  const lines = useRef<HTMLUListElement>(null)
  useLineKeys(lines)
  const { data, error, isPending, isPlaceholderData, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } =
    useInfiniteQuery({
      ...listQuery(search, day => instantOf(day, zone).toISOString()),
      placeholderData: previous => previous
    })
  const uploads = data?.pages.flatMap(page => page.items) ?? []
  return (
    <Page title="Uploads">
      <FaultLine accounts={uploads.flatMap(({ accounts }) => accounts)} />
      <Filters search={search} />
      {error && <Problem error={error} onRetry={() => refetch()} />}
      {isPending && !error && <SkeletonLines widths={WIDTHS} label="Loading the uploads" />}
      {data &&
        uploads.length === 0 &&
        (hasFilters(search) ? <NoneFound onClear={() => navigate({ to: '/uploads' })} /> : <NoneYet />)}
      {uploads.length > 0 && (
        <ul
          ref={lines}
          aria-label="Uploads"
          className={`border-t border-line ${isPlaceholderData ? 'opacity-60' : ''}`}
        >
          {uploads.map(upload => (
            <Line key={upload.uploadId} upload={upload} zone={zone} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div>
          <Button onClick={() => fetchNextPage()} isBusy={isFetchingNextPage}>
            Show older uploads
          </Button>
        </div>
      )}
    </Page>
  )
}

const NoneFound = ({ onClear }: { readonly onClear: () => void }) => (
  <Empty title="No upload matches" actions={<Button onClick={onClear}>Clear the filters</Button>}>
    Nothing in this workspace fits all of these filters together.
  </Empty>
)

const NoneYet = () => (
  <Empty
    title="Nothing was sent yet"
    actions={
      useMay('member') && (
        <Link to="/new" className={buttonClass('main')}>
          New upload
        </Link>
      )
    }
  >
    Every video that you or your programs send is listed here, with what became of it on each account.
  </Empty>
)
