/** One life of one upload (or a few), with something that dies or lies in the middle of it. */
export interface History<World> {
  /** Unique and stable: what `--only` takes. */
  readonly name: string
  /** The line of the table that it counts in. */
  readonly group: string
  /** Its world is left running and empty of open deliveries. Throws for a fault of the suite itself. */
  run(world: World): Promise<Outcome>
}

/** Histories, and the worlds that they run in. */
export interface Section<World> {
  readonly histories: readonly History<World>[]
  /** Worlds side by side, and histories at the same time in each of them. */
  readonly worlds: number
  readonly parallel: number
  /** What one of them takes on two cores that are all ours: by this the sections share the time. */
  readonly seconds: number
  open(n: number): Promise<World>
  close(world: World): Promise<void>
}

export interface Outcome {
  /** Posts that should exist at the end. */
  readonly posts: number
  /** Posts beyond one for each delivery; comments beyond one too. */
  readonly duplicates: number
  /** Deliveries that say "uploaded" without a post, failed though they had to succeed, or have other bytes. */
  readonly lost: number
  /** Deliveries that were not over after all the time they may take. */
  readonly stuck: number
  /** Deliveries that ended as `outcome_unknown`, honestly. */
  readonly unknown: number
  /** Bytes that the platform was sent beyond those of the file, for each kill. */
  readonly resent?: number
  /** Seconds from a death to the next claim of what the dead process held. */
  readonly takeOver?: number
  /** Seconds from the making of a post until the delivery said so. */
  readonly seenAfter?: number
  /** The point was never passed: nothing was killed, and what is told was judged without that. */
  readonly isUnreached?: true
  /** What must not be, in words. */
  readonly violations: readonly string[]
}

export const FLAWLESS: Outcome = { posts: 0, duplicates: 0, lost: 0, stuck: 0, unknown: 0, violations: [] }

/** A step may come once more or once less than in the dry run: a poll, and what it writes. */
export const unreached = (judged: Outcome): Outcome => ({ ...judged, isUnreached: true })

/** Thrown out of a history: a delivery stays with a process that does nothing for it any more. */
export class NeverTakenOver extends Error {}
