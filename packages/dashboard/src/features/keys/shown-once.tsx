import { useQuery } from '@tanstack/react-query'
import { accountsQuery } from '../../data/accounts.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton, Snippet } from '../../ui/copy.tsx'
import type { NewKey } from './api.ts'
import { curlFor, typescriptFor } from './snippets.ts'

/** The only time that the key is there to read. It leaves the page when it is put away. */
export function ShownOnce({ made, onDone }: { readonly made: NewKey; readonly onDone: () => void }) {
  const { data: accounts } = useQuery(accountsQuery)
  const account =
    made.accounts?.[0] ??
    accounts?.find(({ status, sandbox }) => status === 'active' && sandbox)?.accountId ??
    accounts?.find(({ status }) => status === 'active')?.accountId
  return (
    <section aria-label="The new key" className="flex flex-col gap-3 rounded-lg border border-act bg-act-well p-4">
      <h2 className="text-base">{made.name ?? 'The new key'}: copy it now. It is not shown again.</h2>
      <div className="flex flex-wrap items-center gap-2">
        <code className="min-w-0 flex-1 basis-72 rounded-md bg-raised px-2.5 py-1.5 font-mono text-xs leading-5 break-all select-all">
          {made.key}
        </code>
        <CopyButton text={made.key} label="Copy the key" />
      </div>
      <details>
        <summary className="w-fit text-soft hover:text-ink">Send a video with it</summary>
        <div className="mt-2 flex flex-col gap-2">
          {!account && <p className="text-soft">Link an account first: its id takes the place of ACCOUNT_ID.</p>}
          <Snippet label="curl" text={curlFor(location.origin, made.key, account)} />
          <Snippet label="TypeScript" text={typescriptFor(location.origin, made.key, account)} />
        </div>
      </details>
      <div>
        <Button onClick={onDone}>I have copied it</Button>
      </div>
    </section>
  )
}
