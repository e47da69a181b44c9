import type { Film } from './films.ts'
import type { Outcome } from './history.ts'
import { judgeRemains, type Resent, readLedger, readSeenAfter } from './law.ts'
import { untilQuiet, type Waiting } from './quiet.ts'
import type { Tenant } from './tenant.ts'
import type { Seen } from './wire.ts'
import type { World } from './world.ts'

export interface Expectation {
  /** Deaths among those who sent the file, each of which may cost a chunk. */
  readonly deaths?: number
  /** It did not die: what it still holds open is not there for the next one, and both may send the same body. */
  readonly isAwake?: boolean
  /** How often the owner may be asked to sign in again. */
  readonly mayRelink?: number
  /** Seconds that the platform asked for. */
  readonly waits?: number
  readonly takeOver?: number | undefined
  /** Seconds from a death until another worker was there. */
  readonly readyAfter?: number
  readonly waiting?: Waiting
}

/**
 * Seconds from the moment when another worker is there, for a claim that comes some seven after the death: a busy machine takes
 * its time, and without the safeguard it would be a minute. What it takes to start that worker is not the take-over's.
 */
const TAKE_OVER_MOST = 30
/**
 * Seconds of the suite's time from the first wait to the end of all: a lease, a request's own life, the platform's time to show a
 * post, and the pauses between questions.
 */
const MOVED_MOST = 1800

/** Waits until all is over, and holds what the platform has against what the system says. */
export async function judge(
  world: World,
  tenant: Tenant,
  uploadId: string,
  film: Film,
  { deaths = 1, isAwake = false, mayRelink = 0, waits = 0, takeOver, readyAfter = 0, waiting }: Expectation = {}
): Promise<Outcome> {
  const isQuiet = await untilQuiet(world, tenant, uploadId, waiting)
  const status = await tenant.workspace.readStatus(uploadId)
  const posts = await tenant.posts()
  const seenAfter = await readSeenAfter(world.pool, status, posts)
  const outcome = judgeRemains({
    sent: [{ sha256: film.sha256, ended: status, status, seenAfter }],
    options: tenant.platform.options,
    end: 'uploaded',
    posts,
    ledger: await readLedger(tenant.workspace),
    relinks: tenant.relinks(),
    mayRelink,
    resent: resentBy(world, tenant, film, deaths, isAwake)
  })
  const violations = [...outcome.violations]
  if (!isQuiet && outcome.stuck === 0) violations.push('it was over too late')
  if (tenant.clock.moved > MOVED_MOST + waits) violations.push(`over after ${Math.round(tenant.clock.moved)} s`)
  if (takeOver !== undefined && takeOver - readyAfter > TAKE_OVER_MOST)
    violations.push(`taken over after ${takeOver.toFixed(1)} s`)
  return { ...outcome, violations, ...(takeOver === undefined ? {} : { takeOver }) }
}

/** Bytes of the file that reached the platform's door, in this tenant's time. */
function resentBy(
  world: World,
  { platform, from, relinks }: Tenant,
  film: Film,
  deaths: number,
  isAwake: boolean
): Resent {
  const isOurs = (one: Seen) => one.platform === platform.id && platform.isTransfer(one)
  const sent = world.wire.seen.slice(from).reduce((sum, one) => sum + (isOurs(one) ? one.bytes : 0), 0)
  return {
    bytes: Math.max(0, sent - film.bytes.length),
    // After a new sign-in, what cannot be posted yet begins anew.
    most: (isAwake ? 2 * platform.body : deaths * platform.mayResend) + relinks() * film.bytes.length,
    causes: deaths
  }
}
