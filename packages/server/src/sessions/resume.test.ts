import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { makeVideo } from '../../test/make-video.ts'
import { type Answer, openUploadWorld } from '../../test/upload-world.ts'
import { readId } from '../lib/ids.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 2 })
const { post } = tenant

const SIZE = 5 * 2 ** 20
const FILM = makeVideo(2 * SIZE + 1)
const about = { title: 'Film', accounts: tenant.accounts, fileName: 'film.mp4', contentType: 'video/mp4' }
const begin = (kind: 'presign-put' | 'multipart') =>
  post(`/api/upload/${kind}`, { ...about, fileSize: FILM.length, ...(kind === 'multipart' && { partSize: SIZE }) })
const resume = (sessionToken: string, headers: Record<string, string> = {}) =>
  post('/api/upload/resume', { sessionToken }, headers)
const put = (url: string, body: Buffer, headers: Record<string, string> = {}) =>
  world.send('PUT', url, { body, headers })
const piece = (number: number) => FILM.subarray((number - 1) * SIZE, number * SIZE)
const said = ({ status, body }: Answer) => `${status} ${body.code}`
/** Moves the session's end. */
const move = (fileId: string, by: string) =>
  database.pool.query('update upload_sessions set expires_at = now() + $2::interval where file_id = $1', [
    readId('file', fileId),
    by
  ])

test('a client that lost everything but its token sends the parts that are missing, and completes', async () => {
  const { sessionToken, fileId, parts, expiresAt } = (await begin('multipart')).body
  const eTag = (await put(parts[1].uploadUrl, piece(2))).headers.get('etag')
  const { status, body } = await resume(sessionToken)
  assert.equal(status, 200)
  assert.deepEqual(
    { ...body, parts: [] },
    {
      kind: 'multipart',
      fileId,
      fileSize: FILM.length,
      received: false,
      partSize: SIZE,
      parts: [],
      expiresAt
    }
  )
  assert.deepEqual(
    body.parts.map(({ uploadUrl, ...part }: { uploadUrl?: string }) => ({ ...part, isGiven: uploadUrl !== undefined })),
    [
      { partNumber: 1, size: SIZE, received: false, isGiven: true },
      { partNumber: 2, size: SIZE, received: true, eTag, isGiven: false },
      { partNumber: 3, size: 1, received: false, isGiven: true }
    ]
  )
  for (const number of [1, 3]) assert.equal((await put(body.parts[number - 1].uploadUrl, piece(number))).status, 200)
  const after = (await resume(sessionToken)).body
  assert.equal(after.received, true)
  const done = await post('/api/upload/complete', { sessionToken, parts: after.parts.map(tagOf) })
  assert.equal(done.status, 201, JSON.stringify(done.body))
})
const tagOf = ({ partNumber, eTag }: { partNumber: number; eTag: string }) => ({ partNumber, eTag })

test('a session whose bytes are frozen is completed from what resume tells', async () => {
  const { sessionToken, parts } = (await begin('multipart')).body
  for (const { partNumber, uploadUrl } of parts) await put(uploadUrl, piece(partNumber))
  const checked = await post('/api/upload/check', { title: 'Film', accounts: tenant.accounts, sessionToken })
  assert.equal(checked.status, 200, JSON.stringify(checked.body))
  const { body } = await resume(sessionToken)
  assert.equal(body.received, true)
  const done = await post('/api/upload/complete', { sessionToken, parts: body.parts.map(tagOf) })
  assert.equal(done.status, 201, JSON.stringify(done.body))
})

test('a single PUT gets a fresh address until its file is there', async () => {
  const { sessionToken } = (await begin('presign-put')).body
  const first = (await resume(sessionToken)).body
  assert.deepEqual([first.kind, first.received, first.method, first.parts], ['put', false, 'PUT', []])
  assert.equal((await put(first.uploadUrl, FILM, first.headers)).status, 200)
  const second = (await resume(sessionToken)).body
  assert.deepEqual([second.received, second.uploadUrl], [true, undefined])
  const { status, body } = await post('/api/upload/complete', { sessionToken, parts: [] })
  assert.equal(status, 201)
  const again = { sessionToken }
  const about = { title: 'Film', accounts: tenant.accounts }
  for (const over of [
    await resume(sessionToken),
    await post('/api/upload/abort', again),
    await post('/api/upload/check', { ...about, ...again })
  ])
    assert.deepEqual([said(over), over.body.uploadId], ['409 session_completed', body.uploadId])
})

test('fresh addresses end with the session, not a day later', async () => {
  const { sessionToken, fileId } = (await begin('presign-put')).body
  await move(fileId, '100 seconds')
  const asked = performance.now()
  const { uploadUrl, expiresAt } = (await resume(sessionToken)).body
  const [expires, ends] = [Number(new URL(uploadUrl).searchParams.get('expires')) * 1000, Date.parse(expiresAt)]
  // What was left was read from one clock, and is counted from another one a moment later.
  const late = expires - ends
  assert.ok(late > -3000 && late <= performance.now() - asked, `${late} ms`)
})

test('a session that has ended is told as by complete, and resuming changes nothing', async () => {
  const [aborted, expired, unknown] = [(await begin('multipart')).body, (await begin('presign-put')).body, 'session_x']
  await post('/api/upload/abort', { sessionToken: aborted.sessionToken })
  await move(expired.fileId, '-1 second')
  const before = await world.traces()
  assert.equal(said(await resume(aborted.sessionToken)), '409 session_aborted')
  assert.equal(said(await resume(expired.sessionToken)), '410 session_expired')
  assert.equal(said(await resume(unknown)), '404 not_found')
  assert.match((await resume('$SESSION_TOKEN')).body.detail, /single quotes/)
  assert.deepEqual(await world.traces(), before)
})

test('a key resumes only what goes to its own accounts, and no address reaches the log', async () => {
  const { sessionToken } = (await begin('multipart')).body
  const narrow = await tenant.newKey([readId('account', tenant.accounts[0] as string) as string])
  assert.equal(said(await resume(sessionToken, { 'x-api-key': narrow })), '404 not_found')
  const { parts } = (await resume(sessionToken)).body
  const { signature } = Object.fromEntries(new URL(parts[0].uploadUrl).searchParams)
  assert.ok(signature && !world.log().includes(signature) && !world.log().includes(sessionToken))
})

test('of resume and abort that race, none leaves anything on the disk', async () => {
  for (let round = 0; round < 12; round++) {
    const { objects } = await world.traces()
    const { sessionToken } = (await begin(round % 2 ? 'multipart' : 'presign-put')).body
    const calls = [resume(sessionToken), post('/api/upload/abort', { sessionToken })]
    const [resumed, aborted] = await Promise.all(calls)
    assert.equal(aborted?.status, 200)
    assert.ok(resumed?.status === 200 || said(resumed as Answer) === '409 session_aborted')
    assert.deepEqual((await world.traces()).objects, objects)
  }
})
