import { ProblemError } from '@upload24/sdk'
import { Button } from './button.tsx'
import { Notice } from './notice.tsx'

/** The sentence for a person: what the server said, or that it did not answer. */
export function wordsOf(error: unknown): string {
  if (error instanceof ProblemError) return error.detail ?? error.title
  if (navigator.onLine === false) return 'This device is offline. It goes on when the network is back.'
  return 'The server did not answer. It may be restarting; nothing was changed that is not shown here.'
}

/** Words per field, by the path that the server names (`title`, `youtube.categoryId`). */
export const fieldWords = (error: unknown): Readonly<Record<string, string>> =>
  error instanceof ProblemError
    ? Object.fromEntries((error.errors ?? []).map(({ path, message }) => [path, `${capital(message)}.`]))
    : {}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, '')

/** A failed request in its place, with the way to try again and the id to name when asking for help. */
export function Problem({ error, onRetry }: { readonly error: unknown; readonly onRetry?: (() => void) | undefined }) {
  const id = error instanceof ProblemError ? error.requestId : undefined
  return (
    <Notice
      kind="failed"
      actions={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      {wordsOf(error)}
      {id && <p className="mt-0.5 font-mono text-xs text-soft">{id}</p>}
    </Notice>
  )
}
