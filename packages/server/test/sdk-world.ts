import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after } from 'node:test'
import { type ClientOptions, createClient } from '@upload24/sdk'
import { pino } from 'pino'
import { createApi } from '../src/api.ts'
import type { App } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { announce } from '../src/db/presence.ts'
import { readId } from '../src/lib/ids.ts'
import { createSeal } from '../src/lib/seal.ts'
import { createPlatforms } from '../src/platforms/platforms.ts'
import { type DiskStorage, openDisk } from '../src/storage/disk.ts'
import { createBrowser } from './browser.ts'
import { openCutLine } from './cut-line.ts'
import type { TestDatabase } from './database.ts'

const SECRET = 'a secret of more than thirty-two characters'

export type SdkWorld = Awaited<ReturnType<typeof openSdkWorld>>

/** The whole API, without a worker, behind a line that can be cut; and clients of the SDK. */
export async function openSdkWorld(database: TestDatabase) {
  const dataDir = await mkdtemp(join(tmpdir(), 'upload24-sdk-'))
  const line = await openCutLine()
  let disk: DiskStorage
  let stopApi = await start()
  after(async () => {
    await stopApi()
    await line.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  async function start(): Promise<() => Promise<void>> {
    const env = { NODE_ENV: 'test', SECRET_KEY: SECRET, DATA_DIR: dataDir, PUBLIC_URL: line.base, SANDBOX: 'on' }
    const config = readConfig(env, [])
    const seal = createSeal([SECRET])
    disk = await openDisk({
      folder: join(dataDir, 'objects'),
      publicUrl: line.base,
      signingKey: seal.derive('storage addresses')
    })
    const app: App = { config, database, seal, storage: disk, log: pino({ level: 'silent' }) }
    const platforms = createPlatforms(app)
    const presence = await announce(database, () => {})
    const http = await createApi(app, platforms, presence, disk)
    await http.listen({ port: 0, host: '127.0.0.1' })
    line.lead((http.server.address() as AddressInfo).port)
    return async () => {
      await http.close()
      await presence.stop()
      await platforms.close()
    }
  }

  /** As a deployment does: everything under way breaks. */
  async function restart(): Promise<void> {
    await stopApi()
    stopApi = await start()
  }

  const anyone = (more: Partial<ClientOptions> = {}) => createClient({ baseUrl: line.base, ...more })

  /** A person with a workspace of one sandbox account, and a key. */
  async function newPerson() {
    const signedIn = await anyone().people.signUp({
      email: `ada${++people}-${process.pid}@example.com`,
      password: 'correct horse battery',
      name: 'Ada',
      workspace: 'Engines'
    })
    const session = { getAccessToken: () => signedIn.accessToken }
    const client = anyone({ session })
    const begun = await client.accounts.link({ platform: 'youtube', sandbox: true })
    if (!('authorizeUrl' in begun)) throw new Error('no page to link by')
    const { end } = await createBrowser().link(begun.authorizeUrl)
    const account = end.searchParams.get('linked')
    if (!account) throw new Error(`linking ended at ${end.href}`)
    const { key } = await client.keys.generate({ name: 'tests' })
    const titles = async () => (await client.uploads.list({ limit: 100 })).items.map(({ title }) => title)
    return { client, account, key, machine: anyone({ apiKey: key }), signedIn, titles }
  }
  let people = 0

  /** What the store holds of an upload. */
  async function stored(fileId: string): Promise<Buffer> {
    const { rows } = await database.pool.query('select storage_key, etag, bytes from files where id = $1', [
      readId('file', fileId)
    ])
    const [{ storage_key: key, etag, bytes }] = rows
    return buffer(await disk.read({ key, etag, bytes: Number(bytes) }, 0, Number(bytes)))
  }

  return { line, restart, anyone, newPerson, stored }
}

/** As a browser's file picker gives it. */
export const fileOf = (bytes: Buffer, name = 'film.mp4') =>
  new File([bytes as Uint8Array<ArrayBuffer>], name, { type: 'video/mp4', lastModified: 1 })
