import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { makeVideo } from '../../test/make-video.ts'
import { type Answer, faultsOf, openUploadWorld } from '../../test/upload-world.ts'
import { readId } from '../lib/ids.ts'
import { expireSessions } from './end.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const other = await openUploadWorld(database, world.dataDir)
const tenant = await world.newTenant({ accounts: 2 })
const { post } = tenant

const FILM = makeVideo(200_000)
const about = { title: 'Film', fileName: 'film.mp4', fileSize: FILM.length, contentType: 'video/mp4' }
const TYPE = { 'content-type': 'video/mp4' }

async function startPut(more: object = {}) {
  const answer = await post('/api/upload/presign-put', { ...about, accounts: tenant.accounts, ...more })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}
const put = (url: string, body: Buffer = FILM, headers: object = TYPE) =>
  world.send('PUT', url, { body, headers: { ...headers } })
const complete = (sessionToken: string, parts: unknown = [], headers: Record<string, string> = {}) =>
  post('/api/upload/complete', { sessionToken, parts }, headers)
const abort = (sessionToken: string) => post('/api/upload/abort', { sessionToken })
const said = ({ status, body }: Answer) => `${status} ${body.code}`

async function refusesAndKeeps(work: () => Promise<Answer>, expected: string, faults: string[] = []) {
  const before = await world.traces()
  const answer = await work()
  assert.equal(said(answer), expected, JSON.stringify(answer.body))
  assert.deepEqual(faultsOf(answer), faults.sort())
  assert.deepEqual(await world.traces(), before)
  return answer
}
/** Moves the session's end into the past. */
const overtake = (fileId: string) =>
  database.pool.query(`update upload_sessions set expires_at = now() - interval '1 second' where file_id = $1`, [
    readId('file', fileId)
  ])
const read = async (fileId: string, etag: string) => {
  const key = `${tenant.tenantId}/${readId('file', fileId)}`
  return text(await world.disk.read({ key, etag, bytes: FILM.length }, 0, FILM.length))
}

test('a single PUT, completed, is an upload of just these bytes', async () => {
  const started = await startPut({ scheduledOn: new Date(Date.now() + 3_600_000).toISOString() })
  assert.match(started.uploadUrl, /^http:\/\/upload24\.test\/storage\//)
  assert.deepEqual([started.method, started.headers], ['PUT', { 'Content-Type': 'video/mp4' }])
  assert.ok(Math.abs(Date.parse(started.expiresAt) - Date.now() - 86_400_000) < 60_000)
  const { status, headers } = await put(started.uploadUrl)
  assert.equal(status, 200)
  const done = await complete(started.sessionToken)
  assert.equal(done.status, 201)
  assert.equal(done.headers.get('location'), `/api/upload/${done.body.uploadId}/status`)
  assert.equal(done.body.status, 'Scheduled')
  assert.deepEqual(done.body.file, {
    fileId: started.fileId,
    name: 'film.mp4',
    size: FILM.length,
    contentType: 'video/mp4',
    durationSeconds: 3,
    width: 640,
    height: 360
  })
  assert.deepEqual(
    done.body.accounts.map((target: { accountId: string }) => target.accountId),
    tenant.accounts
  )
  const film = await read(started.fileId, headers.get('etag') as string)
  assert.equal(hashOf(film), hashOf(FILM.toString()))
})

test('completing again answers 200 with the same upload', async () => {
  const { uploadUrl, sessionToken } = await startPut()
  await put(uploadUrl)
  const first = await complete(sessionToken)
  const again = await refusesAndKeeps(() => complete(sessionToken, [{ partNumber: 1, eTag: 'x' }]), '200 undefined')
  assert.deepEqual([first.status, again.body], [201, first.body])
})

test('completes that race, in one process or two, make one upload, and all answer with it', async () => {
  for (let round = 0; round < 10; round++) {
    const { uploadUrl, sessionToken } = await startPut()
    await put(uploadUrl)
    const asked = { body: { sessionToken, parts: [] }, headers: { 'x-api-key': tenant.key } }
    const calls = [world, other, world].map(each => each.send('POST', '/api/upload/complete', asked))
    const answers = await Promise.all(calls)
    assert.deepEqual(answers.map(each => each.status).sort(), [200, 200, 201])
    assert.equal(new Set(answers.map(each => each.body.uploadId)).size, 1)
  }
})

test('complete before the PUT is object_missing, and the session lives on', async () => {
  const { uploadUrl, sessionToken } = await startPut()
  await refusesAndKeeps(() => complete(sessionToken), '409 object_missing')
  await refusesAndKeeps(() => put(uploadUrl, FILM.subarray(1)), '422 file_size_mismatch')
  await refusesAndKeeps(() => put(uploadUrl, Buffer.concat([FILM, FILM])), '422 file_size_mismatch')
  await refusesAndKeeps(() => put(uploadUrl, FILM, { 'content-type': 'video/webm' }), '403 invalid_signature')
  await refusesAndKeeps(() => complete(sessionToken), '409 object_missing')
  assert.equal((await put(uploadUrl)).status, 200)
  assert.equal((await complete(sessionToken)).status, 201)
})

test('parts for a single PUT are refused', async () => {
  const { uploadUrl, sessionToken } = await startPut()
  const { headers } = await put(uploadUrl)
  const parts = [{ partNumber: 1, eTag: headers.get('etag') }]
  await refusesAndKeeps(() => complete(sessionToken, parts), '422 invalid_parts', ['parts not_multipart'])
})

test('a PUT after complete cannot change the bytes', async () => {
  const { uploadUrl, sessionToken, fileId } = await startPut()
  const etag = (await put(uploadUrl)).headers.get('etag') as string
  await complete(sessionToken)
  const before = await read(fileId, etag)
  const answer = await put(uploadUrl, Buffer.alloc(FILM.length))
  assert.equal(said(answer), '409 session_completed')
  assert.equal(hashOf(await read(fileId, etag)), hashOf(before))
})

test('an aborted session gives everything back, and stays aborted', async () => {
  const before = await world.traces()
  const { uploadUrl, sessionToken, fileId } = await startPut()
  await put(uploadUrl)
  const first = await abort(sessionToken)
  assert.deepEqual([first.status, first.body], [200, { fileId, status: 'aborted' }])
  assert.deepEqual((await abort(sessionToken)).body, first.body)
  assert.deepEqual(await world.traces(), { ...before, sessions: before.sessions + 1 })
  await refusesAndKeeps(() => complete(sessionToken), '409 session_aborted')
  await refusesAndKeeps(() => put(uploadUrl), '404 not_found')
})

test('a completed session cannot be aborted', async () => {
  const { uploadUrl, sessionToken } = await startPut()
  await put(uploadUrl)
  await complete(sessionToken)
  await refusesAndKeeps(() => abort(sessionToken), '409 session_completed')
})

test('of complete and abort that race exactly one wins, and a loser leaves nothing on the disk', async () => {
  const winners = new Set<string>()
  for (let round = 0; round < 16; round++) {
    const { uploadUrl, sessionToken } = await startPut()
    await put(uploadUrl)
    const before = await world.traces()
    const body = { sessionToken }
    const asked = { body, headers: { 'x-api-key': tenant.key } }
    const aborter = round % 4 < 2 ? world : other
    const calls = [() => complete(sessionToken), () => aborter.send('POST', '/api/upload/abort', asked)]
    const [early, late] = round % 2 ? calls : calls.toReversed()
    const answers = await Promise.all([early?.(), late?.()])
    const [completed, aborted] = (round % 2 ? answers : answers.toReversed()) as [Answer, Answer]
    const after = await world.traces()
    if (completed.status === 201) {
      assert.equal(said(aborted), '409 session_completed')
      assert.equal(after.uploads, before.uploads + 1)
      assert.equal(after.objects.length, before.objects.length)
    } else {
      assert.deepEqual([said(completed), aborted.status], ['409 session_aborted', 200])
      assert.equal(after.uploads, before.uploads)
      assert.equal(after.objects.length, before.objects.length - 1)
    }
    winners.add(completed.status === 201 ? 'complete' : 'abort')
  }
  assert.equal(winners.size > 0, true)
})

test('a session that is over is 410 for everybody, before and after the sweep that gives its quota back', async () => {
  const before = await world.traces()
  const { uploadUrl, sessionToken, fileId } = await startPut()
  await put(uploadUrl)
  await overtake(fileId)
  assert.equal(said(await complete(sessionToken)), '410 session_expired')
  await expireSessions(world.app)
  assert.deepEqual(await world.traces(), { ...before, sessions: before.sessions + 1 })
  assert.equal(said(await complete(sessionToken)), '410 session_expired')
  assert.equal(said(await abort(sessionToken)), '410 session_expired')
  assert.equal(said(await put(uploadUrl)), '404 not_found')
  assert.equal(await expireSessions(world.app), 0)
  const late = await startPut()
  await overtake(late.fileId)
  assert.equal(said(await abort(late.sessionToken)), '410 session_expired')
  assert.deepEqual(await world.traces(), { ...before, sessions: before.sessions + 2 })
})

test('a sweep that fails at the disk leaves the session for the next one', async t => {
  const before = await world.traces()
  const { fileId } = await startPut()
  await overtake(fileId)
  const broken = t.mock.method(world.app.storage, 'remove', async () => {
    throw new Error('EIO')
  })
  await assert.rejects(expireSessions(world.app), /EIO/)
  broken.mock.restore()
  assert.equal(await expireSessions(world.app), 1)
  assert.deepEqual(await world.traces(), { ...before, sessions: before.sessions + 1 })
})

test('a session lives as long as the operator says, and its addresses too', async t => {
  t.mock.property(world.app, 'config', { ...world.app.config, sessionHours: 72 })
  const { uploadUrl, expiresAt, sessionToken, fileId } = await startPut()
  for (const end of [Date.parse(expiresAt), Number(new URL(uploadUrl).searchParams.get('expires')) * 1000])
    assert.ok(Math.abs(end - Date.now() - 72 * 3_600_000) < 60_000, `${end}`)
  await overtake(fileId)
  const { detail } = (await complete(sessionToken)).body
  assert.match(detail, /^The session ended at \d{4}-\d\d-\d\dT[\d:.]+Z\. Start a new one\.$/)
})

test('an account that loses its grant meanwhile is told at complete, which works once it is back', async () => {
  const account = await tenant.newAccount()
  const { uploadUrl, sessionToken } = await startPut({ accounts: [account, tenant.accounts[0]] })
  await put(uploadUrl)
  const setStatus = (status: string) =>
    database.pool.query('update accounts set status = $1 where id = $2', [status, readId('account', account)])
  await setStatus('needs_relink')
  const answer = await complete(sessionToken)
  assert.deepEqual([said(answer), ...faultsOf(answer)], ['422 target_refused', 'accounts account_not_active'])
  assert.equal(answer.body.errors[0].accountId, account)
  await setStatus('active')
  assert.equal((await complete(sessionToken)).status, 201)
})

test('a scheduled time that passes while the bytes move means now', async () => {
  // So little ahead that it can be waited for. Where that is past on arrival already, a slow machine gets more.
  const start = async (ahead: number): Promise<Answer & { scheduledOn: string }> => {
    const scheduledOn = new Date(Date.now() + ahead).toISOString()
    const answer = await post('/api/upload/presign-put', { ...about, accounts: tenant.accounts, scheduledOn })
    return answer.status === 201 || ahead > 60_000 ? { ...answer, scheduledOn } : start(ahead * 4)
  }
  const { body: started, scheduledOn } = await start(1000)
  const { uploadUrl, sessionToken } = started
  await put(uploadUrl)
  await database.pool.query('select pg_sleep_until($1)', [scheduledOn])
  const { body } = await complete(sessionToken)
  assert.deepEqual([body.status, body.scheduledOn], ['Processing', scheduledOn])
  const { rows } = await database.pool.query(
    `select due_at > $2 as "isLater", give_up_at - due_at = interval '24 hours' as "isWhole" from deliveries where upload_id = $1`,
    [readId('upload', body.uploadId), scheduledOn]
  )
  assert.deepEqual(rows, [
    { isLater: true, isWhole: true },
    { isLater: true, isWhole: true }
  ])
})

test('a process whose clock is ahead publishes nothing early', async t => {
  const scheduledOn = new Date(Date.now() + 60_000).toISOString()
  const { uploadUrl, sessionToken } = await startPut({ scheduledOn })
  await put(uploadUrl)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 90_000 })
  const { body } = await complete(sessionToken)
  assert.deepEqual([body.status, body.scheduledOn], ['Scheduled', scheduledOn])
  const { rows } = await database.pool.query('select distinct status, due_at from deliveries where upload_id = $1', [
    readId('upload', body.uploadId)
  ])
  assert.deepEqual(rows, [{ status: 'scheduled', due_at: new Date(scheduledOn) }])
})

test('a token that a shell did not fill in is told about quoting', async () => {
  for (const path of ['complete', 'abort']) {
    const answer = await post(`/api/upload/${path}`, { sessionToken: '$SESSION_TOKEN' })
    assert.equal(said(answer), '404 not_found')
    assert.match(answer.body.detail, /single quotes/)
  }
})

test('a token of another workspace, of a key without the accounts, or of nobody is 404', async () => {
  const { uploadUrl, sessionToken } = await startPut()
  await put(uploadUrl)
  const stranger = await world.newTenant()
  const limited = await tenant.newKey([readId('account', tenant.accounts[0] as string) as string])
  const body = { sessionToken, parts: [] }
  for (const path of ['/api/upload/complete', '/api/upload/abort']) {
    const given = path.endsWith('abort') ? { sessionToken } : body
    await refusesAndKeeps(() => stranger.post(path, given), '404 not_found')
    await refusesAndKeeps(() => stranger.asOwner('POST', path, { body: given }), '404 not_found')
    await refusesAndKeeps(() => post(path, given, { 'x-api-key': limited }), '404 not_found')
    await refusesAndKeeps(() => post(path, { ...given, sessionToken: `session_${'x'.repeat(43)}` }), '404 not_found')
  }
  assert.equal((await complete(sessionToken)).status, 201)
})

test('tokens are not readable in the database', async () => {
  const { sessionToken } = await startPut()
  const { rows } = await database.pool.query('select s::text as row from upload_sessions s')
  assert.ok(!rows.some(({ row }) => row.includes(sessionToken)))
  assert.ok(!world.log().includes(sessionToken))
})

const hashOf = (film: string) => createHash('sha256').update(film).digest('hex')
