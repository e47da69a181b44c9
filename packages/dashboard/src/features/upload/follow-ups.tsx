import type { Target } from '../../data/uploads.ts'
import { StateMark } from '../../ui/state.tsx'

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
/** `firstComment` as `First comment`. */
const words = (name: string) => capital(name.replace(/([A-Z])/g, ' $1').toLowerCase())

/** What is done once the post exists: a thumbnail, captions, a first comment. */
export function FollowUps({ target }: { readonly target: Target }) {
  if (target.followUps.length === 0) return null
  return (
    <ul aria-label="After the post" className="flex flex-col gap-1 text-sm">
      {target.followUps.map(({ name, status, errorMessage }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: several captions have the same name, and keep their order.
        <li key={index} className="flex flex-wrap items-baseline gap-x-3">
          <span className="min-w-28 text-soft">{words(name)}</span>
          <StateMark state={status} />
          {errorMessage && <span className="min-w-0 basis-60 flex-1">{errorMessage}</span>}
        </li>
      ))}
    </ul>
  )
}
