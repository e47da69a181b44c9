import { StateMark } from '../ui/state.tsx'
import { isMissing } from './fault-words.ts'
import type { Fit } from './fit.ts'

/** One word with its shape: whether it fits. */
export function Verdict({ fit, hasFile }: { readonly fit: Fit; readonly hasFile: boolean }) {
  if (fit.is === 'fits') return <StateMark state="Uploaded">Fits</StateMark>
  if (fit.is === 'asking') return <StateMark state="Processing">Checking</StateMark>
  if (fit.is === 'waits')
    return <span className="whitespace-nowrap text-soft">{hasFile ? 'Needs the title' : 'Needs the video'}</span>
  return fit.faults.every(isMissing) ? (
    <StateMark state="Needs you">Needs a choice</StateMark>
  ) : (
    <StateMark state="Failed">Does not fit</StateMark>
  )
}
