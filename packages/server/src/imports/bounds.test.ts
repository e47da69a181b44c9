import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { FILM, film, serve, stall } from '../../test/film-server.ts'
import { openImportWorld, over } from '../../test/import-world.ts'
import { readId } from '../lib/ids.ts'

const { database, world, tenant, startWorker, begin, read, until, requireFilm } = await openImportWorld()

const kept = async () => [await tenant.readQuota(), (await world.traces()).objects]

/** Fails as told. */
async function fails(importId: string, code: string, message: string) {
  const state = await until(importId, over)
  assert.deepEqual([state.status, state.errorCode, state.errorMessage, state.uploadId], ['failed', code, message, null])
  return state
}

/** Sends without an end, and counts. */
function endless() {
  const sent = { bytes: 0 }
  const { url } = serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'video/mp4' })
    const more = (to: ServerResponse): void => {
      while (!to.destroyed) {
        sent.bytes += FILM.length
        if (!to.write(FILM)) return void to.once('drain', () => more(to))
      }
    }
    more(response)
  })
  return { url, sent }
}

test('a body without an end is cut at the limit, and one that announces too much is not begun', async t => {
  const worker = await startWorker(FILM.length)
  t.after(worker.stop)
  const before = await kept()
  const { url, sent } = endless()
  const most = `The file has more than ${FILM.length} bytes, the most that are taken.`
  const state = await fails((await begin(url)).importId, 'too_large', most)
  assert.equal(state.attempts, 1, 'it is not tried again')
  assert.ok(sent.bytes < 10 * FILM.length, `${sent.bytes}`)
  const announced = serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': FILM.length + 1 }).flushHeaders()
  })
  const told = `The file has ${FILM.length + 1} bytes; at most ${FILM.length} are taken.`
  assert.equal((await fails((await begin(announced.url)).importId, 'too_large', told)).progress.bytesReceived, 0)
  assert.deepEqual(await kept(), before, 'the quota is given back, and no bytes stay')
  const { uploadId } = await until((await begin(serve(film()).url)).importId, over)
  await requireFilm(uploadId, 'film.mp4')
})

test('a file that does not arrive in time is given up, while it drips and between tries', async t => {
  const before = await kept()
  /** An import that has so many seconds, and fails for want of more; answers how many bytes had come. */
  async function giveUp(url: string, seconds: number): Promise<number> {
    const { importId } = await begin(url)
    await database.pool.query('update imports set give_up_at = now() + make_interval(secs => $2) where id = $1', [
      readId('import', importId),
      seconds
    ])
    const worker = await startWorker()
    t.after(worker.stop)
    await fails(importId, 'source_too_slow', 'The file did not arrive within two hours.')
    await worker.stop()
    return (await read(importId)).progress.bytesReceived
  }
  // Until the first byte, and until the first try, a slow machine may need more than a second.
  for (let [seconds, came] = [1, 0]; came === 0; seconds *= 2) came = await giveUp(serve(stall).url, seconds)
  const away = serve((_request, response) => response.writeHead(503, { 'retry-after': '60' }).end())
  for (let seconds = 1; away.ranges.length === 0; seconds *= 2) await giveUp(away.url, seconds)
  assert.deepEqual(await kept(), before)
})
