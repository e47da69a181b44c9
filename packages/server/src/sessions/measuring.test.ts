import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { makeVideo } from '../../test/make-video.ts'
import { openUploadWorld } from '../../test/upload-world.ts'

const world = await openUploadWorld(await testDatabase())

test('a session that is aborted while its bytes are measured is over, and its complete says so', async t => {
  const { post, accounts } = await world.newTenant({ accounts: 1 })
  const film = makeVideo(200_000)
  const about = { title: 'Film', fileName: 'film.mp4', fileSize: film.length, contentType: 'video/mp4', accounts }
  const { body } = await post('/api/upload/presign-put', about)
  await world.send('PUT', body.uploadUrl, { body: film, headers: { 'content-type': 'video/mp4' } })
  const read = world.disk.read.bind(world.disk)
  const reads = t.mock.method(world.disk, 'read', async (...args: Parameters<typeof read>) => {
    // Found, and not opened yet.
    const stream = await read(...args)
    const aborted = await post('/api/upload/abort', { sessionToken: body.sessionToken })
    assert.equal(aborted.status, 200)
    return stream
  })
  const answer = await post('/api/upload/complete', { sessionToken: body.sessionToken, parts: [] })
  assert.equal(reads.mock.callCount(), 1)
  assert.deepEqual([answer.status, answer.body.code], [409, 'session_aborted'])
})
