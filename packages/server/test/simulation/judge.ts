import type { History } from './history.ts'
import type { Columns } from './store.ts'
import type { World } from './world.ts'

export type Violation = 'double' | 'lost' | 'silent' | 'cancel'

export interface Verdict {
  readonly violations: readonly Violation[]
  readonly uploaded: number
  readonly canceled: number
  readonly failed: number
  /** Ended as `outcome_unknown`, after people answered or did not. */
  readonly unknown: number
}

function hasItsPost({ id, delivery: { post, state } }: Columns, world: World): boolean {
  const ours = world.platform.posts.filter(p => p.by === id)
  if (ours.some(p => !p.isRemoved && (post?.id === undefined || p.id === post.id))) return true
  // A post that this try knew by its id when it had to end, and that the platform took back: said with a note.
  const known = (state as { id?: string } | null)?.id
  return known !== undefined && known === post?.id && ours.some(p => p.id === known)
}

/** Looks at a history that is over. */
export function judge({ world, bugs }: History): Verdict {
  if (bugs.length > 0) throw bugs[0]
  const violations: Violation[] = []
  const count = { uploaded: 0, canceled: 0, failed: 0, unknown: 0 }
  const { rows } = world.tables
  for (const d of rows) {
    const ours = world.platform.posts.filter(p => p.by === d.id && !p.isRemoved)
    const isUnknown = d.status === 'failed' && d.delivery.failure?.code === 'outcome_unknown'
    if (ours.length > 1) violations.push('double')
    if (d.status === 'scheduled' || d.status === 'running') violations.push('lost')
    if (d.status === 'uploaded' && !hasItsPost(d, world)) violations.push('lost')
    if (((d.status === 'failed' && !isUnknown) || d.status === 'canceled') && ours.length > 0) violations.push('silent')
    if (d.isCancelGranted && ours.length > 0) violations.push('cancel')
    if (d.status === 'uploaded' || d.status === 'canceled') count[d.status]++
    else if (isUnknown) count.unknown++
    else count.failed++
  }
  return { violations, ...count }
}
