import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { readFixture } from '../../test/make-video.ts'
import { faultsOf, openUploadWorld } from '../../test/upload-world.ts'
import { readId } from '../lib/ids.ts'
import { insertUses } from './queries.ts'
import { sweepFiles } from './sweep.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(100, 7)])
const JPEG = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(100, 7)])
const SRT = '1\n00:00:00,000 --> 00:00:02,000\nHallo\n'

function form(file: Buffer | string, name: string, type = 'application/octet-stream') {
  const made = new FormData()
  made.append('file', new Blob([file as string], { type }), name)
  return made
}

test('a picture or captions are kept, and called what they are', async () => {
  const tenant = await world.newTenant()
  const files: [Buffer | string, string, string][] = [
    [PNG, 'cover.jpg', 'image/png'],
    [JPEG, 'cover.png', 'image/jpeg'],
    [SRT, 'de.srt', 'application/x-subrip'],
    [`\ufeff${SRT.replaceAll('\n', '\r\n')}`, 'bom.srt', 'application/x-subrip'],
    ['00:00:00,5 --> 00:00:02,000\nOhne Nummer', 'x.srt', 'application/x-subrip'],
    ['WEBVTT - Titel\n\n00:00.000 --> 00:02.000\nHallo', 'de.vtt', 'text/vtt'],
    ['0:00:00.000,0:00:02.000\nHallo\n', 'de.sbv', 'text/x-sbv'],
    ['<?xml version="1.0"?>\n<tt xmlns="http://www.w3.org/ns/ttml"/>', 'de.ttml', 'application/ttml+xml']
  ]
  for (const [bytes, name, contentType] of files) {
    const { status, body } = await tenant.post('/api/files', form(bytes, name, 'text/plain'))
    assert.equal(status, 201, JSON.stringify(body))
    const { fileId, ...rest } = body
    assert.match(fileId, /^file_/)
    assert.deepEqual(rest, { name, size: Buffer.byteLength(bytes), contentType })
    const { rows } = await database.pool.query('select storage_key, etag, bytes from files where id = $1', [
      readId('file', fileId)
    ])
    const [{ storage_key: key, etag, bytes: size }] = rows
    const stored = await (await world.disk.read({ key, etag, bytes: size }, 0, size)).toArray()
    assert.equal(sha256(Buffer.concat(stored)), sha256(Buffer.from(bytes as string)))
  }
})

test('anything else is refused with what it looks like, and nothing stays', async () => {
  const tenant = await world.newTenant()
  const before = await world.traces()
  const latin1 = Buffer.from('1\n00:00:00,000 --> 00:00:02,000\nSch\xf6n\n', 'latin1')
  for (const [bytes, looks] of [
    [readFixture('video.mp4'), /looks like/],
    ['%PDF-1.7', /PDF/],
    ['WEBVTTX', /text/],
    [latin1, /UTF-8/]
  ] as const) {
    const answer = await tenant.post('/api/files', form(bytes, 'x.png', 'image/png'))
    assert.equal(answer.status, 422)
    assert.equal(answer.body.code, 'file_invalid')
    assert.match(answer.body.errors[0].message, looks)
  }
  const tooBig = Buffer.concat([PNG, Buffer.alloc(50 * 2 ** 20)])
  assert.equal((await tenant.post('/api/files', form(tooBig, 'x.png'))).body.code, 'too_large')
  const more = form(PNG, 'x.png')
  more.append('titel', 'x')
  assert.deepEqual(faultsOf(await tenant.post('/api/files', more)), ['titel unknown_field'])
  assert.deepEqual(faultsOf(await tenant.post('/api/files', new FormData())), ['file required'])
  assert.equal((await tenant.post('/api/files', { file: 'x' })).status, 415)
  assert.deepEqual(await world.traces(), before)
})

test('Idempotency-Key keeps one file of two requests, and knows another', async () => {
  const tenant = await world.newTenant()
  const send = (bytes: Buffer) =>
    tenant.ask('POST', '/api/files', { body: form(bytes, 'a.png'), headers: { 'idempotency-key': 'cover' } })
  const first = await send(PNG)
  const before = await world.traces()
  const second = await send(PNG)
  assert.deepEqual([second.status, second.body], [201, first.body])
  assert.equal(second.headers.get('idempotent-replayed'), 'true')
  assert.equal((await send(JPEG)).body.code, 'idempotency_key_reused')
  assert.deepEqual(await world.traces(), before)
})

test('after a day a file goes that nothing uses, and stays while a session or an upload does', async () => {
  const tenant = await world.newTenant()
  const { pool, db } = database
  const add = async () => readId('file', (await tenant.post('/api/files', form(PNG, 'a.png'))).body.fileId) as string
  const [young, unused, ofSession, ofUpload] = [await add(), await add(), await add(), await add()]
  const { sessionId, uploadId } = await makeUsers(tenant.tenantId)
  await insertUses(db, tenant.tenantId, { sessionId }, [ofSession])
  await insertUses(db, tenant.tenantId, { uploadId }, [ofUpload])
  await pool.query(`update files set created_at = now() - interval '25 hours' where id = any($1)`, [
    [unused, ofSession, ofUpload]
  ])
  const left = async () => {
    const { rows } = await pool.query('select id from files where id = any($1)', [[young, unused, ofSession, ofUpload]])
    return rows.map(row => row.id).sort()
  }
  assert.equal(await sweepFiles(world.app), 1)
  assert.deepEqual(await left(), [young, ofSession, ofUpload].sort())
  assert.ok(!(await world.traces()).objects.some((path: string) => path.includes(unused)))

  await pool.query(`update upload_sessions set status = 'aborted' where id = $1`, [sessionId])
  assert.equal(await sweepFiles(world.app), 1)
  assert.deepEqual(await left(), [young, ofUpload].sort())
  assert.equal(await sweepFiles(world.app), 0)
})

/** A session and an upload, as bare rows. */
async function makeUsers(tenantId: string) {
  const { rows } = await database.pool.query(
    `with v as (
       insert into files (id, tenant_id, storage_key, etag, bytes, name, content_type)
       values (gen_random_uuid(), $1, 'v', '"v"', 1, 'v', 'video/mp4') returning id),
     u as (
       insert into uploads (id, tenant_id, file_id, title, status)
       select gen_random_uuid(), $1, id, 'x', 'Uploaded' from v returning id),
     s as (
       insert into upload_sessions (id, tenant_id, token_hash, kind, status, file_id, storage_key, file_name, file_size,
         content_type, description, account_ids, quota_month, expires_at)
       values (gen_random_uuid(), $1, decode(md5($1::text), 'hex'), 'put', 'open', gen_random_uuid(), 's', 's', 1,
         'video/mp4', '{}', '{}', '2026-11-01', now() + interval '1 day') returning id)
     select u.id as "uploadId", s.id as "sessionId" from u, s`,
    [tenantId]
  )
  return rows[0] as { uploadId: string; sessionId: string }
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
