import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { sandboxesQuery, sandboxNames } from '../data/sandboxes.ts'
import { useMay } from '../session/session.ts'

interface Props {
  /** What is shown beside it. Of those on a sandbox it is told whether they fail on purpose. */
  readonly accounts: readonly { readonly platform: string; readonly sandbox: boolean }[]
}

/** Nobody should wonder for long why things fail. */
export function FaultLine({ accounts }: Props) {
  const platforms = accounts.filter(({ sandbox }) => sandbox).map(({ platform }) => platform)
  const { data } = useQuery({ ...sandboxesQuery, enabled: platforms.length > 0 })
  const may = useMay('member')
  const faulty = data?.filter(each => each.isFaulty && platforms.includes(each.platform)) ?? []
  const [first] = faulty
  if (!first) return null
  return (
    <p role="status" className="flex items-baseline gap-2 text-sm">
      <span aria-hidden className="striped h-3 w-4 shrink-0 self-center rounded-xs" />
      <span>
        Faults are on in the sandbox of {sandboxNames(faulty)}.{' '}
        <Link
          to="/developers"
          search={{ platform: first.platform } as never}
          className="text-act underline underline-offset-2"
        >
          {may ? 'Switch them off' : 'See which'}
        </Link>
      </span>
    </p>
  )
}
