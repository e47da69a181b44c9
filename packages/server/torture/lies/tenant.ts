import { setTimeout as sleep } from 'node:timers/promises'
import type { UploadStatus } from '@upload24/contract'
import { openTokens, sealTokens } from '../../src/accounts/grant.ts'
import { readId } from '../../src/lib/ids.ts'
import { createBrowser } from '../../test/browser.ts'
import type { Post } from '../law.ts'
import { openOwner } from '../owner.ts'
import type { Strike } from './lies.ts'
import { newStory } from './story.ts'
import type { LyingWorld } from './world.ts'

/** Where an account is linked, and as whom: which of the people of the consent page. */
export interface Place {
  readonly platform: string
  readonly auth?: string
  readonly person: number
}

export type Tenant = Awaited<ReturnType<typeof openTenant>>

/** A workspace of its own for one history, and the story that the wire tells of it. */
export async function openTenant(world: LyingWorld, place: Place, base: readonly Strike[], strikes: readonly Strike[]) {
  const { pool, seal } = world
  const { tenantId, workspace } = await openOwner(world)
  const story = newStory(tenantId, base, strikes)

  /** Links the account page by page; null: the platform, or somebody in between, did not let it happen. */
  async function link(): Promise<string | null> {
    const { platform, auth, person } = place
    const wanted = { platform, sandbox: true, ...(auth === undefined ? {} : { auth }) }
    const { authorizeUrl } = await workspace.insist('POST', '/accounts/link', wanted)
    const { end } = await createBrowser().link(authorizeUrl, person)
    return end.searchParams.get('linked')
  }

  const row = async (accountId: string) => {
    const { rows } = await pool.query('select * from accounts where id = $1', [readId('account', accountId)])
    return rows[0]
  }

  /** The access token has `left` seconds of an hour's life, as far as we know; below zero the platform has forgotten it, too. */
  async function age(accountId: string, left: number): Promise<void> {
    const account = await row(accountId)
    const tokens = openTokens(seal, account.id, account.tokens)
    const expiresAt = new Date(Date.now() + left * 1000)
    const issuedAt = new Date(expiresAt.getTime() - 3_600_000)
    await pool.query('update accounts set tokens = $2 where id = $1', [
      account.id,
      sealTokens(seal, account.id, { ...tokens, expiresAt, issuedAt })
    ])
    if (left < 0) await world.registry.endToken(tokens.access)
  }

  /** The grant is so many days older, for us and for the platform. */
  async function grow(accountId: string, days: number): Promise<void> {
    const account = await row(accountId)
    const tokens = openTokens(seal, account.id, account.tokens)
    const earlier = (at: Date | undefined) => at && new Date(at.getTime() - days * 86_400_000)
    const old = { ...tokens, issuedAt: earlier(tokens.issuedAt), expiresAt: earlier(tokens.expiresAt) }
    await pool.query('update accounts set tokens = $2 where id = $1', [
      account.id,
      sealTokens(seal, account.id, old as typeof tokens)
    ])
    await pool.query(
      `update sandbox_documents set doc = doc || jsonb_build_object(
        'issuedAt', to_char((doc ->> 'issuedAt')::timestamptz at time zone 'UTC' - $2 * interval '1 day', $3),
        'expiresAt', to_char((doc ->> 'expiresAt')::timestamptz at time zone 'UTC' - $2 * interval '1 day', $3))
      where project = $1 and kind like '%Long.access'`,
      [story.project, days, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"']
    )
  }

  async function waitUntil(
    uploadId: string,
    isWished: (status: UploadStatus) => boolean,
    seconds: number
  ): Promise<UploadStatus> {
    const giveUpAt = performance.now() + seconds * 1000
    for (;;) {
      const status = await workspace.readStatus(uploadId)
      if (isWished(status) || performance.now() > giveUpAt) return status
      // Each look is two requests through the wire, for every history at once.
      await sleep(300)
    }
  }

  async function posts(): Promise<Post[]> {
    return (await workspace.insist('GET', `/sandbox/${place.platform}/posts`)).items
  }

  let given: Faults = {}
  async function setFaults(faults: object): Promise<void> {
    given = await workspace.insist('PUT', `/sandbox/${place.platform}/faults`, faults)
  }
  /** Those of the sandbox that hit a call or a few, and hit none. */
  async function faultsMissed(): Promise<string[]> {
    const left: Faults = await workspace.insist('GET', `/sandbox/${place.platform}/faults`)
    return Object.keys(given).filter(name => timesOf(given, name) > 0 && timesOf(left, name) === timesOf(given, name))
  }

  return { ...workspace, tenantId, story, place, link, row, age, grow, waitUntil, posts, setFaults, faultsMissed }
}

type Faults = Readonly<Record<string, unknown>>

/** How many calls a fault will still hit; 0 for a way that the platform has all the time. */
function timesOf(faults: Faults, name: string): number {
  const rules = faults[name]
  return Array.isArray(rules) ? rules.reduce((sum, { times = 0 }) => sum + times, 0) : 0
}
