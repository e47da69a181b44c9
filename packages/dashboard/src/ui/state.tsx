import type { ReactNode } from 'react'

/** The five states that anything on the pages is in; Canceled and Mixed are endings of their own and stay quiet. */
export type State = 'Scheduled' | 'Processing' | 'Uploaded' | 'Failed' | 'Needs you' | 'Canceled'

const COLOURS: Record<State, string> = {
  Scheduled: 'text-scheduled',
  Processing: 'text-processing',
  Uploaded: 'text-uploaded',
  Failed: 'text-failed',
  'Needs you': 'text-needs',
  Canceled: 'text-soft'
}

const line = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.6,
  strokeLinecap: 'round',
  strokeLinejoin: 'round'
} as const
const cut = { ...line, stroke: 'var(--color-paper)', strokeWidth: 1.8 } as const

/** Told apart without colour: a clock, a half disc, a disc with a tick, a square with a cross, a triangle. */
const SHAPES: Record<State, ReactNode> = {
  Scheduled: (
    <>
      <circle cx="8" cy="8" r="5.7" {...line} />
      <path d="M8 5v3.2l2 1.3" {...line} />
    </>
  ),
  Processing: (
    <>
      <circle cx="8" cy="8" r="5.7" {...line} />
      <path d="M8 2.3a5.7 5.7 0 0 1 0 11.4Z" fill="currentColor" />
    </>
  ),
  Uploaded: (
    <>
      <circle cx="8" cy="8" r="6.5" fill="currentColor" />
      <path d="m5.2 8.2 2 2 3.6-4" {...cut} />
    </>
  ),
  Failed: (
    <>
      <rect x="1.8" y="1.8" width="12.4" height="12.4" rx="2.5" fill="currentColor" />
      <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" {...cut} />
    </>
  ),
  'Needs you': (
    <>
      <path d="M8 1.6 15 14H1Z" fill="currentColor" stroke="currentColor" strokeLinejoin="round" />
      <path d="M8 6v3.4m0 2.3v.1" {...cut} />
    </>
  ),
  Canceled: (
    <>
      <circle cx="8" cy="8" r="5.7" {...line} />
      <path d="m4.2 11.8 7.6-7.6" {...line} />
    </>
  )
}

export function StateShape({ state, size = 16 }: { readonly state: State; readonly size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden className={`shrink-0 ${COLOURS[state]}`}>
      {SHAPES[state]}
    </svg>
  )
}

/** Shape, colour and word together. `children`: another word for the same state. */
export function StateMark({ state, children }: { readonly state: State; readonly children?: ReactNode }) {
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${COLOURS[state]}`}>
      <StateShape state={state} />
      {children ?? state}
    </span>
  )
}
