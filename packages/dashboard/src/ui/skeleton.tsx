/** The shape of lines that are on their way. `widths` in percent, one for each line. */
export function SkeletonLines({
  widths,
  label = 'Loading'
}: {
  readonly widths: readonly number[]
  readonly label?: string
}) {
  return (
    <div role="status" aria-label={label} className="flex flex-col">
      {widths.map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a skeleton have no other identity.
        <div key={index} className="flex h-11 items-center gap-3 border-b border-line">
          <span className="skeleton size-4 shrink-0" />
          <span className="skeleton h-3" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}

export const SkeletonBox = ({ className }: { readonly className: string }) => (
  <div aria-hidden className={`skeleton ${className}`} />
)

/** The same of lines that have a second one under the first: a name and what there is to say of it. */
export const SkeletonPairs = ({ widths, label }: { readonly widths: readonly number[]; readonly label: string }) => (
  <div role="status" aria-label={label} className="flex flex-col border-t border-line">
    {widths.map((width, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above.
      <div key={index} className="flex h-[61px] flex-col justify-center gap-2 border-b border-line">
        <span className="skeleton h-3" style={{ width: `${width}%` }} />
        <span className="skeleton h-2.5" style={{ width: `${width * 1.4}%` }} />
      </div>
    ))}
  </div>
)
