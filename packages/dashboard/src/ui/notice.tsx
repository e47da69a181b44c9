import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

type Kind = 'failed' | 'needs' | 'info'

const KINDS: Record<Kind, { box: string; icon: ReactNode }> = {
  failed: { box: 'bg-failed-well', icon: <CircleAlert size={16} className="mt-0.5 shrink-0 text-failed" /> },
  needs: { box: 'bg-needs-well', icon: <TriangleAlert size={16} className="mt-0.5 shrink-0 text-needs" /> },
  info: { box: 'bg-well', icon: <Info size={16} className="mt-0.5 shrink-0 text-soft" /> }
}

/** What happened and what to do, in place. `actions`: the buttons that mend it. */
export function Notice({
  kind,
  children,
  actions
}: {
  readonly kind: Kind
  readonly children: ReactNode
  readonly actions?: ReactNode
}) {
  const { box, icon } = KINDS[kind]
  return (
    <div
      role={kind === 'failed' ? 'alert' : 'status'}
      className={`flex items-start gap-3 rounded-md px-3 py-2.5 ${box}`}
    >
      {icon}
      <div className="flex min-w-0 flex-1 flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">{children}</div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  )
}

/** Nothing here: why, and the way on. */
export function Empty({
  title,
  children,
  actions
}: {
  readonly title: string
  readonly children?: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <div className="flex flex-col items-start gap-3 py-8">
      <h2 className="text-lg">{title}</h2>
      {children && <div className="max-w-[56ch] text-soft">{children}</div>}
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  )
}
