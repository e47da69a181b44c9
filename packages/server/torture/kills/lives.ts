import { untilQuiet } from '../quiet.ts'
import type { Tenant } from '../tenant.ts'
import type { World } from '../world.ts'

/** What a delivery meets besides a death. */
export interface Life {
  /** Stands in the names of its histories. */
  readonly name: string
  /** Once the account is linked, before the film is sent. */
  begin(tenant: Tenant): Promise<unknown>
  /** How often the owner has to sign in again, whatever dies. */
  readonly relinks: number
  /** Seconds that the platform asks for. */
  readonly waits: number
}

const QUIET = { relinks: 0, waits: 0 }
export const PLAIN: Life = { ...QUIET, name: '', begin: async () => {} }

/** The account's token has to be renewed first. */
export const DUE: Life = { ...QUIET, name: 'token due, ', begin: tenant => tenant.ageToken() }

type Faults = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** "Later", for everything of the account, or of the app. */
const SLOW: Faults = {
  youtube: { status: { at: 'insert', code: 403, reason: 'rateLimitExceeded', retryAfter: 60 } },
  tiktok: { status: { at: 'init', code: 429, reason: 'rate_limit_exceeded' } },
  instagram: { status: { at: 'create', code: 403, reason: '4/0' } }
}
/** "Enough for today", which holds back new posts alone. */
const FULL: Faults = {
  youtube: { status: { at: 'insert', code: 400, reason: 'uploadLimitExceeded', retryAfter: 60 } },
  tiktok: { status: { at: 'init', code: 403, reason: 'spam_risk_too_many_posts', retryAfter: 60 } },
  instagram: { status: { at: 'create', code: 400, reason: '9/2207042' } }
}
const WITHDRAWN: Faults = {
  youtube: { revokeGrant: { at: 'chunk', after: 1 } },
  tiktok: { revokeGrant: { at: 'status' } },
  instagram: { revokeGrant: { at: 'publish' } }
}

const withFaults =
  (faults: Faults) =>
  ({ platform, setFaults }: Tenant) =>
    setFaults(faults[platform.id] ?? {})

/** Each has points that a plain life has not. */
export const TROUBLED: readonly Life[] = [
  { ...QUIET, name: 'told to wait, ', begin: withFaults(SLOW), waits: 300 },
  { ...QUIET, name: 'enough for today, ', begin: withFaults(FULL), waits: 1800 },
  { ...QUIET, name: 'grant withdrawn, ', begin: withFaults(WITHDRAWN), relinks: 1 }
]

/**
 * The points that a life has and a plain one has not: from where the two part until they are alike again, up to the post. What
 * comes several times in between, as questions do, counts twice.
 */
export function ownPoints(plain: readonly string[], lived: readonly string[]): string[] {
  const [usual, all] = [untilPosted(plain), untilPosted(lived)]
  const from = all.findIndex((point, n) => labelOf(point) !== labelOf(usual[n] ?? ''))
  if (from < 0) return []
  let to = all.length
  for (let left = usual.length; to > from && left > from; to--, left--)
    if (labelOf(all[to - 1] ?? '') !== labelOf(usual[left - 1] ?? '')) break
  const counts = new Map<string, number>()
  return all.slice(from, to).filter(point => {
    const count = (counts.get(labelOf(point)) ?? 0) + 1
    counts.set(labelOf(point), count)
    return count <= 2
  })
}

/** What follows a post happens side by side, in no order. */
export function untilPosted(points: readonly string[]): readonly string[] {
  const posted = points.findIndex(point => point.startsWith('before follow-ups'))
  return posted < 0 ? points : points.slice(0, posted + 1)
}

const labelOf = (point: string): string => point.replace(/ \d+$/, '')

/** Waits until all is over, what a new sign-in of the owner brings back included. False: it is stuck. */
export async function untilLived(world: World, tenant: Tenant, uploadId: string): Promise<boolean> {
  const isQuiet = await untilQuiet(world, tenant, uploadId)
  await tenant.linkAgain()
  return isQuiet && untilQuiet(world, tenant, uploadId)
}
