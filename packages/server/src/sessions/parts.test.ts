import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { makeVideo } from '../../test/make-video.ts'
import { type Answer, faultsOf, openUploadWorld } from '../../test/upload-world.ts'
import { readId } from '../lib/ids.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 1 })

const SIZE = 5 * 2 ** 20
const FILM = makeVideo(2 * SIZE + 1)

interface Begun {
  readonly sessionToken: string
  readonly fileId: string
  readonly parts: readonly { partNumber: number; uploadUrl: string; size: number }[]
}
const piece = (number: number) => FILM.subarray((number - 1) * SIZE, number * SIZE)

/** A session of three parts, of which `arrived` have been PUT; `tags` are their ETags. */
async function begin(arrived: readonly number[] = [1, 2, 3]) {
  const { status, body } = await tenant.post('/api/upload/multipart', {
    title: 'Film',
    accounts: tenant.accounts,
    fileName: 'film.mp4',
    fileSize: FILM.length,
    contentType: 'video/mp4',
    partSize: SIZE
  })
  assert.equal(status, 201)
  const begun: Begun = body
  const put = async (number: number, bytes = piece(number)) => {
    const { uploadUrl } = begun.parts[number - 1] as Begun['parts'][0]
    return world.send('PUT', uploadUrl, { body: bytes })
  }
  const tags: Record<number, string> = {}
  for (const number of arrived) tags[number] = (await put(number)).headers.get('etag') as string
  const complete = (parts: unknown) => tenant.post('/api/upload/complete', { sessionToken: begun.sessionToken, parts })
  const part = (partNumber: number) => ({ partNumber, eTag: tags[partNumber] })
  return { ...begun, put, tags, complete, part, whole: [part(1), part(2), part(3)] }
}

const told = (answer: Answer) => [`${answer.status} ${answer.body.code}`, ...faultsOf(answer)]

test('parts that arrive in any order, one of them twice, become the file', async () => {
  const session = await begin([3, 1, 1, 2])
  assert.deepEqual(
    session.parts.map(part => part.size),
    [SIZE, SIZE, 1]
  )
  const { status, body } = await session.complete(session.whole)
  assert.equal(status, 201)
  const { rows } = await database.pool.query('select etag from files where id = $1', [readId('file', body.file.fileId)])
  const key = `${tenant.tenantId}/${readId('file', session.fileId)}`
  const film = await buffer(await world.disk.read({ key, etag: rows[0].etag, bytes: FILM.length }, 0, FILM.length))
  assert.ok(film.equals(FILM))
  assert.deepEqual(told(await session.put(1)), ['409 session_completed'])
})

test('an ETag is read quoted or bare, weak, and under each of its names', async () => {
  const { complete, tags } = await begin()
  const [one = '', two = '', three = ''] = [tags[1], tags[2], tags[3]]
  const bare = two.replaceAll('"', '')
  assert.match(one, /^"[0-9a-f]{32}"$/)
  const { status } = await complete([
    { partNumber: 1, etag: one },
    { partNumber: 2, ETag: bare },
    { partNumber: 3, eTag: `W/${three}` }
  ])
  assert.equal(status, 201)
})

test('a list that is not what has arrived is refused part by part, and the right one works afterwards', async () => {
  const session = await begin()
  const { part, complete, whole } = session
  const wrong = { partNumber: 2, eTag: '"00000000000000000000000000000000"' }
  const cases: [parts: unknown[], faults: string[]][] = [
    [[], ['parts missing', 'parts missing', 'parts missing']],
    [[part(1), part(2)], ['parts missing']],
    [[part(2), part(1), part(3)], ['parts[1] order']],
    [[part(1), part(2), part(2), part(3)], ['parts[2] order']],
    [[...whole, { partNumber: 4, eTag: '"x"' }], ['parts[3].partNumber unknown']],
    [[part(1), wrong, part(3)], ['parts[1] etag']],
    [
      [part(3), wrong, { partNumber: 9, eTag: 'x' }],
      ['parts missing', 'parts[1] etag', 'parts[1] order', 'parts[2].partNumber unknown']
    ]
  ]
  const before = await world.traces()
  for (const [parts, faults] of cases) {
    assert.deepEqual(told(await complete(parts)), ['422 invalid_parts', ...faults.sort()], JSON.stringify(parts))
  }
  assert.deepEqual(await world.traces(), before)
  assert.equal((await complete(whole)).status, 201)
})

test('parts that have not arrived are named', async () => {
  const { complete, part, put, tags } = await begin([1])
  const guess = (partNumber: number) => ({ partNumber, eTag: tags[1] })
  assert.deepEqual(told(await complete([part(1), guess(2), guess(3)])), [
    '422 invalid_parts',
    'parts[1] missing',
    'parts[2] missing'
  ])
  assert.deepEqual(told(await complete([part(1), guess(2)])), [
    '422 invalid_parts',
    'parts missing',
    'parts[1] missing'
  ])
  assert.deepEqual(told(await put(2, piece(1).subarray(1))), ['422 file_size_mismatch'])
  for (const number of [2, 3]) tags[number] = (await put(number)).headers.get('etag') as string
  assert.equal((await complete([part(1), part(2), part(3)])).status, 201)
})

test('a part without an ETag, of a wrong shape or number is a fault of the field', async () => {
  const { complete } = await begin([])
  const parts = [
    { partNumber: 1 },
    { partNumber: 0, eTag: 'x' },
    { partNumber: 10_001, eTag: 'x' },
    { partNumber: '2', eTag: 'x' },
    { partNumber: 3, eTag: '' },
    { partNumber: 4, eTag: 'x', size: 5 },
    7
  ]
  assert.deepEqual(told(await complete(parts)), [
    '422 validation_failed',
    'parts[0].eTag invalid_value',
    'parts[1].partNumber too_small',
    'parts[2].partNumber too_big',
    'parts[3].partNumber invalid_type',
    'parts[4].eTag too_small',
    'parts[5].size unknown_field',
    'parts[6] invalid_type'
  ])
  assert.deepEqual(told(await complete('all')), ['422 validation_failed', 'parts invalid_type'])
})

test('an ETag of bytes that were replaced since is refused', async () => {
  const { complete, put, whole, part, tags } = await begin()
  tags[3] = (await put(3, Buffer.from([(FILM.at(-1) as number) ^ 1]))).headers.get('etag') as string
  assert.deepEqual(told(await complete(whole)), ['422 invalid_parts', 'parts[2] etag'])
  assert.equal((await complete([part(1), part(2), part(3)])).status, 201)
})

test('an abort removes the parts', async () => {
  const before = await world.traces()
  const { sessionToken, put, complete, whole } = await begin()
  assert.equal((await tenant.post('/api/upload/abort', { sessionToken })).status, 200)
  assert.deepEqual((await world.traces()).objects, before.objects)
  assert.deepEqual(told(await put(1)), ['404 not_found'])
  assert.deepEqual(told(await complete(whole)), ['409 session_aborted'])
})
