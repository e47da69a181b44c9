import type { Exchange, Lie, Strike } from './lies.ts'

export interface Seen extends Exchange {
  /** Monotonic, milliseconds. */
  readonly at: number
  readonly lie: Lie | undefined
  status: number | undefined
}

/** A request that the wire keeps back, until the history's clock has come to a moment. */
export interface Held {
  /** Seconds of the history's clock. */
  readonly at: number
  /** Sends it on; resolves when the platform has answered. */
  release(): Promise<void>
}

/** One history as the wire and the clock know it. Its workspace is its own: `project` names it for the sandbox. */
export interface Story {
  readonly project: string
  readonly tenantId: string
  /** Lies of the flow itself, in their order: those of the plan come after the last of them, and count from there. */
  readonly base: readonly Strike[]
  readonly strikes: readonly Strike[]
  readonly seen: Seen[]
  readonly told: Strike[]
  /** The place in `seen` where the flow's own lies were over. */
  turn: number
  /** The place in `seen` where the proof begins: the sending of a file. */
  proof: number
  /** What went wrong in the telling: no lie that anybody planned. */
  readonly faults: string[]
  readonly held: Held[]
  /** Of those, on their way to the platform now. */
  arriving: number
  /** Seconds that its clock was moved on. */
  skipped: number
}

export const newStory = (tenantId: string, base: readonly Strike[], strikes: readonly Strike[]): Story => ({
  project: `sandbox-${tenantId}`,
  tenantId,
  base,
  strikes,
  seen: [],
  told: [],
  turn: 0,
  proof: 0,
  faults: [],
  held: [],
  arriving: 0,
  skipped: 0
})

/** The history's clock: the machine's, and what was skipped. Seconds. */
export const clockOf = (story: Story): number => performance.now() / 1000 + story.skipped

/** Notes an exchange, and says which lie is told at it. */
export function note(story: Story, about: Omit<Exchange, 'nth'>): Seen {
  const nth = story.seen.slice(story.turn).filter(({ label }) => label === about.label).length + 1
  const isUntold = (each: Strike) => !story.told.includes(each)
  const isInBase = story.base.some(isUntold)
  const strike = (isInBase ? story.base : story.strikes).find(
    each => each.label === about.label && each.nth === nth && isUntold(each)
  )
  const one: Seen = { ...about, nth, at: performance.now(), lie: strike?.lie, status: undefined }
  story.seen.push(one)
  if (strike) story.told.push(strike)
  if (isInBase && !story.base.some(isUntold)) story.turn = story.seen.length
  return one
}
