interface Brand {
  readonly name: string
  readonly brand: { readonly icon: string }
}

/** A platform's own mark, in the colour of the text around it. */
export function PlatformMark({
  platform,
  size = 16
}: {
  readonly platform: Brand | undefined
  readonly size?: number
}) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      role="img"
      aria-label={platform?.name ?? 'Platform'}
      className="shrink-0 fill-current"
    >
      {platform && <path d={platform.brand.icon} />}
    </svg>
  )
}

/** Beside the name of whatever is on the sandbox; rows and lanes get the striped edge as well. */
export const SandboxMark = () => (
  <span className="inline-flex shrink-0 items-center gap-1.5 text-xs font-medium text-needs">
    <span aria-hidden className="striped h-3 w-4 rounded-xs" />
    Sandbox
  </span>
)
