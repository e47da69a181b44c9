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
