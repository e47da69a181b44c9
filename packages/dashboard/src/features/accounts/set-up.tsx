import type { Platform } from '../../data/accounts.ts'
import { labelOf } from '../../form/schema.ts'
import { CopyButton } from '../../ui/copy.tsx'

/** What the operator of this server does so that a platform's real accounts can be linked. */
export function SetUp({ platform: { id, name, linking } }: { readonly platform: Platform }) {
  const address = `${location.origin}/accounts/callback/${id}`
  return (
    <ol className="mt-2 flex list-decimal flex-col gap-1.5 pl-5 text-sm text-soft">
      <li>
        Whoever runs this server registers an app at {name} (
        <a href="/docs/apps" className="text-act underline underline-offset-2">
          how
        </a>
        ), with this redirect address:
      </li>
      <li className="-ml-5 flex list-none flex-wrap items-center gap-2 rounded-md bg-well py-1 pr-1 pl-3">
        <code className="min-w-0 flex-1 font-mono text-xs break-all text-ink">{address}</code>
        <CopyButton text={address} label="Copy the address" />
      </li>
      {linking.map(({ auth, variables }) => (
        <li key={auth}>
          {linking.length > 1 && `To sign in with ${labelOf(auth, {})}: `}
          They set{' '}
          {variables.map((variable, index) => (
            <span key={variable}>
              {index > 0 && ' and '}
              <code className="font-mono text-xs text-ink">{variable}</code>
            </span>
          ))}{' '}
          in the server's environment, and start it again.
        </li>
      ))}
    </ol>
  )
}
