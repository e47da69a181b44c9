import { setTimeout as sleep } from 'node:timers/promises'
import type { UploadStatus } from '@upload24/contract'
import { readId } from '../../src/lib/ids.ts'
import type { Outcome } from '../history.ts'
import type { Film } from './films.ts'
import type { End } from './flows.ts'
import type { Story } from './story.ts'
import type { Post } from './tenant.ts'
import type { LyingWorld } from './world.ts'

/** What was kept back has reached the platform, and nothing more can come. */
export async function hasSettled(story: Story): Promise<void> {
  while (story.held.length > 0 || story.arriving > 0) await sleep(50)
}

/** Holds what the system says of one upload against what the platform has. */
export async function judge(
  world: LyingWorld,
  { uploadId, title, accounts }: UploadStatus,
  all: readonly Post[],
  film: Film,
  end: End = 'uploaded'
): Promise<Outcome> {
  const posts = all.filter(post => post.title === title && !isRefused(post))
  const violations: string[] = []
  const losses: string[] = []
  const [target] = accounts
  const word = target?.status
  const followUps = target?.followUps ?? []
  const parts = [...(target ? [target] : []), ...followUps]
  const stuck = parts.filter(({ status }) => status !== 'Uploaded' && status !== 'Failed').length
  if (stuck > 0) violations.push(`not over: ${parts.map(({ status }) => status).join(', ')}`)

  const extra = posts.reduce((sum, post) => sum + tooMany(post), 0)
  const duplicates = Math.max(0, posts.length - 1) + extra
  if (duplicates > 0) violations.push(`${posts.length} posts, ${extra} comments, captions or entries too many`)
  if (posts.some(({ sha256 }) => sha256 !== film.sha256)) losses.push('the post has other bytes')
  if (word === 'Uploaded' && posts.length === 0) losses.push('it says "uploaded" and there is no post')
  if (word === 'Uploaded' && end === 'refused') losses.push('it says "uploaded", and the platform refused it')
  if (word === 'Failed') {
    if (!target?.errorCode) losses.push('it failed without a reason')
    if (posts.length > 0) losses.push(`it says "failed" (${target?.errorCode}) and there is a post`)
    else if (end !== 'refused') losses.push(`it failed: ${target?.errorCode}`)
  }
  for (const { name, status, errorCode } of followUps)
    if (status === 'Failed') losses.push(`${name} failed: ${errorCode}`)

  const seenAfter = word === 'Uploaded' && posts[0] ? await lateness(world, uploadId, posts[0]) : undefined
  return {
    posts: end === 'refused' ? 0 : 1,
    duplicates,
    lost: losses.length,
    stuck,
    unknown: 0,
    violations: [...violations, ...losses],
    ...(seenAfter === undefined ? {} : { seenAfter })
  }
}

/** The uploads of one history as one. Every post must belong to one of them, or to another tool. */
export function addUp(outcomes: readonly Outcome[], posts: readonly Post[]): Outcome {
  const strange = posts.filter(
    ({ title, metadata }) => !title.startsWith('A lie') && metadata.isForeign !== true
  ).length
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((total, each) => total + of(each), 0)
  const late = outcomes.flatMap(({ seenAfter }) => seenAfter ?? [])
  return {
    posts: sum(each => each.posts),
    duplicates: sum(each => each.duplicates) + strange,
    lost: sum(each => each.lost),
    stuck: sum(each => each.stuck),
    unknown: 0,
    violations: [...outcomes.flatMap(each => each.violations), ...(strange > 0 ? [`${strange} posts of nobody`] : [])],
    ...(late.length === 0 ? {} : { seenAfter: Math.max(...late) })
  }
}

/** YouTube keeps what it could not use, and shows it to the owner alone. */
const isRefused = ({ state }: Post): boolean => state === 'failed' || state === 'rejected'

/** Of what may exist once only: comments, tracks, entries of the playlist. */
function tooMany({ metadata }: Post): number {
  const lists = ['comments', 'captions', 'playlists'].map(name => metadata[name])
  return lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? Math.max(0, list.length - 1) : 0), 0)
}

/** Seconds of the history's clock from the making of the post until the delivery said so. */
async function lateness(world: LyingWorld, uploadId: string, { createdAt }: Post): Promise<number> {
  const { rows } = await world.pool.query(
    'select ended_at from deliveries where upload_id = $1 and parent_id is null',
    [readId('upload', uploadId)]
  )
  return Math.max(0, (new Date(rows[0].ended_at).getTime() - Date.parse(createdAt)) / 1000)
}
