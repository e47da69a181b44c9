import type pg from 'pg'
import { newId } from '../src/lib/ids.ts'
import type { Seal } from '../src/lib/seal.ts'
import { issueAccessToken } from '../src/tenants/access-token.ts'
import { openWorkspace } from '../test/workspace.ts'

interface Ground {
  readonly base: string
  readonly pool: pg.Pool
  readonly seal: Seal
}

/** Longer than any run. */
const SECONDS = 6 * 3600

/** A workspace of its own for one history, with its owner signed in. Written as rows: to hash a password takes longer than the rest. */
export async function openOwner({ base, pool, seal }: Ground) {
  const [tenantId, userId] = [newId(), newId()]
  await pool.query('insert into tenants (id, name, slug) values ($1, $2, $3)', [tenantId, 'Engines', tenantId])
  await pool.query('insert into users (id, name, email) values ($1, $2, $3)', [userId, 'Ada', `${userId}@example.com`])
  await pool.query(`insert into members (id, tenant_id, user_id, role) values ($1, $2, $3, 'owner')`, [
    newId(),
    tenantId,
    userId
  ])
  const { accessToken } = await issueAccessToken({ seal }, { tenantId, userId, role: 'owner' }, SECONDS)
  return { tenantId, workspace: openWorkspace(base, accessToken) }
}
