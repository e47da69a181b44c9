import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readId } from '../src/lib/ids.ts'
import { testDatabase } from './database.ts'
import { makeVideo, readFixture } from './make-video.ts'
import { type Answer, faultsOf, form, openUploadWorld, video } from './upload-world.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 1, quota: 10 })
const [youtube = ''] = tenant.accounts
const tiktok = await tenant.newAccount({ platform: 'tiktok' })
const instagram = await tenant.newAccount({ platform: 'instagram' })

const FILM = readFixture('video.mp4')
const PORTRAIT = readFixture('portrait.mp4')
const options = { tiktok: { privacyLevel: 'SELF_ONLY' } }

async function start(accounts: string[], file: Buffer, more: object = {}) {
  const about = { title: 'Film', accounts, fileName: 'film.mp4', fileSize: file.length, contentType: 'video/mp4' }
  const { status, body } = await tenant.post('/api/upload/presign-put', { ...about, ...more })
  assert.equal(status, 201, JSON.stringify(body))
  assert.equal((await world.send('PUT', body.uploadUrl, { body: file, headers: body.headers })).status, 200)
  return body as { sessionToken: string; fileId: string }
}
const complete = (sessionToken: string, headers = {}) =>
  tenant.post('/api/upload/complete', { sessionToken, parts: [] }, headers)
const abort = (sessionToken: string) => tenant.post('/api/upload/abort', { sessionToken })
/** The bytes of a session that was refused are frozen, and nothing else has changed. */
const traces = async () => {
  const { objects, ...rest } = await world.traces()
  return { ...rest, objects: objects.map((path: string) => path.replace('staged/', 'frozen/')).sort() }
}
const said = ({ status, body }: Answer) => `${status} ${body.code}`

test('what was measured is kept with the file and shown with the upload', async () => {
  const { sessionToken, fileId } = await start([youtube], PORTRAIT)
  const { status, body } = await complete(sessionToken)
  assert.equal(status, 201)
  assert.deepEqual([body.file.durationSeconds, body.file.width, body.file.height], [4, 270, 480])
  const { rows } = await database.pool.query('select media from files where id = $1', [readId('file', fileId)])
  const { container, video, audio } = rows[0].media
  assert.deepEqual([container, video.codec, video.framesPerSecond], ['mp4', 'avc', 30])
  assert.deepEqual(audio, { codec: 'aac', channels: 2, samplesPerSecond: 48_000 })
})

test('a form with no video in it is refused with what the file looks like, and nothing stays', async () => {
  const before = await traces()
  for (const [bytes, looks] of [
    ['a short film', /text/],
    [readFixture('sound.m4a'), /sound without pictures/],
    [FILM.subarray(0, 90_000), /cut off/],
    [makeVideo(200_000).subarray(0, 100_000), /cut off/]
  ] as const) {
    const answer = await tenant.post('/api/upload', form({ title: 'Film', accounts: youtube }, video(bytes)))
    assert.equal(said(answer), '422 file_invalid')
    assert.deepEqual(faultsOf(answer), ['file not_a_video'])
    assert.match(answer.body.errors[0].message, looks)
  }
  assert.deepEqual(await traces(), before)
})

test('a session whose bytes are no video is refused at complete, the same each time, until it is aborted', async () => {
  const { reserved } = await tenant.readQuota()
  const { sessionToken } = await start([youtube], Buffer.from('<!doctype html><p>not found'))
  const before = await traces()
  const key = { 'idempotency-key': 'no-film' }
  const first = await complete(sessionToken, key)
  assert.equal(said(first), '422 file_invalid')
  assert.match(first.body.detail, /web page.*abort it/)
  for (const headers of [key, {}]) {
    const { requestId, ...again } = (await complete(sessionToken, headers)).body
    assert.deepEqual({ ...again, requestId: first.body.requestId }, first.body)
  }
  assert.deepEqual(await traces(), before)
  assert.equal((await tenant.readQuota()).reserved, reserved + 1)
  assert.equal((await abort(sessionToken)).status, 200)
  assert.equal((await tenant.readQuota()).reserved, reserved)
})

test('what one of the platforms refuses about the measured file is told for each account, and nothing is made', async () => {
  const expected = [[tiktok, 'width_too_small 360 270 true']]
  const check = ({ body }: Answer) => {
    const told = body.errors.map((fault: Record<string, unknown>) => [
      fault.accountId,
      `${fault.code} ${fault.limit} ${fault.measured} ${fault.isMendable}`
    ])
    assert.deepEqual(told, expected)
    assert.equal(body.errors[0].platform, 'tiktok')
    assert.equal(body.errors[0].path, 'file')
    assert.match(body.errors[0].message, /TikTok takes at least 360 pixels across, and this is 270/)
  }
  const accounts = [youtube, tiktok, instagram]
  const { used, reserved } = await tenant.readQuota()
  const before = await traces()
  const fields = { title: 'Film', accounts, 'tiktok[privacyLevel]': 'SELF_ONLY' }
  const answer = await tenant.post('/api/upload', form(fields, video(PORTRAIT)))
  assert.equal(said(answer), '422 target_refused')
  check(answer)
  assert.deepEqual(await traces(), before)
  const after = await tenant.readQuota()
  assert.deepEqual([after.used, after.reserved], [used, reserved])

  const { sessionToken } = await start(accounts, PORTRAIT, options)
  const made = await traces()
  for (let round = 0; round < 2; round++) {
    const refused = await complete(sessionToken)
    assert.equal(said(refused), '422 target_refused')
    assert.match(refused.body.detail, /One account.*abort it/)
    check(refused)
  }
  assert.deepEqual(await traces(), made)
  assert.equal((await abort(sessionToken)).status, 200)
  assert.equal((await tenant.readQuota()).reserved, reserved)
})

test('several faults of one file are told at once', async () => {
  const webm = readFixture('video.webm')
  const fields = { title: 'Film', accounts: [tiktok, instagram], 'tiktok[privacyLevel]': 'SELF_ONLY' }
  const answer = await tenant.post('/api/upload', form(fields, video(webm, 'video/mp4'), 'film.mp4'))
  assert.equal(said(answer), '422 target_refused')
  assert.deepEqual(faultsOf(answer), [
    'file audio_codec',
    'file container',
    'file height_too_small',
    'file video_codec',
    'file width_too_small'
  ])
})

test('a session that is aborted while it is measured says so', async t => {
  const { sessionToken } = await start([youtube], makeVideo(300_000))
  const read = world.app.storage.read
  let isAborted = false
  t.mock.method(world.app.storage, 'read', async (...about: Parameters<typeof read>) => {
    if (!isAborted) {
      isAborted = true
      await abort(sessionToken)
    }
    return read(...about)
  })
  assert.equal(said(await complete(sessionToken)), '409 session_aborted')
  assert.equal(isAborted, true)
})

test('of calls that complete at once, one makes the upload and all answer with it', async () => {
  const { sessionToken } = await start([youtube], makeVideo(300_000))
  const answers = await Promise.all(Array.from({ length: 8 }, () => complete(sessionToken)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 200, 200, 201])
  assert.equal(new Set(answers.map(({ body }) => body.uploadId)).size, 1)
})
