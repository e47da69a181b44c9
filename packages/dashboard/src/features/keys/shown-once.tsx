import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { Button } from '../../ui/button.tsx'
import { CopyButton, Snippet } from '../../ui/copy.tsx'
import { exampleQuery, type NewKey } from './api.ts'
import { snippetsFor } from './snippets.ts'

/** The only time that the key is there to read. It leaves the page when it is put away. */
export function ShownOnce({ made, onDone }: { readonly made: NewKey; readonly onDone: () => void }) {
  const ref = useRef<HTMLElement>(null)
  const isSending = made.scopes.includes('upload:write')
  const { data: account, isPending } = useQuery({ ...exampleQuery(made), enabled: isSending })
  const { title, curl, typescript } = snippetsFor(location.origin, made, account?.accountId)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another key is another thing to read.
  useEffect(() => {
    ref.current?.scrollIntoView({ block: 'nearest' })
    ref.current?.focus({ preventScroll: true })
  }, [made.id])
  return (
    <section
      ref={ref}
      tabIndex={-1}
      aria-label="The new key"
      className="flex scroll-mt-16 flex-col gap-3 rounded-lg bg-needs-well p-4 outline-none"
    >
      <h2 dir="auto" className="text-base">
        {made.name ?? 'The new key'}: copy it now. It is not shown again.
      </h2>
      <div className="flex flex-wrap items-center gap-2">
        <code className="min-w-0 flex-1 basis-72 rounded-md bg-raised px-2.5 py-1.5 font-mono text-xs leading-5 break-all select-all">
          {made.key}
        </code>
        <CopyButton text={made.key} label="Copy the key" />
        <Button size="small" onClick={onDone}>
          I have copied it
        </Button>
      </div>
      <details>
        <summary className="w-fit rounded-sm text-soft hover:text-ink">{title}</summary>
        <div className="mt-2 grid items-start gap-3 lg:grid-cols-2">
          {isSending && !isPending && <About account={account} />}
          <Snippet label="curl" text={curl} />
          <Snippet label="TypeScript" text={typescript} />
        </div>
      </details>
    </section>
  )
}

/** Whether it works as it stands, and what it does. */
function About({
  account
}: {
  readonly account: { readonly name: string; readonly fault: string | null } | null | undefined
}) {
  return (
    <p className="text-soft lg:col-span-2">
      {!account
        ? 'Link an account first: its id takes the place of ACCOUNT_ID.'
        : account.fault
          ? `${account.name} wants more than this: ${account.fault}`
          : `It sends the sample film to ${account.name}.`}
    </p>
  )
}
