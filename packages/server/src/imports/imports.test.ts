import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { FILM, film, port, serve, stall } from '../../test/film-server.ts'
import { openImportWorld, over } from '../../test/import-world.ts'
import { until as waitUntil } from '../../test/processes.ts'
import { faultsOf } from '../../test/upload-world.ts'
import { readId } from '../lib/ids.ts'
import { expireSessions } from '../sessions/end.ts'

const { database, world, tenant, startWorker, ask, begin, read, until, requireFilm } = await openImportWorld()

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
  await waitUntil(async () => (await world.traces()).objects.length <= objects.length, 'its bytes to be removed')
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
