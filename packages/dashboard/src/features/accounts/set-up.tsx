import type { Platform } from '../../data/accounts.ts'
import { CopyButton } from '../../ui/copy.tsx'

/** What the operator of this server does so that a platform's real accounts can be linked. */
export function SetUp({ platform: { id, name } }: { readonly platform: Platform }) {
  const address = `${location.origin}/accounts/callback/${id}`
  const variable = id.toUpperCase().replaceAll('-', '_')
  return (
    <ol className="mt-2 flex list-decimal flex-col gap-1.5 pl-5 text-sm text-soft">
      <li>Whoever runs this server registers an app at {name}, with this redirect address:</li>
      <li className="-ml-5 flex list-none flex-wrap items-center gap-2 rounded-md bg-well py-1 pr-1 pl-3">
        <code className="min-w-0 flex-1 font-mono text-xs break-all text-ink">{address}</code>
        <CopyButton text={address} label="Copy the address" />
      </li>
      <li>
        They set <code className="font-mono text-xs text-ink">{variable}_CLIENT_ID</code> and{' '}
        <code className="font-mono text-xs text-ink">{variable}_CLIENT_SECRET</code> in the server's environment, and
        start it again.
      </li>
    </ol>
  )
}
