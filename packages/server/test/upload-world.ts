import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after } from 'node:test'
import { type Endpoint, endpoints, type ProblemCode, problemsOf } from '@upload24/contract'
import { pino } from 'pino'
import { createApi } from '../src/api.ts'
import type { App } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import type { Database } from '../src/db/open.ts'
import { announce } from '../src/db/presence.ts'
import { makeKey } from '../src/keys/format.ts'
import { insertKey } from '../src/keys/queries.ts'
import { newId, publicId } from '../src/lib/ids.ts'
import { createSeal } from '../src/lib/seal.ts'
import { createPlatforms } from '../src/platforms/platforms.ts'
import { openDisk } from '../src/storage/disk.ts'
import { issueAccessToken } from '../src/tenants/access-token.ts'
import { makeVideo } from './make-video.ts'

const SECRET = 'a secret of more than thirty-two characters'
/** Not where the API listens: what it answers with must come from here. */
export const PUBLIC_URL = 'http://upload24.test'
export const METRICS_TOKEN = 'who reads the metrics'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what a route answered, for the assertions to look into
  readonly body: any
}

export interface Asked {
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export type UploadWorld = Awaited<ReturnType<typeof openUploadWorld>>
export type Tenant = Awaited<ReturnType<UploadWorld['newTenant']>>

/** The whole API on a port, without a worker. `shared`: the data folder of another one, as if both were processes of one instance. */
export async function openUploadWorld(database: Database, shared?: string) {
  const dataDir = shared ?? (await mkdtemp(join(tmpdir(), 'upload24-uploads-')))
  let logged = ''
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged += chunk
      done()
    }
  })
  const env = { NODE_ENV: 'test', SECRET_KEY: SECRET, DATA_DIR: dataDir, PUBLIC_URL, METRICS_TOKEN, SANDBOX: 'on' }
  const config = readConfig(env, [])
  const seal = createSeal([SECRET])
  const objects = join(dataDir, 'objects')
  const disk = await openDisk({ folder: objects, publicUrl: PUBLIC_URL, signingKey: seal.derive('storage addresses') })
  const app: App = { config, database, seal, storage: disk, log: pino({ level: 'info' }, sink) }
  const platforms = createPlatforms(app)
  const presence = await announce(database, () => {})
  const http = await createApi(app, platforms, presence, disk)
  await http.listen({ port: 0, host: '127.0.0.1' })
  const { port } = http.server.address() as AddressInfo
  const base = `http://127.0.0.1:${port}`
  after(async () => {
    await http.close()
    await presence.stop()
    await platforms.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  async function send(method: string, path: string, { body, headers = {} }: Asked = {}): Promise<Answer> {
    const isRaw = body === undefined || typeof body === 'string' || body instanceof FormData || body instanceof Buffer
    const response = await fetch(path.replace(PUBLIC_URL, '').replace(/^(?=\/)/, base), {
      method,
      headers: { ...(isRaw ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) })
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    if (response.status >= 400) requireDeclared(method, new URL(response.url).pathname, JSON.parse(text))
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }

  /** A workspace with its owner, a key and so many accounts. `quota`: left out, unlimited. */
  async function newTenant({ quota = null, accounts: count = 2 }: { quota?: number | null; accounts?: number } = {}) {
    const [tenantId, userId] = [newId(), newId()]
    const { pool, db } = database
    await pool.query('insert into tenants (id, name, slug, quota_limit) values ($1, $2, $3, $4)', [
      tenantId,
      'Engines',
      tenantId,
      quota
    ])
    await pool.query('insert into users (id, name, email) values ($1, $2, $3)', [userId, 'Ada', `${userId}@x.example`])
    await pool.query(`insert into members (id, tenant_id, user_id, role) values ($1, $2, $3, 'owner')`, [
      newId(),
      tenantId,
      userId
    ])
    const { accessToken: token } = await issueAccessToken(app, { tenantId, userId, role: 'owner' })
    const accounts = await Promise.all(Array.from({ length: count }, () => newAccount()))
    const key = await newKey()

    async function newAccount({ status = 'active', platform = 'youtube' } = {}): Promise<string> {
      const id = newId()
      await pool.query(
        `insert into accounts (id, tenant_id, platform, sandbox, auth, remote_id, display_name, handle, facts, scopes, status)
         values ($1, $2, $3, true, 'google', $1::uuid::text, 'Engines', '@engines', '{}', '{}', $4)`,
        [id, tenantId, platform, status]
      )
      return publicId('account', id)
    }
    async function newKey(accountIds: readonly string[] | null = null): Promise<string> {
      const id = newId()
      const { key: whole, prefix, hash } = makeKey(id, 'test')
      await insertKey(db, tenantId, {
        id,
        hash,
        prefix,
        name: null,
        scopes: ['upload:write', 'upload:read', 'accounts:read'],
        accountIds,
        createdBy: userId,
        expiresAt: null
      })
      return whole
    }
    /** With the key of the workspace, unless headers hold another credential. */
    const ask = (method: string, path: string, { body, headers = {} }: Asked = {}) => {
      const isCredited = 'authorization' in headers || 'x-api-key' in headers
      return send(method, path, { body, headers: isCredited ? headers : { 'x-api-key': key, ...headers } })
    }
    const asOwner = (method: string, path: string, asked: Asked = {}) =>
      ask(method, path, { ...asked, headers: { authorization: `Bearer ${token}`, ...asked.headers } })
    const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      ask('POST', path, { body, headers })
    const readQuota = async () => (await ask('GET', '/quota')).body
    const bearer = { authorization: `Bearer ${token}` }
    return { tenantId, userId, token, bearer, key, accounts, newAccount, newKey, ask, asOwner, post, readQuota }
  }

  /** Everything that an upload leaves behind, of all workspaces: to be the same before and after a refusal. */
  async function traces() {
    const { rows } = await database.pool.query(`
      select (select count(*)::int from uploads) as uploads, (select count(*)::int from files) as files,
        (select count(*)::int from deliveries) as deliveries, (select count(*)::int from upload_sessions) as sessions,
        (select coalesce(sum(reserved + used), 0)::int from quotas) as quota`)
    return { ...rows[0], objects: await listObjects(objects) }
  }

  return { dataDir, app, http, disk, base, port, objects, send, newTenant, traces, log: () => logged }
}

/** What an endpoint answers with stands in the reference. */
function requireDeclared(method: string, path: string, { code }: { code: ProblemCode }): void {
  const fits = (each: Endpoint) => new RegExp(`^${each.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)
  const endpoint = endpoints.find(each => each.method === method && fits(each))
  assert.ok(!endpoint || problemsOf(endpoint).includes(code), `${method} ${path} answers with ${code}, undeclared`)
}

/** The folders of files that the store holds, whatever state they are in. */
async function listObjects(root: string): Promise<string[]> {
  // A folder that goes while it is read ends the reading.
  const found = await readdir(root, { recursive: true }).catch(() => undefined)
  if (!found) return listObjects(root)
  return found.filter(path => path.split(/[\\/]/).length === 3 || /^incoming./.test(path)).sort()
}

export function form(fields: Record<string, string | string[]>, file: Blob | null = video(), name = 'video.mp4') {
  const made = new FormData()
  for (const [field, values] of Object.entries(fields)) for (const value of [values].flat()) made.append(field, value)
  if (file) made.append('file', file, name)
  return made
}

/** What is uploaded where any film will do. */
export const FILM = makeVideo(1000)

export const video = (bytes: string | Buffer = FILM, type = 'video/mp4') => new Blob([bytes as string], { type })

/** `errors` in short: path and code of each. */
export const faultsOf = ({ body }: Answer): string[] =>
  (body.errors ?? []).map((fault: { path: string; code: string }) => `${fault.path} ${fault.code}`).sort()
