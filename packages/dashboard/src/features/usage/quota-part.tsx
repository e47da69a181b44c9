import type { ReactNode } from 'react'
import { useZone } from '../../data/workspace.ts'
import { plural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { Ago, Time } from '../../ui/time.tsx'
import { endOf, figure, isThisMonth, type UsageOf } from './api.ts'

/** How much of the month's quota is gone, promised, and left. */
export function QuotaPart({ usage }: { readonly usage: UsageOf }) {
  const { month, limit, used, reserved } = usage
  const isNow = isThisMonth(month)
  const left = limit === null ? undefined : Math.max(0, limit - used - reserved)
  const zone = useZone()
  const resets = endOf(month)
  return (
    <section aria-label="Quota of the month" className="flex flex-col gap-3">
      <dl className="flex flex-wrap gap-x-6 gap-y-3 sm:gap-x-10">
        <Fact name="Used" value={figure(used)} mark={<Swatch kind="used" />} />
        {(isNow || reserved > 0) && <Fact name="Reserved" value={figure(reserved)} mark={<Swatch kind="reserved" />} />}
        {isNow && <Fact name="Remaining" value={left === undefined ? 'Unlimited' : figure(left)} />}
        {limit !== null && <Fact name={isNow ? 'Limit' : 'Limit today'} value={figure(limit)} />}
      </dl>
      {limit !== null && isNow && <Meter limit={limit} used={used} reserved={reserved} />}
      <p className="text-sm text-soft">
        {isNow && limit === null && 'This workspace may publish as many posts as it likes. '}
        {isNow && limit !== null && (
          <>
            Begins anew <Time value={resets} zone={zone} />, <Ago value={resets} />.{' '}
          </>
        )}
        A post is one video on one account. Reserved posts belong to uploads that are not over yet; one that fails is
        given back.
      </p>
      {isNow && left === 0 && (
        <Notice kind="needs">
          The {plural(limit ?? 0, 'post')} of this month {limit === 1 ? 'is' : 'are'} taken. New uploads are refused
          until <Time value={resets} zone={zone} />; what is reserved still goes out. Whoever runs this server can raise
          the limit.
        </Notice>
      )}
    </section>
  )
}

const Fact = ({ name, value, mark }: { readonly name: string; readonly value: string; readonly mark?: ReactNode }) => (
  <div>
    <dt className="flex items-center gap-1.5 text-sm text-soft">
      {mark}
      {name}
    </dt>
    <dd className="text-2xl font-semibold tracking-tight">{value}</dd>
  </div>
)

/** The same two fills mean the same in the meter, the chart and the lists. */
export const Swatch = ({ kind }: { readonly kind: 'used' | 'reserved' }) => (
  <span aria-hidden className={`inline-block size-2.5 rounded-xs ${kind === 'used' ? 'bg-ink' : 'bg-edge'}`} />
)

function Meter({
  limit,
  used,
  reserved
}: {
  readonly limit: number
  readonly used: number
  readonly reserved: number
}) {
  const part = (value: number) => `${limit > 0 ? Math.min(100, (value / limit) * 100) : 100}%`
  return (
    // The same stands above in figures.
    <div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-full bg-press">
      <span className="bg-ink" style={{ width: part(used) }} />
      <span className="bg-edge" style={{ width: part(reserved) }} />
    </div>
  )
}
