import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { FILM, openUploadWorld } from '../../test/upload-world.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 1 })

test('a fault of ours promises nothing: what was to be changed may have been', async () => {
  const about = { title: 'Film', accounts: tenant.accounts, fileName: 'a.mp4', contentType: 'video/mp4' }
  await database.pool.query('alter table quotas rename to elsewhere')
  const read = await tenant.ask('GET', '/quota')
  const change = await tenant.post('/api/upload/presign-put', { ...about, fileSize: FILM.length })
  await database.pool.query('alter table elsewhere rename to quotas')
  assert.deepEqual([read.status, read.body.code], [500, 'internal_error'])
  assert.match(read.body.detail, /Try again;/)
  assert.deepEqual([change.status, change.body.code], [500, 'internal_error'])
  assert.match(change.body.detail, /may have been done all the same: repeat it with the same Idempotency-Key/)
})

test('a question that is refused does not speak of creating', async () => {
  const { status, body } = await tenant.asOwner('GET', '/uploads?cursor=x')
  assert.deepEqual([status, body.detail], [422, 'One rule is broken; nothing was done. See errors.'])
})
