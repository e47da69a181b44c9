import type { UploadStatus } from '@upload24/contract'
import { filmOf } from '../films.ts'
import type { Outcome } from '../history.ts'
import { isOver } from '../law.ts'
import { storeExtras } from '../platforms.ts'
import { care, linkAtLast, readChoices, resolve, send } from './acts.ts'
import type { Flow } from './flows.ts'
import { judge, untilSettled } from './judge.ts'
import { type Strike, tell } from './lies.ts'
import type { Seen } from './story.ts'
import { openTenant, type Tenant } from './tenant.ts'
import type { LyingWorld } from './world.ts'

/** Seconds of the machine's time after which a delivery is stuck; its own clock has moved on by days then. */
const MOST = 180

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
    if (story.faults.length > 0) throw new Error(story.faults.join('\n'))
    const untold = [...story.base, ...story.strikes].filter(each => !story.told.includes(each)).map(tell)
    const missed = [...untold, ...(await tenant.faultsMissed())]
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
  if (flow.act === 'facts' || flow.act === 'renewal') await care(world, tenant, accountId, flow.act)
  if (flow.act === 'unlink') {
    await tenant.insist('DELETE', `/accounts/${accountId}`)
    accountId = await linkAtLast(tenant)
  }
  if (flow.act === 'choices') violations.push(...(await readChoices(world, tenant, accountId, flow.field ?? '')))
  let relinks = 0
  const linkAgain = async () => {
    const isNeeded = (await tenant.row(accountId)).status === 'needs_relink'
    if (isNeeded) {
      await linkAtLast(tenant)
      relinks++
    }
    return isNeeded
  }
  if (flow.act !== 'upload') await linkAgain()

  story.proof = story.seen.length

  const films = flow.act === 'pair' ? [filmOf(flow.bytes, 1), filmOf(flow.bytes, 2)] : [filmOf(flow.bytes)]
  const sent = await Promise.all(films.map((film, n) => send(tenant, flow, accountId, film, `A lie ${n}`, extras)))
  let ends = await waitForAll(tenant, sent)
  // The owner signs in again, once for each grant that can have died: what it stopped goes on.
  for (let left = 1 + story.strikes.length; left > 0 && (await linkAgain()); left--)
    ends = await waitForAll(tenant, sent)
  const ended = ends
  const unknown = ends.filter(isUnknown)
  for (const status of unknown) await resolve(world, tenant, status)
  if (unknown.length > 0) ends = await waitForAll(tenant, sent)
  await untilSettled(story)
  const told = films.map((film, n) => ({
    film,
    ended: ended[n] as UploadStatus,
    status: ends[n] as UploadStatus
  }))
  const outcome = await judge(world, tenant, flow, told, { options: { ...flow.options, ...extras }, relinks })
  return { ...outcome, violations: [...violations, ...outcome.violations] }
}

const waitForAll = (tenant: Tenant, sent: readonly UploadStatus[]): Promise<UploadStatus[]> =>
  Promise.all(sent.map(({ uploadId }) => tenant.waitUntil(uploadId, areOver, MOST)))

const areOver = ({ status, accounts }: UploadStatus): boolean =>
  isOver({ status }) && accounts.every(each => each.followUps.every(isOver))

const isUnknown = ({ accounts }: UploadStatus): boolean =>
  accounts.some(({ errorCode }) => errorCode === 'outcome_unknown')
