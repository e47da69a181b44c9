import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { SelectField } from '../../ui/field.tsx'
import { plural } from '../../ui/format.ts'
import { Page, Section } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { figure, isThisMonth, monthWords, sumOf, type UsageOf, usageQuery } from './api.ts'
import { Breakdown } from './breakdown.tsx'
import { DaysChart, DaysTable } from './days-chart.tsx'
import { Loading } from './loading.tsx'
import { QuotaPart, Swatch } from './quota-part.tsx'

/** What the month's quota is, and what took it. */
export function Usage() {
  const { month } = useSearch({ strict: false }) as { month?: string }
  const { data, error, refetch, isPlaceholderData } = useQuery(usageQuery(month))
  return (
    <Page
      title="Usage"
      facts={data ? `${monthWords(data.month)}, counted in UTC` : 'Counted in UTC'}
      actions={data && <MonthField usage={data} />}
    >
      {error && <Problem error={error} onRetry={() => refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <div className={`flex flex-col gap-9 ${isPlaceholderData ? 'opacity-60' : ''}`} aria-busy={isPlaceholderData}>
          <QuotaPart usage={data} />
          <Section
            title="Posts a day"
            aside={
              <span className="flex gap-4">
                <span className="inline-flex items-center gap-1.5">
                  <Swatch kind="used" /> used
                </span>
                <span className="inline-flex items-center gap-1.5">
                  <Swatch kind="reserved" /> reserved
                </span>
              </span>
            }
          >
            <Days usage={data} />
          </Section>
          <Breakdown usage={data} />
        </div>
      )}
    </Page>
  )
}

/** The chart, or why there is nothing to draw. */
function Days({ usage }: { readonly usage: UsageOf }) {
  const unlisted = sumOf(usage.unlisted)
  return (
    <>
      {usage.days.some(day => sumOf(day) > 0) ? (
        <>
          <DaysChart usage={usage} />
          <DaysTable days={usage.days} />
        </>
      ) : (
        unlisted === 0 && (
          <p className="text-soft">
            {isThisMonth(usage.month) ? 'Nothing was sent this month yet.' : 'Nothing was sent in this month.'}
          </p>
        )
      )}
      {unlisted > 0 && (
        <p className="text-soft">
          {plural(unlisted, 'post')} more {unlisted === 1 ? 'belongs' : 'belong'} to uploads that were deleted and to
          transfers that are not complete: counted, and in no list.
        </p>
      )}
    </>
  )
}

function MonthField({ usage }: { readonly usage: UsageOf }) {
  const navigate = useNavigate()
  const now = new Date().toISOString().slice(0, 7)
  const months = [...new Set([now, usage.month, ...usage.months.map(({ month }) => month)])].sort().reverse()
  if (months.length < 2) return null
  return (
    <SelectField
      label="Month"
      isLabelHidden
      value={usage.month}
      onChange={({ target: { value } }) =>
        navigate({ to: '/usage', search: { month: isThisMonth(value) ? '' : value } as never })
      }
    >
      {months.map(month => {
        const used = usage.months.find(each => each.month === month)?.used ?? 0
        return (
          <option key={month} value={month}>
            {monthWords(month)} ({figure(used)} used)
          </option>
        )
      })}
    </SelectField>
  )
}
