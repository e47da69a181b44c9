import { createHash } from 'node:crypto'
import { readId } from '../src/lib/ids.ts'
import { createBrowser } from '../test/browser.ts'
import { makeVideo } from '../test/make-video.ts'
import { openWorkspace, type Workspace } from '../test/workspace.ts'
import { PLATFORMS, type Platform } from './platforms.ts'
import type { World } from './world.ts'

export interface Film {
  readonly bytes: Buffer
  readonly sha256: string
}

/** A workspace of its own for one history, with an account on a sandbox platform that nobody else has. */
export interface Tenant {
  readonly workspace: Workspace
  readonly tenantId: string
  readonly platform: Platform
  readonly accountId: string
  /** Sends the film as a form; answers the id of the upload. */
  send(film: Film, options?: object): Promise<string>
  setFaults(faults: object): Promise<void>
  posts(): Promise<Post[]>
}

export interface Post {
  readonly id: string
  readonly bytes: number
  readonly sha256: string
  readonly createdAt: string
  readonly metadata: { readonly comments?: readonly unknown[] }
}

let made = 0

/** A film that no other film equals. */
export function newFilm(bytes: number): Film {
  const film = makeVideo(bytes, ++made)
  return { bytes: film, sha256: createHash('sha256').update(film).digest('hex') }
}

/** `faults`: of the sandbox, beside its hostile ways. */
export async function openTenant(world: World, platformId: string, faults: object = {}): Promise<Tenant> {
  const platform = PLATFORMS[platformId] as Platform
  await world.api()
  const { accessToken } = await openWorkspace(world.base, '').insist('POST', '/auth/sign-up', {
    email: `ada${++made}.${Date.now()}@example.com`,
    password: 'correct horse battery',
    name: 'Ada',
    workspace: 'Engines'
  })
  const workspace = openWorkspace(world.base, accessToken)
  const setFaults = async (more: object) => {
    await workspace.insist('PUT', `/sandbox/${platformId}/faults`, { ...platform.hostile, ...more })
  }
  await setFaults(faults)
  const { authorizeUrl } = await workspace.insist('POST', '/accounts/link', { platform: platformId, sandbox: true })
  const { end } = await createBrowser().link(authorizeUrl, platform.person)
  const accountId = end.searchParams.get('linked')
  if (!accountId) throw new Error(`linking ended at ${end.href}`)
  const { rows } = await world.pool.query('select tenant_id from accounts where id = $1', [
    readId('account', accountId)
  ])
  return {
    workspace,
    tenantId: rows[0].tenant_id,
    platform,
    accountId,
    setFaults,
    async send({ bytes }, options = {}) {
      const wishes = JSON.stringify({ ...platform.options, ...options })
      const { uploadId } = await workspace.upload([accountId], bytes, { title: 'Torture', [platformId]: wishes })
      return uploadId
    },
    posts: async () => (await workspace.insist('GET', `/sandbox/${platformId}/posts`)).items
  }
}
