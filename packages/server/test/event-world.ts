import assert from 'node:assert/strict'
import { readId } from '../src/lib/ids.ts'
import type { TestDatabase } from './database.ts'
import { type EventReader, readEvents } from './event-reader.ts'
import { form, openUploadWorld, type Tenant } from './upload-world.ts'

/** The API, readers of its events, and the hands of a test on what they tell of. */
export async function openEventWorld(database: TestDatabase) {
  const { pool } = database
  const world = await openUploadWorld(database)

  const open = (tenant: Tenant, { query = '', last }: { query?: string; last?: string | undefined } = {}) =>
    readEvents(`${world.base}/events${query}`, {
      'x-api-key': tenant.key,
      ...(last === undefined ? {} : { 'last-event-id': last })
    })

  /** An upload, and its deliveries' row ids. */
  async function upload(tenant: Tenant, fields: Record<string, string> = {}) {
    const { status, body } = await tenant.post(
      '/api/upload',
      form({ title: 'A', accounts: tenant.accounts, ...fields })
    )
    assert.equal(status, 201, JSON.stringify(body))
    const { rows } = await pool.query('select id from deliveries where upload_id = $1 order by position', [
      readId('upload', body.uploadId)
    ])
    return { uploadId: body.uploadId as string, deliveries: rows.map(row => row.id as string) }
  }

  const change = (id: string, columns: string) => pool.query(`update deliveries set ${columns} where id = $1`, [id])

  return { world, open, upload, change }
}

export const typesOf = ({ received }: EventReader) => received.map(({ event }) => event)
