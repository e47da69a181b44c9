import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after } from 'node:test'
import { connectors } from '@upload24/connectors'
import { type Logger, pino } from 'pino'
import { accountRoutes } from '../src/accounts/routes.ts'
import type { AccountHooks } from '../src/accounts/store.ts'
import { readConfig } from '../src/config.ts'
import type { Database } from '../src/db/open.ts'
import { createAuthenticate } from '../src/http/auth.ts'
import type { Binding } from '../src/http/bind.ts'
import { createHttp } from '../src/http/server.ts'
import { keyRoutes } from '../src/keys/routes.ts'
import { newId } from '../src/lib/ids.ts'
import { createSeal } from '../src/lib/seal.ts'
import { createPlatforms } from '../src/platforms/platforms.ts'
import { platformRoutes } from '../src/platforms/routes.ts'
import { sandboxRoutes } from '../src/sandbox/routes.ts'
import { issueAccessToken } from '../src/tenants/access-token.ts'
import { createBrowser } from './browser.ts'

export const SECRET = 'a secret of more than thirty-two characters'

export type LinkingWorld = Awaited<ReturnType<typeof openLinkingWorld>>

/** Linking, with its pages and the sandbox, listening on a port. `env`: may use {base} for its own address. */
export async function openLinkingWorld(database: Database, env: Record<string, string> = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'upload24-linking-'))
  let logged = ''
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged += chunk
      done()
    }
  })
  const log: Logger = pino({ level: 'trace' }, sink)
  const settings = (base: string) =>
    readConfig(
      {
        NODE_ENV: 'test',
        SECRET_KEY: SECRET,
        DATA_DIR: dataDir,
        PUBLIC_URL: base,
        ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replaceAll('{base}', base)]))
      },
      Object.values(connectors)
    )
  const app = { config: settings('http://127.0.0.1:1'), database, log, seal: createSeal([SECRET]) }
  const platforms = createPlatforms(app)
  const happened: string[] = []
  const hooks: AccountHooks = {
    onRelinked: async (_trx, tenantId, accountId) => void happened.push(`relinked ${tenantId} ${accountId}`),
    onUnlinked: async (_trx, tenantId, accountId) => void happened.push(`unlinked ${tenantId} ${accountId}`)
  }
  const http = await createHttp(app)
  const binding: Binding = {
    http,
    authenticate: createAuthenticate(app),
    guard: (_endpoint, _request, _reply, _caller, run) => run()
  }
  accountRoutes(binding, app, platforms, hooks)
  platformRoutes(binding, platforms)
  keyRoutes(binding, app)
  sandboxRoutes(binding, platforms)
  await http.listen({ port: 0, host: '127.0.0.1' })
  const base = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`
  app.config = settings(base)
  after(async () => {
    await http.close()
    await platforms.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  async function ask(token: string, method: string, path: string, body?: unknown) {
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    // biome-ignore lint/suspicious/noExplicitAny: what a route answered, for the assertions to look into
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as any }
  }

  /** A workspace with its owner. */
  async function newWorkspace(name = 'Engines') {
    const [tenantId, userId] = [newId(), newId()]
    const { pool } = database
    await pool.query('insert into tenants (id, name, slug) values ($1, $2, $3)', [tenantId, name, tenantId])
    await pool.query('insert into users (id, name, email) values ($1, $2, $3)', [
      userId,
      'Ada',
      `${userId}@example.com`
    ])
    await pool.query(`insert into members (id, tenant_id, user_id, role) values ($1, $2, $3, 'owner')`, [
      newId(),
      tenantId,
      userId
    ])
    const { accessToken: token } = await issueAccessToken(app, { tenantId, userId, role: 'owner' })
    const call = (method: string, path: string, body?: unknown) => ask(token, method, path, body)

    async function beginLink(more: object = {}): Promise<string> {
      const { status, body } = await call('POST', '/accounts/link', { platform: 'youtube', sandbox: true, ...more })
      if (status !== 201) throw new Error(JSON.stringify(body))
      return body.authorizeUrl
    }
    /** Links the n-th channel (from 0), page by page; answers where the browser ended, and the account's id. */
    async function link(n = 0, more: object = {}) {
      const browser = createBrowser()
      const { end } = await browser.link(await beginLink(more), n)
      return { end, accountId: end.searchParams.get('linked') ?? '' }
    }
    return { tenantId, userId, token, call, beginLink, link }
  }

  return { app, platforms, hooks, happened, base, newWorkspace, log: () => logged }
}
