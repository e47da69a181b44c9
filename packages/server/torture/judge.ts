import type { Outcome } from './history.ts'
import { isOver, readRows, untilQuiet, type Waiting } from './quiet.ts'
import type { Film, Tenant } from './tenant.ts'
import type { Seen } from './wire.ts'
import type { World } from './world.ts'

export interface Expectation {
  /** `uploaded`: nothing else will do. `honest`: one post at most, and an end that tells it. */
  readonly end?: 'uploaded' | 'honest'
  /** Deaths among those who sent the file. With them the bytes that were sent again are judged. */
  readonly kills?: number
  /** What the wire had seen before the history began. */
  readonly from?: number
  readonly takeOver?: number | undefined
  /** Seconds from a death until another worker was there. */
  readonly readyAfter?: number
  readonly waiting?: Waiting
}

/**
 * Seconds from the moment when another worker is there, for a claim that comes some seven after the death. What a busy machine
 * takes to start that worker is not the take-over's.
 */
const TAKE_OVER_MOST = 15

/** Waits until all is over, and holds what the platform has against what the system says. */
export async function judge(
  world: World,
  tenant: Tenant,
  uploadId: string,
  film: Film,
  { end = 'uploaded', kills = 0, from, takeOver, readyAfter = 0, waiting }: Expectation = {}
): Promise<Outcome> {
  const isQuiet = await untilQuiet(world, tenant, uploadId, waiting)
  const [rows, posts] = [await readRows(world, uploadId), await tenant.posts()]
  const violations: string[] = []
  const say = (words: string) => void violations.push(words)
  const post = rows.find(row => !row.isFollowUp)
  const followUps = rows.filter(row => row.isFollowUp)
  const told = await tenant.workspace.readStatus(uploadId)

  const stuck = rows.filter(row => !isOver(row)).length
  if (!isQuiet) say(`not over: ${rows.map(row => `${row.status}/${row.stage}`).join(', ')}`)
  const unknown = rows.filter(row => row.code === 'outcome_unknown').length

  const comments = posts.reduce((sum, { metadata }) => sum + Math.max(0, (metadata.comments?.length ?? 0) - 1), 0)
  const duplicates = Math.max(0, posts.length - 1) + comments
  if (duplicates > 0) say(`${posts.length} posts, ${comments} comments too many`)

  let lost = 0
  const isUnknown = post?.code === 'outcome_unknown'
  const lose = (words: string) => {
    lost++
    say(words)
  }
  if (post?.status === 'uploaded' && posts.length === 0) lose('it says "uploaded" and there is no post')
  if (post?.status === 'failed' && !isUnknown && posts.length > 0)
    lose(`it says "failed" (${post.code}) and there is a post`)
  if (post?.status === 'failed' && posts.length === 0 && end === 'uploaded') lose(`it failed: ${post.code}`)
  if (post?.status === 'failed' && post.code === null) lose('it failed without a reason')
  if (posts.some(each => each.sha256 !== film.sha256)) lose('the post has other bytes')
  for (const row of followUps) {
    if (row.status === 'failed' && row.code !== 'outcome_unknown' && end === 'uploaded')
      lose(`a follow-up failed: ${row.code}`)
  }
  const isWhole = told.status === (post?.status === 'uploaded' ? 'Uploaded' : 'Failed')
  if (isQuiet && !isWhole) lose(`the delivery is ${post?.status} and the upload ${told.status}`)

  const resent = from === undefined ? undefined : resentBytes(world, tenant, film, from)
  if (resent !== undefined && kills > 0 && resent > kills * tenant.platform.mayResend)
    say(`${resent} bytes were sent again`)
  if (takeOver !== undefined && takeOver - readyAfter > TAKE_OVER_MOST) say(`taken over after ${takeOver.toFixed(1)} s`)
  return {
    posts: 1,
    duplicates,
    lost,
    stuck,
    unknown,
    violations,
    ...(resent === undefined || kills === 0 ? {} : { resent: resent / kills }),
    ...(takeOver === undefined ? {} : { takeOver })
  }
}

/** Bytes of the file that reached the platform's door beyond one copy of it. */
function resentBytes(world: World, { platform }: Tenant, film: Film, from: number): number {
  const isOurs = (one: Seen) => one.platform === platform.id && platform.isTransfer(one)
  const sent = world.wire.seen.slice(from).reduce((sum, one) => sum + (isOurs(one) ? one.bytes : 0), 0)
  return Math.max(0, sent - film.bytes.length)
}
