import { setTimeout as sleep } from 'node:timers/promises'
import type { UploadStatus } from '@upload24/contract'
import type { Film } from '../films.ts'
import type { Outcome } from '../history.ts'
import { judgeRemains, type Resent, readLedger, readSeenAfter } from '../law.ts'
import type { Flow } from './flows.ts'
import type { Strike } from './lies.ts'
import type { Story } from './story.ts'
import type { Tenant } from './tenant.ts'
import type { LyingWorld } from './world.ts'

/** Milliseconds after which what was kept back has not come. */
const PATIENCE = 100_000

/** What was kept back has reached the platform, and nothing more can come. */
export async function untilSettled(story: Story): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE
  while (story.held.length > 0 || story.arriving > 0) {
    if (performance.now() > giveUpAt) throw new Error('a request that was kept back did not arrive')
    await sleep(50)
  }
}

export interface SentFilm {
  readonly film: Film
  readonly ended: UploadStatus
  readonly status: UploadStatus
}

/** Holds what the system says of the uploads of one history against what the platform has. */
export async function judge(
  world: LyingWorld,
  tenant: Tenant,
  flow: Flow,
  films: readonly SentFilm[],
  about: { readonly options: object; readonly relinks: number }
): Promise<Outcome> {
  const { story } = tenant
  const posts = await tenant.posts()
  const sent = films.map(async ({ film: { sha256 }, ended, status }) => ({
    sha256,
    ended,
    status,
    seenAfter: await readSeenAfter(world.pool, status, posts)
  }))
  const outcome = judgeRemains({
    sent: await Promise.all(sent),
    options: { ...about.options },
    end: flow.end ?? 'uploaded',
    posts,
    ledger: await readLedger(tenant),
    relinks: about.relinks,
    mayRelink: story.told.filter(strike => endsGrant(flow, strike)).length + ('revokeGrant' in flow.faults ? 1 : 0),
    resent: resentIn(flow, story)
  })
  return flow.act === 'pair'
    ? { ...outcome, violations: [...outcome.violations, ...judgeRefreshes(flow, story)] }
    : outcome
}

/**
 * Where a lie costs the grant: a token that nothing renews, the new one of two where the old serves once, and a revocation that arrives
 * when the account is linked again: it ends all of its owner's grants.
 */
const endsGrant = ({ act, platform }: Flow, { label, lie }: Strike): boolean =>
  (act === 'unlink' && lie === 'request later than the time-out') ||
  (platform === 'Instagram'
    ? lie === 'token just died'
    : platform === 'TikTok' && label.endsWith('(refresh_token)') && !/^request (lost|cut)|^429/.test(lie))

const isTransfer = (label: string): boolean =>
  /^PUT www\.googleapis\.com\/upload\/youtube\/v3\/videos \(from|^PUT open-upload|^POST rupload/.test(label)
/** After these the platform does not have the bytes that it took, or says that it does not. */
const BEGUN_ANEW = ['forgetSessions', 'processing', 'pull', 'hideUploadedBytes', 'status', 'lateResult']

/** Each lie may cost the longest chunk, as may a refusal, and an exchange that a busy machine gave up; a session that is gone the whole film. */
function resentIn(flow: Flow, { seen }: Story): Resent {
  const transfers = seen.filter(({ label }) => isTransfer(label))
  const arrived = transfers.reduce((sum, { bytes, lie }) => sum + bytes * shareOf(lie), 0)
  const longest = Math.max(0, ...transfers.map(({ bytes }) => bytes))
  const films = flow.act === 'pair' ? 2 : 1
  const causes = seen.filter(({ lie, status = 500 }) => lie !== undefined || status >= 400).length
  const anew = Object.keys(flow.faults).some(name => BEGUN_ANEW.includes(name)) ? flow.bytes : 0
  return { bytes: Math.max(0, arrived - films * flow.bytes), most: causes * longest + anew, causes }
}

/** Of the bytes that were announced so many arrived. */
const shareOf = (lie: Strike['lie'] | undefined): number =>
  lie === 'request lost' ? 0 : lie === 'request cut' ? 0.5 : 1

/** Two deliveries needed the new token, and one of them fetched it. */
function judgeRefreshes({ base }: Flow, { seen }: Story): string[] {
  const refreshes = seen.filter(({ label }) => label.endsWith('(refresh_token)')).length
  return base.length === 0 && refreshes !== 1 ? [`the token was refreshed ${refreshes} times`] : []
}
