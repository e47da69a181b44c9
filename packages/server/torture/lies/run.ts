import type { UploadStatus } from '@upload24/contract'
import type { Outcome } from '../history.ts'
import { care, linkAtLast, readChoices, resolve, send, storeExtras } from './acts.ts'
import { type Film, filmOf } from './films.ts'
import type { Flow } from './flows.ts'
import { addUp, hasSettled, judge } from './judge.ts'
import { type Strike, tell } from './lies.ts'
import type { Seen } from './story.ts'
import { openTenant, type Tenant } from './tenant.ts'
import type { LyingWorld } from './world.ts'

/** Seconds of the machine's time after which a delivery is stuck; its own clock has moved on by days then. */
const MOST = 100

export interface Played extends Outcome {
  /** What the flow was made for: without the file that is sent as a proof. */
  readonly seen: readonly Seen[]
  /** Lies of the plan that were never told, since the exchange never came. */
  readonly missed: readonly string[]
}

/** Plays one flow with the lies of a plan, and judges what came of it. */
export async function play(world: LyingWorld, flow: Flow, strikes: readonly Strike[]): Promise<Played> {
  const tenant = await openTenant(world, flow.place, flow.base, strikes)
  const { story } = tenant
  try {
    const outcome = await act(world, tenant, flow)
    const missed = [...story.base, ...story.strikes].filter(each => !story.told.includes(each)).map(tell)
    const isProven = flow.act !== 'upload' && flow.act !== 'pair'
    return { ...outcome, missed, seen: isProven ? story.seen.slice(0, story.proof) : story.seen }
  } finally {
    world.registry.remove(story)
  }
}

async function act(world: LyingWorld, tenant: Tenant, flow: Flow): Promise<Outcome> {
  const { story } = tenant
  const violations: string[] = []
  await tenant.setFaults(flow.faults)
  if (flow.act === 'link') world.registry.add(story)
  let accountId = await linkAtLast(tenant)
  const extras = flow.hasExtras ? await storeExtras(tenant, accountId) : {}
  if (flow.tokenLeft !== undefined) await tenant.age(accountId, flow.tokenLeft)
  world.registry.add(story)
  if (flow.act === 'renewal') await tenant.grow(accountId, 30)
  if (flow.act === 'facts' || flow.act === 'renewal') await care(world, tenant, accountId, flow.act)
  if (flow.act === 'unlink') {
    await tenant.insist('DELETE', `/accounts/${accountId}`)
    accountId = await linkAtLast(tenant)
  }
  if (flow.act === 'choices') violations.push(...(await readChoices(tenant, accountId, flow.field ?? '')))
  if (flow.act !== 'upload') await linkIfNeeded(tenant, accountId)

  story.proof = story.seen.length

  const films = flow.act === 'pair' ? [filmOf(flow.bytes, 1), filmOf(flow.bytes, 2)] : [filmOf(flow.bytes)]
  const sent = await Promise.all(films.map((film, n) => send(tenant, flow, accountId, film, `A lie ${n}`, extras)))
  let ends = await waitForAll(tenant, sent)
  // The owner signs in again, once for each grant that can have died: what it stopped goes on.
  for (let left = 1 + story.strikes.length; left > 0 && (await linkIfNeeded(tenant, accountId)); left--)
    ends = await waitForAll(tenant, sent)
  const unknown = ends.filter(isUnknown)
  for (const status of unknown) await resolve(world, tenant, status)
  if (unknown.length > 0) ends = await waitForAll(tenant, sent)
  await hasSettled(story)
  if (unknown.length > 0 && flow.end !== 'unknown')
    violations.push('its outcome was unknown, though the platform can be asked')
  if (flow.act === 'pair') violations.push(...judgeRefreshes(flow, story.seen))
  const posts = await tenant.posts()
  const judged = await Promise.all(ends.map((end, n) => judge(world, end, posts, films[n] as Film, flow.end)))
  const outcome = addUp(judged, posts)
  return { ...outcome, unknown: unknown.length, violations: [...violations, ...outcome.violations] }
}

async function linkIfNeeded(tenant: Tenant, accountId: string): Promise<boolean> {
  if ((await tenant.row(accountId)).status !== 'needs_relink') return false
  await linkAtLast(tenant)
  return true
}

const waitForAll = (tenant: Tenant, sent: readonly UploadStatus[]): Promise<UploadStatus[]> =>
  Promise.all(sent.map(({ uploadId }) => tenant.waitUntil(uploadId, areOver, MOST)))

const isOver = (word: string): boolean => word === 'Uploaded' || word === 'Failed'

const areOver = ({ status, accounts }: UploadStatus): boolean =>
  isOver(status) && accounts.every(each => each.followUps.every(part => isOver(part.status)))

const isUnknown = ({ accounts }: UploadStatus): boolean =>
  accounts.some(({ errorCode }) => errorCode === 'outcome_unknown')

/** Two deliveries needed the new token, and one of them fetched it. */
function judgeRefreshes({ base }: Flow, seen: readonly Seen[]): string[] {
  const refreshes = seen.filter(({ label }) => label.endsWith('(refresh_token)')).length
  return base.length === 0 && refreshes !== 1 ? [`the token was refreshed ${refreshes} times`] : []
}
