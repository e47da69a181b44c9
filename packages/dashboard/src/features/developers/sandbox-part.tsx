import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { platformOf, platformsQuery } from '../../data/accounts.ts'
import { type Sandbox, sandboxesQuery, sandboxNames } from '../../data/sandboxes.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { PlatformMark } from '../../ui/platform-mark.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonBox, SkeletonPairs } from '../../ui/skeleton.tsx'
import { useTurnAllOff } from './api.ts'
import { FaultsPart } from './faults-part.tsx'
import { PostsPart } from './posts-part.tsx'

/** A copy of every platform to try things on. */
export function SandboxPart() {
  const { platform } = useSearch({ strict: false }) as { platform?: string }
  const { data: sandboxes, error, refetch } = useQuery(sandboxesQuery)
  const shown = sandboxes?.find(each => each.platform === platform) ?? sandboxes?.[0]
  return (
    <section aria-labelledby="sandbox" className="flex flex-col gap-5">
      <header className="flex flex-col gap-1">
        <h2 id="sandbox" className="flex items-center gap-2.5 text-lg">
          <span aria-hidden className="striped h-4 w-6 rounded-xs" />
          Sandbox
        </h2>
        <p className="max-w-[72ch] text-pretty text-soft">
          A faithful copy of each platform inside this server. Sandbox accounts are linked and used like real ones;
          nothing leaves the server.{' '}
          <a href="/docs/sandbox" className="text-act underline underline-offset-2">
            How it works
          </a>
        </p>
      </header>
      {error && <Problem error={error} onRetry={() => refetch()} />}
      {!sandboxes && !error && <Loading />}
      {sandboxes?.length === 0 && (
        <p className="max-w-[72ch]">
          The sandbox is off on this server, as it is in production unless somebody wants it. Whoever runs the server
          turns it on with <code className="font-mono text-sm">SANDBOX=on</code> and a restart.
        </p>
      )}
      {sandboxes && shown && (
        <>
          <FaultBand sandboxes={sandboxes.filter(({ isFaulty }) => isFaulty)} />
          {sandboxes.length > 1 && <Tabs sandboxes={sandboxes} shown={shown} />}
          <div key={shown.platform} className="flex flex-col gap-9">
            <FaultsPart sandbox={shown} />
            <PostsPart sandbox={shown} />
          </div>
        </>
      )}
    </section>
  )
}

/** Nobody should wonder for long why things fail. */
function FaultBand({ sandboxes }: { readonly sandboxes: readonly Sandbox[] }) {
  const off = useTurnAllOff()
  const may = useMay('member')
  if (sandboxes.length === 0 && !off.error) return null
  return (
    <div role="status" className="overflow-hidden rounded-md bg-needs-well">
      <div aria-hidden className="striped h-1.5" />
      <div className="flex flex-wrap items-center justify-between gap-3 px-3 py-2.5">
        <p className="font-medium">Faults are on now in the sandbox of {sandboxNames(sandboxes)}.</p>
        {may && (
          <Button
            size="small"
            isBusy={off.isPending}
            onClick={() => off.mutate(sandboxes.map(({ platform }) => platform))}
          >
            Turn all faults off
          </Button>
        )}
      </div>
      {off.error && <Problem error={off.error} />}
    </div>
  )
}

function Tabs({ sandboxes, shown }: { readonly sandboxes: readonly Sandbox[]; readonly shown: Sandbox }) {
  const { data: platforms } = useQuery(platformsQuery)
  return (
    <nav aria-label="Sandbox of" className="flex flex-wrap gap-x-1 border-b border-line">
      {sandboxes.map(({ platform, name, isFaulty }) => (
        <Link
          key={platform}
          to="/developers"
          search={{ platform } as never}
          replace
          resetScroll={false}
          aria-current={platform === shown.platform ? 'true' : undefined}
          className="-mb-px flex h-9 items-center gap-2 border-b-2 border-transparent px-1.5 text-soft sm:px-2.5 hover:text-ink [&[aria-current]]:border-ink [&[aria-current]]:font-medium [&[aria-current]]:text-ink"
        >
          <PlatformMark platform={platformOf(platforms, platform)} />
          {name}
          {isFaulty && (
            <>
              <span aria-hidden className="striped size-2.5 rounded-xs" />
              <span className="sr-only">faults are on</span>
            </>
          )}
        </Link>
      ))}
    </nav>
  )
}

const Loading = () => (
  <div className="flex flex-col gap-5">
    <div className="flex h-9 items-center gap-5 border-b border-line px-1.5">
      {[0, 1, 2].map(each => (
        <SkeletonBox key={each} className="h-4 w-20" />
      ))}
    </div>
    <SkeletonBox className="h-3.5 w-44" />
    <SkeletonPairs widths={[30, 42, 36]} label="Loading the sandbox" />
  </div>
)
