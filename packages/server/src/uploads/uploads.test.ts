import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { later } from '../../test/change-world.ts'
import { testDatabase } from '../../test/database.ts'
import { makeVideo, SMALLEST_VIDEO } from '../../test/make-video.ts'
import { type Answer, FILM, faultsOf, form, openUploadWorld, video } from '../../test/upload-world.ts'
import { newId, publicId, readId } from '../lib/ids.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 2 })
const [first, second] = tenant.accounts as [string, string]
const fields = { title: 'Film', accounts: tenant.accounts }
const send = (made: FormData, headers: Record<string, string> = {}) => tenant.post('/api/upload', made, headers)

async function refuses(made: FormData, status: number, code: string, faults: string[] = []) {
  const before = await world.traces()
  const answer = await send(made)
  assert.deepEqual([answer.status, answer.body.code, faultsOf(answer)], [status, code, faults.sort()])
  assert.deepEqual(await world.traces(), before)
  return answer
}

test('a form is an upload: its answer is the body of the status route, whose address it names', async () => {
  const film = makeVideo(300_000)
  const answer = await send(form({ ...fields, description: 'Slow' }, video(film), 'Spring 🚀.mp4'))
  assert.equal(answer.status, 201)
  const { body } = answer
  assert.equal(answer.headers.get('location'), `/api/upload/${body.uploadId}/status`)
  assert.deepEqual((await tenant.ask('GET', answer.headers.get('location') as string)).body, body)
  assert.deepEqual((await tenant.asOwner('GET', answer.headers.get('location') as string)).body, body)
  const { uploadId, createdAt, updatedAt, createdBy, file, accounts, ...rest } = body
  assert.match(createdBy, /^key_/)
  assert.deepEqual(rest, {
    title: 'Film',
    status: 'Processing',
    scheduledOn: null,
    timezone: null,
    needsAttention: false
  })
  const { fileId, ...shown } = file
  assert.deepEqual(shown, {
    name: 'Spring 🚀.mp4',
    size: 300_000,
    contentType: 'video/mp4',
    durationSeconds: 3,
    width: 640,
    height: 360
  })
  assert.deepEqual(accounts[0], {
    accountId: first,
    platform: 'youtube',
    sandbox: true,
    displayName: 'Engines',
    handle: '@engines',
    accountStatus: 'active',
    status: 'Processing',
    progress: { phase: 'preparing', bytesSent: 0, bytesTotal: 300_000 },
    attempts: 0,
    nextAttemptAt: accounts[0].nextAttemptAt,
    externalId: null,
    externalUrl: null,
    publishedAt: null,
    errorCode: null,
    errorMessage: null,
    adjustments: accounts[0].adjustments,
    followUps: []
  })
  const { rows } = await database.pool.query('select storage_key, etag from files where id = $1', [
    readId('file', fileId)
  ])
  const stored = await world.disk.read({ key: rows[0].storage_key, etag: rows[0].etag, bytes: 300_000 }, 0, 300_000)
  assert.ok((await buffer(stored)).equals(film))
})

test('accounts repeat, are a JSON array or have commas; objects are JSON or bracketed', async () => {
  for (const accounts of [[first, second], JSON.stringify([first, second]), `${first},${second}`]) {
    const { body } = await send(form({ title: 'Film', accounts }))
    assert.equal(body.accounts?.length, 2, JSON.stringify(body))
  }
  const bracketed = {
    'youtube[categoryId]': '22',
    'youtube[defaultLanguage]': 'en',
    'youtube[defaultAudioLanguage]': 'en',
    'youtube[madeForKids]': 'true',
    [`accountOptions[${first}][title]`]: 'For one'
  }
  assert.equal((await send(form({ ...fields, ...bracketed }))).status, 201)
  const json = { youtube: '{"categoryId":"22","defaultLanguage":"en","defaultAudioLanguage":"en","madeForKids":true}' }
  assert.equal((await send(form({ ...fields, ...json }))).status, 201)
  const { rows } = await database.pool.query(
    `select options, title from deliveries where options ->> 'madeForKids' = 'true' order by id`
  )
  assert.deepEqual(
    rows.map(row => [row.options.madeForKids, row.title]),
    [
      [true, 'For one'],
      [true, 'Film'],
      [true, 'Film'],
      [true, 'Film']
    ]
  )
})

test('a scheduled form waits for its time', async () => {
  const [day] = later(30).split('T')
  const { body } = await send(form({ ...fields, scheduledOn: `${day}T11:30`, timezone: 'Asia/Tokyo' }))
  assert.deepEqual([body.status, body.scheduledOn, body.timezone], ['Scheduled', `${day}T02:30:00.000Z`, 'Asia/Tokyo'])
  assert.deepEqual(
    body.accounts.map((target: { status: string; progress: { phase: string } }) => [
      target.status,
      target.progress.phase
    ]),
    [
      ['Scheduled', 'waiting'],
      ['Scheduled', 'waiting']
    ]
  )
})

test('a scheduled time that passes while the form is sent means now, and one too far ahead comes no nearer', async t => {
  let scheduledOn = ''
  const put = world.app.storage.put
  t.mock.method(world.app.storage, 'put', async (...about: Parameters<typeof put>) => {
    await database.pool.query('select pg_sleep_until($1)', [scheduledOn])
    return put(...about)
  })
  // So little ahead that it can be waited for. Where that is past on arrival already, a slow machine gets more.
  const sendFor = async (ahead: number): Promise<Answer> => {
    scheduledOn = new Date(Date.now() + ahead).toISOString()
    const answer = await send(form({ ...fields, scheduledOn }))
    return answer.status === 201 || ahead > 60_000 ? answer : sendFor(ahead * 4)
  }
  const { status, body } = await sendFor(1000)
  assert.deepEqual([status, body.status, body.scheduledOn], [201, 'Processing', scheduledOn])
  const tooFar = new Date(Date.now() + 365 * 86_400_000 + 60_000).toISOString()
  await refuses(form({ ...fields, scheduledOn: tooFar }), 422, 'validation_failed', ['scheduledOn too_far'])
})

test('a file has 1 byte to 2147483648', async t => {
  assert.equal((await send(form(fields, video(makeVideo(SMALLEST_VIDEO))))).status, 201)
  await refuses(form(fields, video('')), 422, 'file_invalid')
  // Two gigabytes take long; that the limit is just these, and what it does, take nothing.
  const put = world.app.storage.put
  const limits: number[] = []
  t.mock.method(world.app.storage, 'put', (...[key, body, about]: Parameters<typeof put>) => {
    limits.push(about.maxBytes)
    return put(key, body, { ...about, maxBytes: 1000 })
  })
  assert.equal((await send(form(fields, video(makeVideo(1000))))).status, 201)
  await refuses(form(fields, video(makeVideo(1001))), 413, 'too_large')
  assert.deepEqual(limits, [2_147_483_648, 2_147_483_648])
})

test('the type of a file is what it says, or what its name or its bytes say where it says nothing', async () => {
  const types: [declared: string, name: string, read: string][] = [
    ['video/webm', 'film', 'video/webm'],
    ['application/octet-stream', 'Film.MOV', 'video/quicktime'],
    ['', 'film.mkv', 'video/x-matroska'],
    ['', 'film.txt', 'video/mp4'],
    ['Video/MP4; codecs="avc1"', 'film', 'video/mp4']
  ]
  for (const [type, name, contentType] of types) {
    const { body } = await send(form(fields, video(FILM, type), name))
    assert.equal(body.file?.contentType, contentType, `${type} ${name}: ${JSON.stringify(body)}`)
  }
  await refuses(form(fields, video(FILM, 'image/png'), 'film.mp4'), 422, 'file_invalid', ['file not_a_video'])
})

test('what is wrong with the file is told with the faults of the fields', async () => {
  await refuses(form(fields, null), 422, 'file_invalid', ['file required'])
  await refuses(form({ titel: 'x', accounts: 'account_x', scheduledOn: '' }, null), 422, 'validation_failed', [
    'accounts[0] account_not_found',
    'file required',
    'scheduledOn invalid_format',
    'titel unknown_field',
    'title required'
  ])
  await refuses(
    form({ ...fields, title: 'a\u0000b', youtube: '{' }, video('x', 'text/plain')),
    422,
    'validation_failed',
    ['file not_a_video', 'title invalid_text', 'youtube invalid_type']
  )
})

test('the name of a file is shown as it was sent, but for folders and what is longer than 255 characters', async () => {
  const names: [sent: string, shown: string][] = [
    ['C:\\films\\film.mp4', 'film.mp4'],
    ['../../film.mp4', 'film.mp4'],
    ['🚀'.repeat(300), '🚀'.repeat(255)],
    [`x${'🚀'.repeat(300)}`, `x${'🚀'.repeat(254)}`]
  ]
  for (const [sent, shown] of names) {
    const { body } = await send(form(fields, video(), sent))
    assert.equal(body.file?.name, shown, JSON.stringify(body))
  }
})

test('an account that is unlinked while the form is read is not posted to', async t => {
  const account = await tenant.newAccount()
  const put = world.app.storage.put
  t.mock.method(world.app.storage, 'put', async (...about: Parameters<typeof put>) => {
    const stored = await put(...about)
    await database.pool.query(`update accounts set status = 'revoked' where id = $1`, [readId('account', account)])
    return stored
  })
  await refuses(form({ title: 'Film', accounts: account }), 422, 'validation_failed', [
    'accounts[0] account_not_active'
  ])
})

test('of uploads and an unlinking that race, none is left that nothing stops', async () => {
  const outcomes = new Set<number>()
  for (let round = 0; round < 10; round++) {
    const account = await tenant.newAccount()
    const sends = Array.from({ length: 3 }, () => send(form({ title: 'Film', accounts: account })))
    const [{ status }, ...answers] = await Promise.all([tenant.asOwner('DELETE', `/accounts/${account}`), ...sends])
    assert.equal(status, 204)
    for (const answer of answers) outcomes.add(answer.status)
    const { rows } = await database.pool.query('select stop from deliveries where account_id = $1', [
      readId('account', account)
    ])
    assert.equal(rows.length, answers.filter(answer => answer.status === 201).length)
    assert.ok(rows.every(row => row.stop === 'unlink'))
  }
  assert.ok([...outcomes].every(status => status === 201 || status === 422))
})

test('a commit whose answer was lost keeps the bytes of what it made', async t => {
  const before = await world.traces()
  const { db } = database
  const begin = db.transaction.bind(db)
  const lost = t.mock.method(db, 'transaction', () => ({
    async execute(work: Parameters<ReturnType<typeof begin>['execute']>[0]) {
      await begin().execute(work)
      throw new Error('Connection terminated unexpectedly')
    }
  }))
  assert.equal((await send(form(fields))).status, 500)
  const key = { 'idempotency-key': 'lost-commit' }
  const about = { ...fields, fileName: 'film.mp4', fileSize: FILM.length, contentType: 'video/mp4' }
  assert.equal((await tenant.post('/api/upload/presign-put', about, key)).status, 500)
  lost.mock.restore()
  const after = await world.traces()
  assert.deepEqual([after.uploads, after.objects.length], [before.uploads + 1, before.objects.length + 2])
  const { uploadUrl } = (await tenant.post('/api/upload/presign-put', about, key)).body
  const headers = { 'content-type': 'video/mp4' }
  assert.equal((await world.send('PUT', uploadUrl, { body: FILM, headers })).status, 200)
})

test('progress counts every byte once the platform has them all', async () => {
  const { body } = await send(form(fields))
  const path = `/api/upload/${body.uploadId}/status`
  const shownAt = async (status: string, stage: string) => {
    await database.pool.query('update deliveries set status = $1, stage = $2, sent = 5 where upload_id = $3', [
      status,
      stage,
      readId('upload', body.uploadId)
    ])
    const { progress } = (await tenant.ask('GET', path)).body.accounts[0]
    return [progress.phase, progress.bytesSent]
  }
  assert.deepEqual(await shownAt('running', 'transfer'), ['sending', 5])
  assert.deepEqual(await shownAt('running', 'processing'), ['processing', FILM.length])
  assert.deepEqual(await shownAt('running', 'ready'), ['publishing', FILM.length])
  assert.deepEqual(await shownAt('running', 'committed'), ['processing', FILM.length])
  assert.deepEqual(await shownAt('uploaded', 'prepare'), ['done', FILM.length])
  assert.deepEqual(await shownAt('failed', 'transfer'), ['done', 5])
})

test('a key that is limited to accounts reads only what went to those alone', async () => {
  const limited = { 'x-api-key': await tenant.newKey([readId('account', first) as string]) }
  const both = (await send(form(fields))).body
  const one = (await send(form({ title: 'Film', accounts: first }), limited)).body
  const read = async (id: string) => (await tenant.ask('GET', `/api/upload/${id}/status`, { headers: limited })).status
  assert.deepEqual([await read(one.uploadId), await read(both.uploadId)], [200, 404])
})

test('an id that names no upload is 404, whatever it looks like', async () => {
  const ids = [publicId('upload', newId()), publicId('file', newId()), 'upload_x', 'x'.repeat(400), '%00', "'"]
  for (const id of ids) {
    const { status, body } = await tenant.ask('GET', `/api/upload/${id}/status`)
    assert.deepEqual([status, body.code], [404, 'not_found'], id)
  }
})
