import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { publicId } from '../src/lib/ids.ts'
import { readStatus } from '../src/uploads/service.ts'
import { testDatabase } from './database.ts'
import { insertDue } from './delivery-rows.ts'

const { db, pool } = await testDatabase()

test('what ends between two reads of an upload is seen at it and at its deliveries, or at neither', async () => {
  const { tenantId } = await insertDue(pool, { accounts: 2, perAccount: 1 })
  const { rows } = await pool.query<{ id: string }>('select id from uploads where tenant_id = $1', [tenantId])
  const id = rows[0]?.id as string
  let hasEnded = false
  /** As every delivery ends: a step's last word, and the upload's by trigger. */
  const end = async () => {
    await sql`update deliveries set status = 'running', lease = gen_random_uuid() where upload_id = ${id}`.execute(db)
    await sql`update deliveries set status = 'uploaded', lease = null, ended_at = now() where upload_id = ${id}`.execute(
      db
    )
  }
  const interrupted = db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (!hasEnded) await end()
      hasEnded = true
      return result
    }
  })
  const seen = await readStatus(interrupted, tenantId, id)
  assert.ok(hasEnded)
  assert.deepEqual(
    seen.accounts.map(({ status }) => status),
    ['Uploaded', 'Uploaded']
  )
  assert.equal(seen.status, 'Uploaded')
  assert.equal(seen.uploadId, publicId('upload', id))
  const { updatedAt } = await readStatus(db, tenantId, id)
  assert.equal(seen.updatedAt, updatedAt)
})
