import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { makeVideo } from '../../test/make-video.ts'
import { until } from '../../test/processes.ts'
import { type Answer, FILM, form, openUploadWorld, video } from '../../test/upload-world.ts'
import { newId } from '../lib/ids.ts'
import { sweep } from './queries.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 2 })
const { post, asOwner } = tenant

const about = {
  title: 'Film',
  accounts: tenant.accounts,
  fileName: 'film.mp4',
  fileSize: FILM.length,
  contentType: 'video/mp4'
}
const fields = { title: 'Film', accounts: tenant.accounts }
let count = 0
const newKey = () => ({ 'idempotency-key': `key-${++count}` })
const presign = (headers: Record<string, string>, more: object = {}) =>
  post('/api/upload/presign-put', { ...about, ...more }, headers)
const said = ({ status, body }: Answer) => `${status} ${body.code}`

async function changesNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = await world.traces()
  const result = await work()
  assert.deepEqual(await world.traces(), before)
  return result
}

test('a session is answered again as it was, and its secrets are sealed at rest', async () => {
  const key = newKey()
  const first = await presign(key)
  const again = await changesNothing(() => presign(key))
  assert.deepEqual([again.status, again.body], [201, first.body])
  assert.equal(first.headers.get('idempotent-replayed'), null)
  assert.equal(again.headers.get('idempotent-replayed'), 'true')
  const { rows } = await database.pool.query('select answer, is_sealed from idempotency_keys where key = $1', [
    key['idempotency-key']
  ])
  assert.equal(rows[0].is_sealed, true)
  assert.ok(!rows[0].answer.includes(first.body.sessionToken.slice(0, 20)))
  assert.ok(!rows[0].answer.includes('/storage/'))
})

test('members in another order are the same request', async () => {
  const key = newKey()
  const first = await presign(key)
  const turned = Object.fromEntries(Object.entries(about).reverse())
  assert.deepEqual((await post('/api/upload/presign-put', turned, key)).body, first.body)
})

test('the key with another request, or on another route, is 422', async () => {
  const key = newKey()
  await presign(key)
  const others = [
    () => presign(key, { title: 'Another' }),
    () => post('/api/upload/multipart', about, key),
    () => post('/api/upload', form(fields), key),
    () => asOwner('POST', '/api-keys/generate', { body: {}, headers: key })
  ]
  for (const other of others) assert.equal(said(await changesNothing(other)), '422 idempotency_key_reused')
})

test('the same key in another workspace is another key', async () => {
  const key = newKey()
  await presign(key)
  const stranger = await world.newTenant()
  const answer = await stranger.post('/api/upload/presign-put', { ...about, accounts: stranger.accounts }, key)
  assert.equal(answer.status, 201)
})

test('a form is compared by its fields and its file, whatever their order', async () => {
  const key = newKey()
  const first = await post('/api/upload', form(fields), key)
  assert.equal(first.status, 201)
  const again = await changesNothing(() => post('/api/upload', form({ accounts: tenant.accounts, title: 'Film' }), key))
  assert.deepEqual([again.status, again.body], [201, first.body])
  assert.equal(again.headers.get('location'), `/api/upload/${first.body.uploadId}/status`)
  const others = [form(fields, video(makeVideo(1000, 2))), form({ ...fields, title: 'Another' }), form(fields, null)]
  for (const other of others) {
    assert.equal(said(await changesNothing(() => post('/api/upload', other, key))), '422 idempotency_key_reused')
  }
})

test('thirty forms at once with one key make one upload', async () => {
  const key = newKey()
  const before = await world.traces()
  const answers = await Promise.all(Array.from({ length: 30 }, () => post('/api/upload', form(fields), key)))
  const made = answers.filter(answer => answer.status === 201)
  assert.ok(made.length >= 1)
  assert.equal(new Set(made.map(answer => answer.body.uploadId)).size, 1)
  const others = answers.filter(answer => answer.status !== 201)
  assert.ok(others.every(answer => said(answer) === '409 idempotency_in_progress' && answer.headers.get('retry-after')))
  const after = await world.traces()
  assert.deepEqual([after.uploads, after.objects.length], [before.uploads + 1, before.objects.length + 1])
})

test('thirty sessions at once with one key are one session', async () => {
  const key = newKey()
  const before = await world.traces()
  const answers = await Promise.all(Array.from({ length: 30 }, () => presign(key)))
  const tokens = answers.filter(answer => answer.status === 201).map(answer => answer.body.sessionToken)
  assert.equal(new Set(tokens).size, 1)
  assert.ok(answers.every(answer => answer.status === 201 || said(answer) === '409 idempotency_in_progress'))
  assert.equal((await world.traces()).sessions, before.sessions + 1)
})

test('complete is answered again with its first status and address', async () => {
  const { uploadUrl, sessionToken } = (await presign({})).body
  const body = { sessionToken, parts: [] }
  const key = newKey()
  assert.equal(said(await post('/api/upload/complete', body, key)), '409 object_missing')
  await world.send('PUT', uploadUrl, { body: FILM, headers: { 'content-type': 'video/mp4' } })
  const first = await post('/api/upload/complete', body, key)
  const again = await changesNothing(() => post('/api/upload/complete', body, key))
  assert.deepEqual([first.status, again.status, again.body], [201, 201, first.body])
  assert.equal(again.headers.get('location'), first.headers.get('location'))
})

/** As if the first request's process had died, or lived, while it worked. */
async function leaveRunning(key: Record<string, string>, beat: string | null) {
  const worker = newId()
  if (beat) {
    await database.pool.query('insert into workers (id, beat_at) values ($1, now() - $2::interval)', [worker, beat])
  }
  await database.pool.query('insert into idempotency_keys (tenant_id, key, worker, claim) values ($1, $2, $3, $4)', [
    tenant.tenantId,
    key['idempotency-key'],
    worker,
    newId()
  ])
}

test('a first request that lives is waited for, one that died is taken over', async () => {
  const [living, silent, gone] = [newKey(), newKey(), newKey()]
  // For as long as this may take.
  await leaveRunning(living, '-1 hour')
  await leaveRunning(silent, '1 minute')
  await leaveRunning(gone, null)
  assert.equal(said(await changesNothing(() => presign(living))), '409 idempotency_in_progress')
  assert.equal((await presign(silent)).status, 201)
  assert.equal((await post('/api/upload', form(fields), gone)).status, 201)
})

test('a first request that was taken over while it was silent makes nothing beside the second', async t => {
  const key = newKey()
  const begin = world.app.storage.parts.begin
  const before = await world.traces()
  t.mock.method(world.app.storage.parts, 'begin', async (...about: Parameters<typeof begin>) => {
    await database.pool.query('update idempotency_keys set claim = $1 where key = $2', [
      newId(),
      key['idempotency-key']
    ])
    return begin(...about)
  })
  assert.equal(said(await post('/api/upload/multipart', about, key)), '409 idempotency_in_progress')
  assert.deepEqual(await world.traces(), before)
})

test('a key is made once: asking again names its id, never the key', async () => {
  const key = newKey()
  const body = { name: 'CI uploads' }
  const first = await asOwner('POST', '/api-keys/generate', { body, headers: key })
  assert.equal(first.status, 201)
  const again = await asOwner('POST', '/api-keys/generate', { body, headers: key })
  assert.equal(said(again), '409 idempotency_no_replay')
  assert.equal(again.body.id, first.body.id)
  assert.ok(!JSON.stringify(again.body).includes(first.body.key))
  const { rows } = await database.pool.query('select answer from idempotency_keys where key = $1', [
    key['idempotency-key']
  ])
  assert.ok(!rows[0].answer.includes(first.body.key.slice(30)))
})

test('a key and the memory of its request are written together: a crash leaves both or none', async () => {
  const make = async (path: string) => {
    const key = newKey()
    const { status, body } = await asOwner('POST', path, { body: {}, headers: key })
    assert.equal(status, 201)
    const { rows } = await database.pool.query(
      `select convert_from(i.answer, 'utf8')::jsonb -> 'body' ->> 'id' as id from idempotency_keys i
       where i.key = $1 and exists (select from api_keys k where k.xmin = i.xmin)`,
      [key['idempotency-key']]
    )
    assert.deepEqual(rows, [{ id: body.id }], path)
    return body.id as string
  }
  const first = await make('/api-keys/generate')
  await make(`/api-keys/${first}/rotate`)
})

test('a key is read quoted or bare, and has 1 to 255 characters', async () => {
  const first = await presign({ 'idempotency-key': '"8e03978e-40d5"' })
  assert.deepEqual((await presign({ 'idempotency-key': '8e03978e-40d5' })).body, first.body)
  assert.equal((await presign({ 'idempotency-key': 'x'.repeat(255) })).status, 201)
  for (const bad of ['x'.repeat(256), '""', 'a b', '"a b"', 'ü']) {
    assert.equal(said(await changesNothing(() => presign({ 'idempotency-key': bad }))), '400 bad_request', bad)
  }
})

test('a route that creates nothing does not read the key', async () => {
  const { status } = await tenant.ask('GET', '/quota', { headers: { 'idempotency-key': 'x'.repeat(256) } })
  assert.equal(status, 200)
})

test('a refusal by rule is kept as it was', async () => {
  for (const send of [
    (key: Record<string, string>) => presign(key, { title: '' }),
    (key: Record<string, string>) => post('/api/upload', form({ ...fields, title: '' }), key)
  ]) {
    const key = newKey()
    const [first, again] = [await send(key), await send(key)]
    assert.deepEqual([said(first), said(again)], ['422 validation_failed', '422 validation_failed'])
    assert.deepEqual(again.body, first.body)
    assert.equal(again.headers.get('content-type'), first.headers.get('content-type'))
    assert.notEqual(again.headers.get('x-request-id'), first.headers.get('x-request-id'))
  }
})

test('a lack of quota and a fault of ours are not kept', async t => {
  const poor = await world.newTenant({ quota: 0 })
  const setQuota = (limit: number) =>
    database.pool.query('update tenants set quota_limit = $1 where id = $2', [limit, poor.tenantId])
  const sendPoor = (key: Record<string, string>) =>
    poor.post('/api/upload', form({ title: 'Film', accounts: poor.accounts }), key)
  const key = newKey()
  assert.equal(said(await sendPoor(key)), '429 quota_exceeded')
  await setQuota(10)
  assert.equal((await sendPoor(key)).status, 201)

  const other = newKey()
  const broken = t.mock.method(world.app.storage, 'put', async () => {
    throw new Error('EIO')
  })
  assert.equal(said(await post('/api/upload', form(fields), other)), '500 internal_error')
  broken.mock.restore()
  assert.equal((await post('/api/upload', form(fields), other)).status, 201)
})

test('after 24 hours a key is new again, and the sweep forgets it after 25', async () => {
  const key = newKey()
  const first = await presign(key)
  const age = (hours: number) =>
    database.pool.query(`update idempotency_keys set created_at = now() - $1 * interval '1 hour' where key = $2`, [
      hours,
      key['idempotency-key']
    ])
  await age(23.9)
  assert.equal((await presign(key, { title: 'Another' })).status, 422)
  await age(24.1)
  const second = await presign(key, { title: 'Another' })
  assert.equal(second.status, 201)
  assert.notEqual(second.body.fileId, first.body.fileId)
  await age(25.1)
  await sweep(database.db)
  const { rows } = await database.pool.query('select from idempotency_keys where key = $1', [key['idempotency-key']])
  assert.equal(rows.length, 0)
})

test('a key that the database would not take back is given back as soon as it does', async () => {
  const { body: session } = await presign(newKey())
  const key = newKey()
  const complete = () => post('/api/upload/complete', { sessionToken: session.sessionToken, parts: [] }, key)
  await database.pool.query(`
    create function refuse () returns trigger language plpgsql as $$ begin raise exception 'away'; end $$;
    create trigger away before delete on idempotency_keys for each row execute function refuse()`)
  assert.equal(said(await complete()), '409 object_missing')
  assert.equal(said(await complete()), '409 idempotency_in_progress')
  await database.pool.query('drop trigger away on idempotency_keys; drop function refuse')
  let last = ''
  await until(
    async () => {
      last = said(await complete())
      return last !== '409 idempotency_in_progress'
    },
    'the key',
    () => last
  )
  assert.equal(last, '409 object_missing')
  const told = (sentence: string) => world.log().split(sentence).length - 1
  assert.deepEqual([told('Key was not given back'), told('given back after all')], [1, 1])
})
