import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { sql } from 'kysely'
import { testDatabase } from '../../test/database.ts'
import { form, openUploadWorld } from '../../test/upload-world.ts'
import { newId, readId } from '../lib/ids.ts'
import { holdBytes, type KeptFile, lockUnneeded, markRemoved } from './queries.ts'
import { createRetention, findMissing, removeOrphans, removeUnneeded } from './sweep.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 2 })
const { pool, db } = database
const never = new AbortController().signal
const { app } = world

/** An upload to two accounts, made two days ago. */
async function upload(): Promise<{ id: string; uploadId: string; key: string }> {
  const { body } = await tenant.post('/api/upload', form({ title: 'Film', accounts: tenant.accounts }))
  const id = readId('upload', body.uploadId) as string
  const { rows } = await pool.query(
    `update files f set created_at = now() - interval '5 days' from uploads u
     where u.id = $1 and f.id = u.file_id returning f.storage_key as key`,
    [id]
  )
  return { id, uploadId: body.uploadId, key: rows[0].key }
}
/** How its two deliveries ended, so many hours ago; `running` has not. */
async function end(id: string, ...ends: readonly [status: string, hours: number][]) {
  for (const [position, [status, hours]] of ends.entries()) {
    await pool.query(
      `update deliveries set status = $2::text, ended_at = case when $2 in ('scheduled', 'running') then null
         else now() - $3 * interval '1 hour' end, doubt_commits = $5, doubt = case when $5 then 'commit' end
       where upload_id = $1 and position = $4`,
      [id, status === 'unknown' ? 'failed' : status, hours, position, status === 'unknown']
    )
  }
}
const isThere = async (key: string) => {
  for await (const stored of world.disk.list()) if (stored.key === key) return true
  return false
}

test('bytes stay while any delivery may need them, and go afterwards', async () => {
  const cases: readonly [stays: boolean, ...ends: [status: string, hours: number][]][] = [
    [true, ['scheduled', 0], ['uploaded', 90]],
    [true, ['running', 0], ['uploaded', 90]],
    [true, ['uploaded', 23], ['uploaded', 90]],
    [true, ['canceled', 23], ['uploaded', 90]],
    [true, ['failed', 72], ['uploaded', 90]],
    [true, ['unknown', 400 * 24], ['uploaded', 90]],
    [false, ['failed', 74], ['uploaded', 74]],
    [false, ['uploaded', 25], ['canceled', 25]]
  ]
  const made = []
  for (const [stays, ...ends] of cases) {
    const each = await upload()
    await end(each.id, ...ends)
    made.push({ ...each, stays, ends })
  }
  assert.equal(await removeUnneeded(app, never), 2)
  for (const { key, stays, ends, uploadId, id } of made) {
    assert.equal(await isThere(key), stays, JSON.stringify(ends))
    const { status, body } = await tenant.ask('GET', `/api/upload/${uploadId}/status`)
    assert.deepEqual([status, body.file.size], [200, 1000])
    assert.equal(await holdBytes(db, tenant.tenantId, id), stays)
  }
  assert.equal(await removeUnneeded(app, never), 0)
})

test('a retry that comes first keeps the bytes, and one that comes too late is told', async () => {
  const { id, key } = await upload()
  await end(id, ['failed', 80], ['uploaded', 80])
  const trx = await db.startTransaction().execute()
  await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx)
  assert.equal(await holdBytes(trx, tenant.tenantId, id), true)
  // What is held is passed over, not waited for.
  assert.equal(await removeUnneeded(app, never), 0)
  await end(id, ['running', 0], ['uploaded', 80])
  await trx.commit().execute()
  assert.equal(await removeUnneeded(app, never), 0)
  assert.equal(await isThere(key), true)
  await end(id, ['failed', 80], ['uploaded', 80])
  assert.equal(await removeUnneeded(app, never), 1)
  assert.equal(await holdBytes(db, tenant.tenantId, id), false)
})

test('a delivery that runs again between the look and the lock keeps its bytes', async () => {
  const { id } = await upload()
  await end(id, ['failed', 80], ['uploaded', 80])
  const found = (await lockUnneeded(db)) as KeptFile
  await end(id, ['running', 0], ['uploaded', 80])
  assert.equal(await markRemoved(db, found), false)
  assert.equal(await holdBytes(db, tenant.tenantId, id), true)
})

test('a retry or a look anew without the bytes is 409 file_removed, and changes nothing', async () => {
  const { id, uploadId } = await upload()
  const failure = { kind: 'permanent', scope: 'delivery', code: 'refused', message: 'No.' }
  await pool.query('update deliveries set failure = $2 where upload_id = $1', [id, JSON.stringify(failure)])
  await end(id, ['failed', 80], ['failed', 80])
  await removeUnneeded(app, never)
  await end(id, ['failed', 80], ['unknown', 80])
  const before = await tenant.readQuota()
  const [first, second] = tenant.accounts
  const retry = await tenant.post(`/api/upload/${uploadId}/retry`, { accounts: [first] })
  const look = await tenant.post(`/api/upload/${uploadId}/resolve`, { accountId: second, live: false, confirm: true })
  for (const { status, body } of [retry, look])
    assert.deepEqual([status, body.code], [409, 'file_removed'], body.detail)
  assert.deepEqual(await tenant.readQuota(), before)
})

test('an unknown outcome keeps its bytes until a person says what became of it', async () => {
  const { id, uploadId, key } = await upload()
  await end(id, ['unknown', 400 * 24], ['uploaded', 400 * 24])
  assert.equal(await removeUnneeded(app, never), 0)
  const [accountId] = tenant.accounts
  const { status } = await tenant.post(`/api/upload/${uploadId}/resolve`, { accountId, live: true })
  assert.equal(status, 200)
  await pool.query(`update deliveries set ended_at = now() - interval '25 hours' where upload_id = $1`, [id])
  assert.equal(await removeUnneeded(app, never), 1)
  assert.equal(await isThere(key), false)
})

test('objects that nothing knows of go when they are a day old; what sessions, uploads and imports need never does', async () => {
  const { key } = await upload()
  const session = (
    await tenant.post('/api/upload/presign-put', {
      title: 'Film',
      accounts: tenant.accounts,
      fileName: 'film.mp4',
      fileSize: 4,
      contentType: 'video/mp4'
    })
  ).body
  await world.send('PUT', session.uploadUrl, { body: Buffer.from('four'), headers: { 'content-type': 'video/mp4' } })
  const orphan = `${tenant.tenantId}/${newId()}`
  const probe = `health/${newId()}`
  for (const each of [orphan, probe]) {
    await world.disk.put(each, Readable.from([Buffer.from('four')]), { maxBytes: 4 })
  }
  assert.equal(await removeOrphans(app, never), 0)
  const tomorrow = Date.now() + 25 * 3_600_000
  assert.equal(await removeOrphans(app, never, tomorrow), 2)
  const kept = [key, `${tenant.tenantId}/${readId('file', session.fileId)}`]
  assert.deepEqual(await Promise.all([orphan, probe, ...kept].map(isThere)), [false, false, true, true])
  await pool.query(`update upload_sessions set status = 'expired' where file_id = $1`, [readId('file', session.fileId)])
  assert.equal(await removeOrphans(app, never, tomorrow), 1)
})

test('bytes that a killed sweep left behind are orphans', async () => {
  const { id, key } = await upload()
  await end(id, ['uploaded', 80], ['uploaded', 80])
  const storage = { ...world.disk, remove: () => Promise.reject(new Error('killed')) }
  await assert.rejects(removeUnneeded({ ...app, storage }, never), /killed/)
  assert.equal(await isThere(key), true)
  assert.equal(await removeOrphans(app, never, Date.now() + 25 * 3_600_000), 1)
  assert.equal(await isThere(key), false)
})

test('a database that knows nothing of a store removes nothing of it', async () => {
  const keys = Array.from({ length: 12 }, () => ({ key: `x/${newId()}`, changedAt: new Date(0) }))
  const removed: string[] = []
  const storage = {
    ...world.disk,
    async *list() {
      yield* keys
    },
    remove: async (key: string) => {
      removed.push(key)
    }
  }
  assert.equal(await removeOrphans({ ...app, storage }, never), 0)
  assert.deepEqual(removed, [])
  assert.match(world.log(), /knows none of the objects/)
})

test('files whose bytes are gone are told, and stay as they are', async () => {
  const { id, key } = await upload()
  assert.deepEqual(await findMissing(app, never), [])
  await world.disk.remove(key)
  const { rows } = await pool.query('select file_id as id from uploads where id = $1', [id])
  const missing = await findMissing(app, never)
  assert.deepEqual(
    missing.map(each => readId('file', each)),
    [rows[0].id]
  )
  assert.equal(await holdBytes(db, tenant.tenantId, id), true)
})

test('the sweep takes its turn once an hour', async t => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  let lists = 0
  const storage = {
    ...world.disk,
    async *list() {
      lists++
      yield* []
    }
  }
  const retention = createRetention({ ...app, storage }, never)
  const counts: number[] = []
  for (let minute = 0; minute < 181; minute++) {
    await retention.sweep()
    t.mock.timers.tick(60_000)
    if (minute % 60 === 0) counts.push(lists)
  }
  assert.deepEqual(counts.slice(-1)[0], 3)
})
