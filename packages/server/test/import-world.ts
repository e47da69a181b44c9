import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { buildConnector } from 'undici'
import { listen } from '../src/db/listen.ts'
import { announce } from '../src/db/presence.ts'
import { startImporter } from '../src/imports/importer.ts'
import { readId } from '../src/lib/ids.ts'
import type { Resolve } from '../src/net/guard.ts'
import { createPlatforms } from '../src/platforms/platforms.ts'
import { testDatabase } from './database.ts'
import { FILM, port } from './film-server.ts'
import { until as untilTrue } from './processes.ts'
import { type Answer, openUploadWorld } from './upload-world.ts'

const NAMES: Record<string, string[]> = {
  'inside.example.com': ['10.0.0.7'],
  'both.example.com': ['8.8.8.8', '127.0.0.1']
}
const resolve: Resolve = async name => NAMES[name] ?? ['8.8.8.8']
const dial = buildConnector({ allowH2: false })

/** An API, a workspace, and workers that find the files of `files.example.com` on our own server. */
export async function openImportWorld() {
  const database = await testDatabase()
  const world = await openUploadWorld(database)
  const tenant = await world.newTenant({ accounts: 2, quota: 1000 })

  /** A worker that finds the files of `files.example.com` on our own server. */
  async function startWorker(maxBytes?: number) {
    const presence = await announce(database, () => {})
    const platforms = createPlatforms(world.app)
    const importer = await startImporter(
      world.app,
      platforms,
      presence,
      heard => listen(database.connection, 'imports', heard, world.app.log),
      {
        resolve,
        isExempt: ({ hostname }) => hostname === 'files.example.com',
        connect: (about, done) => dial({ ...about, hostname: '127.0.0.1', port: String(port) }, done)
      },
      maxBytes
    )
    let isStopped = false
    const stop = async () => {
      if (isStopped) return
      isStopped = true
      await importer.stop()
      await presence.stop()
      await platforms.close()
    }
    return { stop }
  }

  const ask = (url: string, more: object = {}, headers: Record<string, string> = {}) =>
    tenant.post('/api/upload/import', { title: 'Film', accounts: tenant.accounts, url, ...more }, headers)
  async function begin(url: string, more: object = {}) {
    const { status, body, headers } = await ask(url, more)
    assert.equal(status, 202, JSON.stringify(body))
    assert.equal(headers.get('location'), `/api/upload/import/${body.importId}`)
    return body as { importId: string; sessionToken: string; fileId: string }
  }
  const read = async (importId: string, whose = tenant): Promise<Answer['body']> =>
    (await whose.ask('GET', `/api/upload/import/${importId}`)).body

  /** The import once `when` holds for it. */
  async function until(
    importId: string,
    when: (state: Answer['body']) => boolean,
    whose = tenant
  ): Promise<Answer['body']> {
    let state: Answer['body']
    await untilTrue(
      async () => {
        state = await read(importId, whose)
        return when(state)
      },
      'the import',
      () => JSON.stringify(state)
    )
    return state
  }

  async function requireFilm(uploadId: string, name: string) {
    const { body } = await tenant.ask('GET', `/api/upload/${uploadId}/status`)
    assert.deepEqual([body.file.name, body.file.size, body.file.contentType], [name, FILM.length, 'video/mp4'])
    const { rows } = await database.pool.query('select storage_key as key, etag, bytes from files where id = $1', [
      readId('file', body.file.fileId)
    ])
    const stored = await buffer(await world.disk.read(rows[0], 0, FILM.length))
    assert.ok(stored.equals(FILM))
  }

  return { database, world, tenant, startWorker, ask, begin, read, until, requireFilm }
}

export const over = ({ status }: Answer['body']) => status !== 'waiting' && status !== 'fetching'
