import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildConnector } from 'undici'
import { testDatabase } from '../../test/database.ts'
import { FILM, film, port, serve, stall } from '../../test/film-server.ts'
import { type Answer, faultsOf, openUploadWorld } from '../../test/upload-world.ts'
import { listen } from '../db/listen.ts'
import { announce } from '../db/presence.ts'
import { newId, readId } from '../lib/ids.ts'
import type { Resolve } from '../net/guard.ts'
import { createPlatforms } from '../platforms/platforms.ts'
import { expireSessions } from '../sessions/finish.ts'
import { arrive, fail, Over } from './arrive.ts'
import { startImporter } from './importer.ts'
import * as queries from './queries.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 2, quota: 1000 })
const NAMES: Record<string, string[]> = {
  'inside.example.com': ['10.0.0.7'],
  'both.example.com': ['8.8.8.8', '127.0.0.1']
}
const resolve: Resolve = async name => NAMES[name] ?? ['8.8.8.8']
const dial = buildConnector({ allowH2: false })

/** A worker that finds the files of `files.example.com` on our own server. */
async function startWorker() {
  const presence = await announce(database, () => {})
  const platforms = createPlatforms(world.app)
  const importer = await startImporter(
    world.app,
    platforms,
    presence,
    heard => listen(database.connection, 'imports', heard),
    {
      resolve,
      isExempt: ({ hostname }) => hostname === 'files.example.com',
      connect: (about, done) => dial({ ...about, hostname: '127.0.0.1', port: String(port) }, done)
    }
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
const read = async (importId: string): Promise<Answer['body']> =>
  (await tenant.ask('GET', `/api/upload/import/${importId}`)).body

/** The import once `when` holds for it. */
async function until(importId: string, when: (state: Answer['body']) => boolean): Promise<Answer['body']> {
  const end = Date.now() + 15_000
  for (;;) {
    const state = await read(importId)
    if (when(state)) return state
    assert.ok(Date.now() < end, JSON.stringify(state))
    await sleep(20)
  }
}
const over = ({ status }: Answer['body']) => status !== 'waiting' && status !== 'fetching'

async function requireFilm(uploadId: string, name: string) {
  const { body } = await tenant.ask('GET', `/api/upload/${uploadId}/status`)
  assert.deepEqual([body.file.name, body.file.size, body.file.contentType], [name, FILM.length, 'video/mp4'])
  const { rows } = await database.pool.query('select storage_key as key, etag, bytes from files where id = $1', [
    readId('file', body.file.fileId)
  ])
  const stored = await buffer(await world.disk.read(rows[0], 0, FILM.length))
  assert.ok(stored.equals(FILM))
}

/** Fails as told, gives its quota back, and leaves no bytes. */
async function fails(url: string, code: string, more: object = {}) {
  const before = await tenant.readQuota()
  const objects = (await world.traces()).objects
  const state = await until((await begin(url, more)).importId, over)
  assert.deepEqual([state.status, state.errorCode, state.uploadId], ['failed', code, null], JSON.stringify(state))
  assert.deepEqual(await tenant.readQuota(), before)
  assert.deepEqual((await world.traces()).objects, objects)
  return state
}

const worker = await startWorker()
after(worker.stop)

test('a file is fetched, through redirects, and becomes an upload', async () => {
  const { url } = serve(film())
  const hop = serve((_request, response) => response.writeHead(302, { location: url }).end('over there'))
  const { importId, fileId } = await begin(hop.url)
  const state = await until(importId, over)
  assert.deepEqual([state.status, state.errorCode, state.fileId], ['completed', null, fileId])
  assert.deepEqual(state.progress, { bytesReceived: FILM.length, bytesTotal: FILM.length })
  assert.equal(state.attempts, 1)
  await requireFilm(state.uploadId, 'film.mp4')
})

test('names and types: what was sent goes before what the other server tells', async () => {
  const named = serve((request, response, nth) => {
    response.setHeader('content-disposition', `attachment; filename="no"; filename*=UTF-8''..%2FStra%C3%9Fe.mp4`)
    film({ type: 'binary/octet-stream' })(request, response, nth)
  }, 'x')
  const { uploadId } = await until((await begin(named.url)).importId, over)
  await requireFilm(uploadId, 'Straße.mp4')
  const own = serve(film({ type: 'text/plain' }), 'y')
  const given = { fileName: 'mine.mp4', contentType: 'video/mp4' }
  const second = await until((await begin(own.url, given)).importId, over)
  await requireFilm(second.uploadId, 'mine.mp4')
})

test('a connection that breaks is continued where it broke', async () => {
  const { url, ranges } = serve(film({ cut: nth => (nth === 1 ? 2_000_000 : Number.POSITIVE_INFINITY) }))
  const state = await until((await begin(url)).importId, over)
  assert.equal(state.status, 'completed', JSON.stringify(state))
  assert.equal(ranges.length, 2)
  assert.match(ranges[1] ?? '', /^bytes=[1-9]\d*-$/)
  await requireFilm(state.uploadId, 'film.mp4')
})

test('a file that changed meanwhile, or a server without ranges, begins anew: never two halves of two files', async () => {
  const cut = (nth: number) => (nth === 1 ? 2_000_000 : Number.POSITIVE_INFINITY)
  for (const kind of [film({ cut, etag: nth => `"${nth}"` }), film({ cut, ranged: false })]) {
    const { url, ranges } = serve(kind)
    const state = await until((await begin(url)).importId, over)
    assert.equal(state.status, 'completed', JSON.stringify(state))
    assert.deepEqual(
      ranges.map(range => range !== undefined),
      [false, true, false]
    )
    await requireFilm(state.uploadId, 'film.mp4')
  }
})

test('an outage that passes is waited for', async () => {
  const { url, ranges } = serve((request, response, nth) => {
    if (nth === 1) return response.writeHead(503).end()
    film()(request, response, nth)
  })
  const state = await until((await begin(url)).importId, over)
  assert.deepEqual([state.status, state.attempts, ranges.length], ['completed', 2, 2])
})

test('what cannot become an upload ends in an honest failure, which gives the quota back', async () => {
  const answer = (status: number, headers: Record<string, string> = {}, body = 'x'.repeat(2000)) =>
    serve((_request, response) => response.writeHead(status, headers).end(body)).url
  const { message } = await fails(answer(404), 'source_refused').then(state => ({ message: state.errorMessage }))
  assert.equal(message, 'The address answered 404.')
  await fails(answer(200, { 'content-type': 'text/html' }, '<html>sign in</html>'), 'file_invalid')
  await fails(answer(200, { 'content-type': 'video/mp4' }), 'file_invalid')
  await fails(answer(200, { 'content-type': 'video/mp4' }, ''), 'file_invalid')
  await fails(answer(200, { 'content-type': 'video/mp4', 'content-encoding': 'gzip' }), 'source_refused')
  await fails(answer(200, { 'content-type': 'video/mp4', 'content-length': '2147483649' }), 'too_large')
  await fails(answer(204), 'source_refused')
  await fails(answer(302, { location: 'http://[' }), 'source_refused')
})

test('redirects are few, and each is checked: none leads inside', async () => {
  const redirect = (location: string) => serve((_request, response) => response.writeHead(307, { location }).end()).url
  const loop = serve((request, response) => response.writeHead(302, { location: request.url }).end())
  await fails(loop.url, 'too_many_redirects')
  assert.equal(loop.ranges.length, 6)
  for (const location of [
    'http://127.0.0.1/',
    `http://127.0.0.1:${port}/`,
    'http://169.254.169.254/latest/meta-data/',
    'http://inside.example.com/',
    'http://both.example.com/',
    'http://localhost/',
    'http://user@files.example.com/',
    'file:///etc/passwd',
    '//[::ffff:10.0.0.1]/'
  ]) {
    const state = await fails(redirect(location), 'address_refused')
    assert.doesNotMatch(state.errorMessage, /127\.|10\.0|passwd/)
  }
})

test('an address that leads inside is refused at once, with every other fault; a name that does, when it is fetched', async () => {
  const before = await world.traces()
  for (const url of [
    'http://127.0.0.1/x.mp4',
    'http://2130706433/',
    'ftp://example.com/x',
    'https://a:b@example.com/'
  ]) {
    const answer = await ask(url, { title: '' })
    assert.equal(answer.status, 422)
    assert.deepEqual(faultsOf(answer), ['title too_small', 'url address_refused'], url)
  }
  assert.deepEqual(faultsOf(await ask('no address')), ['url invalid_value'])
  assert.deepEqual(await world.traces(), before)
  await fails('http://inside.example.com/film.mp4', 'address_refused')
  await fails('http://both.example.com/film.mp4', 'address_refused')
})

test('the same Idempotency-Key begins one import', async () => {
  const { url } = serve(film())
  const headers = { 'idempotency-key': 'import-once' }
  const [first, again] = [await ask(url, {}, headers), await ask(url, {}, headers)]
  assert.deepEqual([first.status, again.status, again.body], [202, 202, first.body])
  await until(first.body.importId, over)
})

test('an abort ends the fetch, and its bytes and quota are given back', async () => {
  const [quota, { objects }] = [await tenant.readQuota(), await world.traces()]
  const closed = Promise.withResolvers<void>()
  const { url } = serve((request, response, nth) => {
    response.on('close', () => closed.resolve())
    stall(request, response, nth)
  })
  const { importId, sessionToken } = await begin(url)
  await until(importId, state => state.status === 'fetching' && state.progress.bytesReceived > 0)
  const early = await tenant.post('/api/upload/complete', { sessionToken, parts: [] })
  assert.deepEqual([early.status, early.body.code], [409, 'object_missing'])
  assert.equal((await tenant.post('/api/upload/resume', { sessionToken })).status, 404)
  assert.equal((await tenant.post('/api/upload/abort', { sessionToken })).status, 200)
  assert.equal((await read(importId)).status, 'aborted')
  await closed.promise
  assert.deepEqual(await tenant.readQuota(), quota)
  const end = Date.now() + 5000
  while ((await world.traces()).objects.length > objects.length && Date.now() < end) await sleep(20)
  assert.deepEqual((await world.traces()).objects, objects)
})

test('an import that expires gives its quota back', async () => {
  const quota = await tenant.readQuota()
  const { url } = serve(stall)
  const { importId } = await begin(url)
  await until(importId, state => state.progress.bytesReceived > 0)
  await database.pool.query(`update upload_sessions set expires_at = now() - interval '1 second' where id = $1`, [
    readId('import', importId)
  ])
  await expireSessions(world.app)
  assert.equal((await read(importId)).status, 'expired')
  assert.deepEqual(await tenant.readQuota(), quota)
})

test('only those who may use its accounts can read an import, and no address stays once it is over', async () => {
  const { url } = serve(film())
  const { importId } = await begin(url)
  await until(importId, over)
  const narrow = await tenant.newKey([readId('account', tenant.accounts[0] as string) as string])
  const { status } = await tenant.ask('GET', `/api/upload/import/${importId}`, { headers: { 'x-api-key': narrow } })
  assert.equal(status, 404)
  const { rows } = await database.pool.query('select count(*)::int as n from imports where url is not null')
  assert.ok(!world.log().includes('files.example.com'))
  assert.ok(rows[0].n <= 2)
})

test('a worker that stops hands its imports over, and the next one fetches them', async () => {
  let isSlow = true
  const { url } = serve((request, response, nth) => (isSlow ? stall : film())(request, response, nth))
  const { importId } = await begin(url)
  await until(importId, state => state.progress.bytesReceived > 0)
  isSlow = false
  await worker.stop()
  assert.equal((await read(importId)).status, 'waiting')
  const heir = await startWorker()
  const state = await until(importId, over)
  assert.equal(state.status, 'completed')
  await requireFilm(state.uploadId, 'film.mp4')
  await heir.stop()
})

test('a worker that died after it stored the file is followed by another; what it still does changes nothing', async () => {
  const { objects } = await world.traces()
  const { url } = serve(film())
  const { importId } = await begin(url)
  const dead = await announce(database, () => {})
  const wish = { worker: dead.id, lease: newId(), busy: [], place: newId() }
  const claimed = (await queries.claim(database.db, wish)) as queries.Claimed
  const stored = await world.disk.put(claimed.storageKey, Readable.from([FILM]), { maxBytes: FILM.length })
  assert.equal((await read(importId)).status, 'fetching')
  await dead.stop()
  const heir = await startWorker()
  const state = await until(importId, over)
  assert.equal(state.status, 'completed', JSON.stringify(state))
  await requireFilm(state.uploadId, 'film.mp4')
  assert.equal((await world.traces()).objects.length, objects.length + 1)
  const platforms = createPlatforms(world.app)
  const { rows } = await database.pool.query('select storage_key as key, etag from files where id = $1', [
    readId('file', state.fileId)
  ])
  // The bytes of the dead are gone; it is given those of its heir, so that only its lost lease can stop it.
  const arrival = { stored: { ...stored, ...rows[0] }, name: 'film.mp4', type: 'video/mp4' }
  await assert.rejects(arrive(world.app, platforms, claimed, arrival), Over)
  await assert.rejects(fail(world.app, claimed, { code: 'x', message: 'x' }), Over)
  assert.equal((await read(importId)).status, 'completed')
  await Promise.all([heir.stop(), platforms.close()])
})

test('of two workers that hold an import in turn, only the second can end it', async () => {
  const { importId } = await begin(serve(film()).url)
  const wish = () => ({ worker: newId(), lease: newId(), busy: [], place: newId() })
  // Neither gives a sign of life: what one holds, the next may take.
  const first = (await queries.claim(database.db, wish())) as queries.Claimed
  const second = (await queries.claim(database.db, wish())) as queries.Claimed
  assert.deepEqual([second.id, second.formerKey], [first.id, first.storageKey])
  const failure = { code: 'source_failed', message: 'It failed.' }
  await assert.rejects(fail(world.app, first, failure), Over)
  assert.equal((await read(importId)).status, 'fetching')
  await fail(world.app, second, failure)
  assert.deepEqual([(await read(importId)).status, (await read(importId)).errorCode], ['failed', 'source_failed'])
})
