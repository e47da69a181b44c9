/** A bar beside which the figures stand in words. */
export function Progress({
  value,
  max,
  label
}: {
  readonly value: number
  readonly max: number
  readonly label: string
}) {
  const part = max > 0 ? Math.min(1, value / max) : 0
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(part * 100)}
      className="h-1.5 w-full overflow-hidden rounded-full bg-press"
    >
      <div
        className="h-full origin-left rounded-full bg-processing transition-transform"
        style={{ transform: `scaleX(${part})` }}
      />
    </div>
  )
}
