import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { FILM, film, serve, stall } from '../../test/film-server.ts'
import { openImportWorld, over } from '../../test/import-world.ts'
import { until as waitUntil } from '../../test/processes.ts'
import { announce } from '../db/presence.ts'
import { newId, readId } from '../lib/ids.ts'
import { createPlatforms } from '../platforms/platforms.ts'
import { arrive, fail, Over } from './arrive.ts'
import * as queries from './queries.ts'

const { database, world, startWorker, begin, read, until, requireFilm } = await openImportWorld()

test('a worker that stops hands its imports over, and the next one fetches them', async () => {
  const worker = await startWorker()
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
  const wish = { worker: dead.id, lease: newId(), busy: [], free: 1, place: newId() }
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

test('the two hours are counted from the first claim', async () => {
  const { importId } = await begin(serve(film()).url)
  const id = readId('import', importId)
  const wish = () => ({ worker: newId(), lease: newId(), busy: [], free: 1, place: newId() })
  const pass = (hours: number) =>
    database.pool.query(
      `update imports set ask_at = ask_at - $2::interval, give_up_at = give_up_at - $2::interval where id = $1`,
      [id, `${hours} hours`]
    )
  await pass(3)
  const first = (await queries.claim(database.db, wish())) as queries.Claimed
  assert.deepEqual([first.id, Math.round(first.left / 60)], [id, 120])
  await pass(1)
  const second = (await queries.claim(database.db, wish())) as queries.Claimed
  assert.deepEqual([second.id, Math.round(second.left / 60)], [id, 60])
  await fail(world.app, second, { code: 'source_failed', message: 'It failed.' })
})

test('of two workers that hold an import in turn, only the second can end it', async () => {
  const { importId } = await begin(serve(film()).url)
  const wish = () => ({ worker: newId(), lease: newId(), busy: [], free: 1, place: newId() })
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

test('a request is told once, though a beat and the end of the file wait for the row at the same time', async t => {
  const worker = await startWorker()
  t.after(worker.stop)
  const answering = Promise.withResolvers<ServerResponse>()
  const { url } = serve((_request, response) => answering.resolve(response))
  const { importId } = await begin(url)
  const response = await answering.promise
  const client = await database.pool.connect()
  await client.query('begin')
  await client.query('select from imports where id = $1 for update', [readId('import', importId)])
  const waiting = async () =>
    (
      await database.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
           and query like '%update imports i set lease_until%'`
      )
    ).rowCount
  await waitUntil(async () => (await waiting()) === 1, 'the first beat')
  response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': FILM.length }).end(FILM)
  await waitUntil(async () => (await waiting()) === 2, 'the last word on the fetch')
  await client.query('commit')
  client.release()
  const state = await until(importId, over)
  assert.deepEqual([state.status, state.attempts], ['completed', 1])
})
