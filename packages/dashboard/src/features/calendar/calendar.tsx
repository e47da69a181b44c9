import { useNavigate, useSearch } from '@tanstack/react-router'
import { useZone } from '../../data/workspace.ts'
import { useMay } from '../../session/session.ts'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { dayOf, zoneName, zoneWords } from '../../ui/time.tsx'
import { instantOf } from '../../ui/zone.ts'
import { Agenda } from './agenda.tsx'
import { newTime } from './day-head.tsx'
import { addDays, shortName } from './days.ts'
import { EntryDialog } from './entry-dialog.tsx'
import { useSheetKeys } from './keys.ts'
import { Month } from './month.tsx'
import { useNarrow } from './narrow.ts'
import type { Sheet } from './sheet.ts'
import { Turn } from './turn.tsx'
import { useDrag } from './use-drag.ts'
import { useMoves } from './use-moves.tsx'
import { useUploads } from './use-uploads.ts'
import { type Search, viewOf } from './view.ts'
import { Week } from './week.tsx'

/** What goes out when, and what went out: by month, by week, by day, on the workspace's clocks. */
export function Calendar() {
  const zone = useZone()
  const view = viewOf(useSearch({ strict: false }) as Search, zone)
  const navigate = useNavigate()
  const may = useMay('member')
  const isNarrow = useNarrow()
  const today = dayOf(new Date(), zone)
  const all = view.kind === 'month' && !isNarrow ? view.weeks.flat() : view.days
  const [first, last] = [all[0] as string, all.at(-1) as string]
  const { byDay, isCut, isLoading, error, refetch } = useUploads(first, last, zone)
  const { drop, told, opened, open } = useMoves(zone)
  const { lifted, lift } = useDrag(drop)
  const go = (search: Search) => navigate({ to: '/calendar', search: search as never })
  const { reachable, sheetKeys } = useSheetKeys(all, today, direction => go(direction < 0 ? view.previous : view.next))
  const sheet: Sheet = {
    byDay,
    isLoading,
    today,
    zone,
    lifted,
    reachable,
    onLift: may ? lift : undefined,
    onNew: may ? day => navigate({ to: '/new', search: { at: newTime(day, today) } as never }) : undefined,
    onOpen: upload => open({ upload })
  }
  const Shape = isNarrow || view.kind === 'day' ? Agenda : view.kind === 'week' ? Week : Month
  return (
    <Page
      title={view.title}
      facts={`${clockWords(first, last, zone)}.${isLoading || byDay.size > 0 || !may || isNarrow ? '' : ' Press a day to plan an upload on it.'}`}
      actions={<Turn view={view} />}
    >
      {error && <Problem error={error} onRetry={() => refetch()} />}
      {isCut && (
        <Notice kind="info">
          There is more than fits: the first 1,000 uploads are shown. The week and the day show the rest.
        </Notice>
      )}
      <Shape key={view.title} view={view} sheet={sheet} keys={sheetKeys} />
      {opened && (
        <EntryDialog
          key={opened.upload.uploadId}
          opened={opened}
          zone={zone}
          onClose={() => open(undefined)}
          onMoved={to => {
            open(undefined)
            told({ upload: opened.upload, to })
          }}
        />
      )}
    </Page>
  )
}

/** The zone of all the times; and when its clocks change within these days. */
function clockWords(first: string, last: string, zone: string): string {
  const of = (day: string) => zoneName(instantOf(day, zone), zone)
  const before = of(first)
  let day = first
  while (day <= last && of(addDays(day, 1)) === before) day = addDays(day, 1)
  if (day > last) return `Times in ${zoneWords(zone, before)}`
  return `Times in ${zone}, ${before}; the clocks change on ${shortName(day)} to ${of(addDays(day, 1))}`
}
