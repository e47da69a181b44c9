import { later } from '../../sandbox/secrets.ts'
import { refuse } from './errors.ts'
import type { World } from './model.ts'

const HOUR = 3600
/** Of an account with few impressions. */
const CALLS = 5000
const BLOCK_MINUTES = 19

/** Counts a call and gives the headers of its answer. Throws 80002. A call while blocked prolongs the block. */
export async function countCall(project: string, account: string, world: World): Promise<Record<string, string>> {
  const { callsPerHour = world.deps.quota?.units ?? CALLS } = await world.faults.get(project)
  const now = world.deps.now()
  const usage = await world.model.update('ledger', account, project, doc => {
    const isOver = !doc || later(new Date(doc.since), HOUR) <= now.toISOString()
    const calls = (isOver ? 0 : doc.calls) + 1
    const isBlocked = (doc?.blockedUntil ?? '') > now.toISOString()
    const blockedUntil = isBlocked || calls > callsPerHour ? later(now, BLOCK_MINUTES * 60) : null
    return { since: isOver ? now.toISOString() : doc.since, calls, blockedUntil }
  })
  const isBlocked = usage?.blockedUntil !== null
  const percent = Math.min(100, Math.floor((100 * (usage?.calls ?? 0)) / callsPerHour))
  const counts = { call_count: percent, total_cputime: Math.floor(percent / 4), total_time: Math.floor(percent / 4) }
  const business = { type: 'instagram', ...counts, estimated_time_to_regain_access: isBlocked ? BLOCK_MINUTES : 0 }
  const headers = { 'x-business-use-case-usage': JSON.stringify({ [account]: [business] }) }
  if (isBlocked) throw refuse(400, 80_002, 0, {}, headers)
  return headers
}
