import { join } from 'node:path'
import { type ByteStore, openFiles, type Sandbox, sandboxes } from '@upload24/connectors/sandbox'
import type { App } from '../app.ts'
import { redirectUriOf, sandboxClient } from '../platforms/apps.ts'
import { hasTenant } from './queries.ts'
import { createShelf } from './shelf.ts'

/** The sandbox platforms of this installation. */
export interface Sandboxes {
  /** Null: no sandbox of this platform, or the sandbox is off. */
  get(platform: string): Sandbox | null
  /** Where everybody reaches it, the worker and the browser. */
  base(platform: string): string
}

/** Practice is not rationed; a real quota would end it after a hundred videos. */
const QUOTA = { uploads: 1_000_000, units: 1_000_000_000 }

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

type Parts = Pick<App, 'config' | 'database' | 'seal'>

export function openSandboxes(app: Parts): Sandboxes {
  const opened = new Map<string, Sandbox>()
  // Read when it is asked for: with PORT=0 the address is known once the server listens.
  const base = (platform: string) => `${app.config.http.publicUrl}/sandbox/${platform}`
  return {
    base,
    get(platform) {
      if (!app.config.sandbox || !Object.hasOwn(sandboxes, platform)) return null
      const known = opened.get(platform)
      if (known) return known
      const sandbox = sandboxes[platform]?.({
        base: base(platform),
        shelf: createShelf(app.database, platform),
        bytes: whenUsed(() => openFiles(join(app.config.dataDir, 'sandbox', platform))),
        project: clientId => findProject(app, platform, clientId),
        now: () => new Date(),
        quota: QUOTA
      })
      if (sandbox) opened.set(platform, sandbox)
      return sandbox ?? null
    }
  }
}

/** The sandbox's project of a workspace. */
export const projectOf = (tenantId: string): string => `sandbox-${tenantId}`

async function findProject(app: Parts, platform: string, clientId: string) {
  const tenantId = clientId.slice(projectOf('').length)
  if (clientId !== projectOf(tenantId) || !UUID.test(tenantId)) return null
  if (!(await hasTenant(app.database.db, tenantId))) return null
  const { clientSecret } = sandboxClient(app, { platform, tenant_id: tenantId })
  return { secret: clientSecret, redirectUris: [redirectUriOf(app.config.http.publicUrl, platform)] }
}

/** Opens the files with the first byte: a process that only asks for addresses makes no folder. */
function whenUsed(open: () => Promise<ByteStore>): ByteStore {
  let files: Promise<ByteStore> | undefined
  const store = () => {
    files ??= open()
    return files
  }
  return {
    size: async session => (await store()).size(session),
    append: async (session, part) => (await store()).append(session, part),
    sha256: async session => (await store()).sha256(session),
    remove: async session => (await store()).remove(session)
  }
}
