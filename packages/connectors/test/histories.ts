import assert from 'node:assert/strict'
import type { Made } from './bench.ts'
import type { Run } from './driver.ts'

/** HISTORIES=4000 for a long look. One seed is one history: a failing one can be run alone by its number, SEED=17. */
const HISTORIES = Number(process.env.HISTORIES ?? 120)
const SEED = Number(process.env.SEED ?? 0)

/** Everything that happens in a history comes from its seed. */
export interface Dice {
  /** 0 ≤ n < 1 */
  next(): number
  below(n: number): number
  pick<T>(list: readonly T[]): T
  /** One to four of them, or none. */
  some<T>(chance: number, make: () => T): T[]
  /** How often a fault hits, and after how many calls. */
  often(): { times: number; after: number }
  when(): 'before' | 'after'
}

export interface Ended {
  readonly run: Run
  /** All that was made, by whomever it was made for this delivery. */
  readonly made: readonly Made[]
  readonly sha256?: string
}

/** Plays them all. At most one post each, and a true word about it; `share` of them must be uploaded, or the faults were too many. */
export async function playHistories(
  { share, count = HISTORIES }: { readonly share: number; readonly count?: number },
  play: (dice: Dice) => Promise<Ended>
): Promise<void> {
  const ends = new Map<string, number>()
  for (let seed = SEED || 1; seed <= (SEED || count); seed++) {
    const { run, made, sha256 } = await play(diceOf(seed)).catch(error => {
      throw new Error(`history ${seed}: ${error.message}`, { cause: error })
    })
    const { status, failure, post } = run.delivery
    const said = `history ${seed}: ${status} ${failure?.code ?? ''}`
    assert.ok(made.length <= 1, `${said}: ${made.length} posts`)
    if (status === 'uploaded') {
      assert.equal(made.length, 1, `${said}: no post`)
      if (post?.id !== undefined && made[0]?.id !== undefined)
        assert.equal(made[0].id, post.id, `${said}: another's post`)
      if (made[0]?.sha256 !== undefined) assert.equal(made[0].sha256, sha256, `${said}: other bytes`)
    } else if (failure?.code !== 'outcome_unknown') assert.equal(made.length, 0, `${said} hides a post`)
    const end = status === 'uploaded' ? status : (failure?.code ?? status)
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  if (process.env.HISTORIES) console.log(JSON.stringify([...ends]))
  if (!SEED) assert.ok((ends.get('uploaded') ?? 0) >= count * share, JSON.stringify([...ends]))
}

export function diceOf(seed: number): Dice {
  const next = mulberry32(seed)
  const below = (n: number): number => Math.floor(next() * n)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T
  return {
    next,
    below,
    pick,
    some: (chance, make) => (next() < chance ? Array.from({ length: 1 + below(4) }, make) : []),
    often: () => ({ times: 1 + below(3), after: below(3) }),
    when: () => pick(['before', 'after'])
  }
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
