import type { ErrorComponentProps } from '@tanstack/react-router'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

/** A page that could not be drawn: most often one of a version that the server no longer has. */
export function RouteFailed({ error }: ErrorComponentProps) {
  return (
    <div className="mx-auto max-w-[640px] px-4 py-16">
      <Notice kind="failed" actions={<Button onClick={() => location.reload()}>Load it again</Button>}>
        This page could not be drawn. Loading it again brings the server's present version.
        <p className="mt-1 font-mono text-xs text-soft">{error instanceof Error ? error.message : String(error)}</p>
      </Notice>
    </div>
  )
}
