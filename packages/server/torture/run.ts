import { FLAWLESS, type History, NeverTakenOver, type Outcome, type Section } from './history.ts'

export interface Played {
  readonly name: string
  readonly group: string
  readonly outcome: Outcome
  /** It could not be played: the suite's own fault, or a process that did not start. */
  readonly fault?: string
}

export interface Running {
  /** Milliseconds, monotonic: no history begins after this. */
  readonly endsAt: number
  /** Told of each one when it is over. */
  heard(played: Played): void
}

/**
 * Plays the histories of a section in its worlds, in their order. One that did not come to its point is played once more. Returns
 * those that did not begin in time.
 */
export async function play<World>(section: Section<World>, running: Running): Promise<History<World>[]> {
  const queue = [...section.histories]
  const again = new Set<History<World>>()
  const most = Math.ceil(queue.length / section.parallel)
  const worlds = Array.from({ length: Math.min(section.worlds, most) }, (_, n) =>
    playIn(section, n, { queue, again }, running)
  )
  await Promise.all(worlds)
  return queue
}

interface ToPlay<World> {
  readonly queue: History<World>[]
  /** Those that are played, or will be, for the second time. */
  readonly again: Set<History<World>>
}

async function playIn<World>(section: Section<World>, n: number, { queue, again }: ToPlay<World>, running: Running) {
  while (queue.length > 0 && performance.now() < running.endsAt) {
    const world = await section.open(n)
    let isFit = true
    const loop = async () => {
      while (isFit && performance.now() < running.endsAt) {
        const next = queue.shift()
        if (!next) return
        const played = await playOne(next, world)
        const isBad = played.fault !== undefined || played.outcome.violations.length > 0
        const { isUnreached = false } = played.outcome
        // A world in which something went wrong is not fit for the next one, nor is one that still works on a stuck
        // delivery, nor one whose process still waits for its point.
        if (section.parallel === 1 && (isBad || isUnreached)) isFit = false
        if (isUnreached && !isBad && !again.has(next)) {
          again.add(next)
          queue.push(next)
        } else running.heard(isUnreached ? missed(played) : played)
      }
    }
    try {
      await Promise.all(Array.from({ length: section.parallel }, loop))
    } finally {
      await section.close(world)
    }
  }
}

async function playOne<World>({ name, group, run }: History<World>, world: World): Promise<Played> {
  try {
    return { name, group, outcome: await run(world) }
  } catch (error) {
    if (error instanceof NeverTakenOver) {
      return { name, group, outcome: { ...FLAWLESS, posts: 1, stuck: 1, violations: [error.message] } }
    }
    const fault = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { name, group, outcome: FLAWLESS, fault }
  }
}

/** What did not come to its point shows nothing: twice is no accident. */
function missed(played: Played): Played {
  const { outcome } = played
  return { ...played, outcome: { ...outcome, violations: [...outcome.violations, 'it did not come to its point'] } }
}
