import { SkeletonBox } from '../../ui/skeleton.tsx'

/** Percent of the height; a month as it may be. */
const BARS = [
  20, 45, 30, 0, 0, 60, 35, 50, 25, 40, 0, 0, 70, 45, 30, 55, 40, 0, 0, 35, 60, 50, 30, 45, 0, 0, 40, 65, 35, 25
]

/** The month's figures, a bar for each day, and who took what. */
export const Loading = () => (
  <div role="status" aria-label="Loading the usage" className="flex flex-col gap-9">
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-x-6 gap-y-3 sm:gap-x-10">
        {['used', 'reserved', 'remaining'].map(each => (
          <div key={each} className="flex flex-col gap-2 py-1">
            <SkeletonBox className="h-3 w-16" />
            <SkeletonBox className="h-6 w-20" />
          </div>
        ))}
      </div>
      <SkeletonBox className="h-2 w-full rounded-full" />
      <SkeletonBox className="h-3 w-3/5" />
    </div>
    <div className="flex flex-col gap-3">
      <SkeletonBox className="h-3.5 w-24" />
      <div className="flex h-[148px] items-end gap-px border-b border-line sm:gap-1">
        {BARS.map((height, day) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: days of a skeleton have no other identity.
          <span key={day} className="skeleton flex-1" style={{ height: `${height}%` }} />
        ))}
      </div>
    </div>
    <div className="grid gap-x-12 gap-y-9 lg:grid-cols-2">
      {['by account', 'by sender'].map(each => (
        <div key={each} className="flex flex-col gap-5">
          <SkeletonBox className="h-3.5 w-24" />
          <SkeletonBox className="h-3 w-full" />
          <SkeletonBox className="h-3 w-4/5" />
          <SkeletonBox className="h-3 w-11/12" />
        </div>
      ))}
    </div>
  </div>
)
