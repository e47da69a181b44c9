import { useQuery } from '@tanstack/react-query'
import { platformOf, platformsQuery } from '../data/accounts.ts'
import { PlatformMark, SandboxMark } from './platform-mark.tsx'

interface Props {
  readonly account: {
    readonly platform: string
    readonly sandbox: boolean
    readonly displayName: string
    readonly handle?: string
  }
  /** The handle under the name. */
  readonly hasHandle?: boolean
}

/** An account as it is told everywhere: the platform's mark, the name, and that it is on the sandbox. */
export function AccountName({ account, hasHandle = false }: Props) {
  const { data } = useQuery(platformsQuery)
  return (
    <span className="flex min-w-0 items-center gap-2">
      <PlatformMark platform={platformOf(data, account.platform)} />
      <span className="min-w-0">
        <span dir="auto" className="block truncate font-medium">
          {account.displayName}
        </span>
        {hasHandle && account.handle && (
          <span dir="auto" className="block truncate text-sm text-soft">
            {account.handle}
          </span>
        )}
      </span>
      {account.sandbox && <SandboxMark />}
    </span>
  )
}
