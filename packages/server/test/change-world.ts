import assert from 'node:assert/strict'
import { readId } from '../src/lib/ids.ts'
import type { TestDatabase } from './database.ts'
import { form, openUploadWorld, type Tenant } from './upload-world.ts'

/** The API without a worker, scheduled uploads, and the hands of a test on their rows. */
export async function openChangeWorld(database: TestDatabase) {
  const { pool } = database
  const world = await openUploadWorld(database)

  /** A scheduled upload to all accounts of a new workspace. */
  async function schedule(options: Parameters<typeof world.newTenant>[0] = {}, fields: Record<string, string> = {}) {
    const tenant = await world.newTenant(options)
    const about = { title: 'Before', accounts: tenant.accounts, scheduledOn: later(3), ...fields }
    const { status, body } = await tenant.post('/api/upload', form(about))
    assert.equal(status, 201, JSON.stringify(body))
    const uploadId = body.uploadId as string
    return { tenant, uploadId, path: `/api/upload/${uploadId}` }
  }

  const rowsOf = async (uploadId: string) => {
    const { rows } = await pool.query('select * from deliveries where upload_id = $1 order by position', [
      readId('upload', uploadId)
    ])
    return rows
  }
  const set = (uploadId: string, columns: string, position = 0) =>
    pool.query(`update deliveries set ${columns} where upload_id = $1 and position = $2`, [
      readId('upload', uploadId),
      position
    ])
  const refresh = (tenant: Tenant, uploadId: string) =>
    pool.query('select refresh_upload($1, $2)', [tenant.tenantId, readId('upload', uploadId)])

  return { world, schedule, rowsOf, set, refresh }
}

export const later = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000).toISOString()

/** Columns of a delivery that ended so. */
export const UNKNOWN = `status = 'failed', stage = 'transfer', doubt = 'send', doubt_commits = true, state = null,
  doubt_since = now() - interval '10 minutes', ended_at = now(), settled_at = now() - interval '1 minute',
  failure = '{"kind":"unknown","scope":"delivery","code":"outcome_unknown","message":"Please look."}'`
export const FAILED = `status = 'failed', ended_at = now(), tries = 3, sent = 5,
  failure = '{"kind":"permanent","scope":"delivery","code":"gave_up","message":"It could not be reached."}'`
