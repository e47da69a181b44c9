import type { Context, Doubt, Progress } from '../connector.ts'
import { Refused } from '../failures.ts'
import { PUBLISH_QUOTA } from './errors.ts'
import { type Item, readQuota, search } from './search.ts'
import type { InstagramState } from './shapes.ts'
import { readContainer } from './watch.ts'

type Where = Progress<InstagramState>

/** "Not published" is no answer before this: the status may be as late as the list. */
const CALM_SECONDS = 60
/** Without captions the only new post may be another tool's, and ours late. */
const UNNAMED_SECONDS = 300
/** A container that is not shown any more says nothing; then the list has so long to show a post. */
const LIST_SECONDS = 900
/** Looks for the id of a post that surely exists: some twenty minutes. */
const MAX_LOOKS = 20
/** Seconds between publish calls that made no post: a lost one is repeated at once, a blocked one is not. */
const PAUSES = [0, 600, 3600, 21_600]

/** The publish call was not answered, or with an error. The container tells whether it was published; what is new, as which post. */
export async function settle(state: InstagramState, ctx: Context, doubt: Doubt): Promise<Where> {
  const container = await readContainer(state, ctx)
  const { ours, doubtful, others, isWhole } = await search(state, ctx, doubt)
  const fresh = [...ours, ...doubtful]
  const age = (ctx.now.getTime() - (doubt.until ?? doubt.since).getTime()) / 1000
  const status = container?.status_code
  if (status === 'PUBLISHED') return published(state, ours.length > 0 || age < UNNAMED_SECONDS ? ours : fresh)
  const [only] = ours
  if (only && ours.length === 1) return { at: 'published', post: postOf(only) }
  // The longer nothing changes, the rarer the look.
  const askAgainIn = Math.round(Math.min(1800, Math.max(60, age / 4)))
  if (fresh.length > 0) return { at: 'unclear', askAgainIn }
  if (age < CALM_SECONDS) return { at: 'unclear', askAgainIn: 20 }
  if (status === 'FINISHED') return again(state, ctx)
  // It was not published within its day, or broke before.
  if (status === 'EXPIRED' || status === 'ERROR') return { at: 'gone' }
  // It is not shown any more, and the list alone decides: any new post may be ours, whatever became of its words.
  if (status === undefined && age > LIST_SECONDS && others.length === 0 && isWhole) return { at: 'gone' }
  return { at: 'unclear', askAgainIn }
}

/** It is there. Which one it is may stay unknown: never a guess. */
function published(state: InstagramState, candidates: readonly Item[]): Where {
  const [only] = candidates
  if (only && candidates.length === 1) return { at: 'published', post: postOf(only) }
  const looks = (state.looks ?? 0) + 1
  if (candidates.length > 1 || looks >= MAX_LOOKS) return { at: 'published' }
  return { at: 'processing', state: { ...state, looks }, askAgainIn: Math.min(60, 10 * looks) }
}

/** Not posted: the same container once more, unless the day's posts are used up. */
async function again(state: InstagramState, ctx: Context): Promise<Where> {
  const { used, total } = await readQuota(ctx)
  if (used >= total) throw new Refused(PUBLISH_QUOTA)
  const refusals = (state.refusals ?? 0) + 1
  const pause = PAUSES[Math.min(refusals, PAUSES.length) - 1] ?? 0
  const notBefore = new Date(ctx.now.getTime() + pause * 1000).toISOString()
  return { at: 'ready', state: { ...state, refusals, notBefore } }
}

const postOf = ({ id, permalink }: Item) => (permalink === undefined ? { id } : { id, url: permalink })
