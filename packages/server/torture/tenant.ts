import { openTokens, sealTokens } from '../src/accounts/grant.ts'
import { readId } from '../src/lib/ids.ts'
import { createBrowser } from '../test/browser.ts'
import type { Workspace } from '../test/workspace.ts'
import type { Film } from './films.ts'
import type { Post } from './law.ts'
import { openOwner } from './owner.ts'
import { PLATFORMS, type Platform } from './platforms.ts'
import { seal } from './time.ts'
import type { World } from './world.ts'

/** A workspace of its own for one history, with an account on a sandbox platform that nobody else has. */
export interface Tenant {
  readonly workspace: Workspace
  readonly tenantId: string
  readonly platform: Platform
  readonly accountId: string
  /** Exchanges that the wire had seen before. */
  readonly from: number
  /** Seconds for which its time was brought forward. */
  readonly clock: { moved: number }
  /** Sends the film as a form; answers the id of the upload. */
  send(film: Film): Promise<string>
  posts(): Promise<Post[]>
  /** Beside those that make the sandbox hostile. */
  setFaults(faults: Readonly<Record<string, unknown>>): Promise<void>
  /** The access token has a minute left: it is renewed before the next step. */
  ageToken(): Promise<void>
  /** The owner signs in again, where that is asked for. */
  linkAgain(): Promise<void>
  /** How often that was. */
  relinks(): number
}

export async function openTenant(world: World, platformId: string): Promise<Tenant> {
  const plain = PLATFORMS[platformId as keyof typeof PLATFORMS] as Platform
  await world.api()
  const from = world.wire.seen.length
  let relinks = 0
  const { tenantId, workspace } = await openOwner({ base: world.base, pool: world.pool, seal })
  const setFaults = async (faults: object) => {
    await workspace.insist('PUT', `/sandbox/${platformId}/faults`, { ...plain.hostile, ...faults })
  }
  await setFaults({})
  const link = async (): Promise<string> => {
    const { authorizeUrl } = await workspace.insist('POST', '/accounts/link', { platform: platformId, sandbox: true })
    const { end } = await createBrowser().link(authorizeUrl, plain.person)
    const linked = end.searchParams.get('linked')
    if (!linked) throw new Error(`linking ended at ${end.href}`)
    return linked
  }
  const accountId = await link()
  const platform = { ...plain, options: { ...plain.options, ...(await plain.prepare?.(workspace, accountId)) } }
  const id = readId('account', accountId) as string
  const readAccount = async () => {
    const { rows } = await world.pool.query('select status, tokens from accounts where id = $1', [id])
    return rows[0]
  }
  return {
    workspace,
    tenantId,
    platform,
    accountId,
    from,
    clock: { moved: 0 },
    async send({ blob }) {
      const wishes = JSON.stringify(platform.options)
      const { uploadId } = await workspace.upload([accountId], blob, { title: 'Torture', [platformId]: wishes })
      return uploadId
    },
    posts: async () => (await workspace.insist('GET', `/sandbox/${platformId}/posts`)).items,
    setFaults,
    async ageToken() {
      const tokens = openTokens(seal, id, (await readAccount()).tokens)
      const [issuedAt, expiresAt] = [Date.now() - 3540_000, Date.now() + 60_000].map(at => new Date(at)) as [Date, Date]
      const aged = sealTokens(seal, id, { ...tokens, issuedAt, expiresAt })
      await world.pool.query('update accounts set tokens = $1 where id = $2', [aged, id])
    },
    async linkAgain() {
      if ((await readAccount()).status !== 'needs_relink') return
      await link()
      relinks++
    },
    relinks: () => relinks
  }
}
