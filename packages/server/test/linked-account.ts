import assert from 'node:assert/strict'
import { openTokens, type StoredTokens, sealTokens } from '../src/accounts/grant.ts'
import { readGrant } from '../src/accounts/queries.ts'
import type { Database } from '../src/db/open.ts'
import { readId } from '../src/lib/ids.ts'
import type { LinkingWorld } from './linking-world.ts'

/** A linked account, and what a test does to it. */
export async function linkOne(world: LinkingWorld, database: Database) {
  const { app } = world
  const { pool } = database
  const workspace = await world.newWorkspace()
  const { accountId } = await workspace.link()
  const account = { tenant_id: workspace.tenantId, id: readId('account', accountId) as string }
  const row = async () => {
    const found = await readGrant(database.db, account)
    assert.ok(found)
    return found
  }
  const tokens = async (): Promise<StoredTokens> => {
    const { tokens: sealed } = await row()
    assert.ok(sealed)
    return openTokens(app.seal, account.id, sealed)
  }
  const put = (changed: StoredTokens) =>
    pool.query('update accounts set tokens = $1 where id = $2', [sealTokens(app.seal, account.id, changed), account.id])
  /** The access token, which lives for `life`, has so many seconds left, as far as we know. */
  const age = async (left: number, life = 3600) => {
    const expiresAt = new Date(Date.now() + left * 1000)
    await put({ ...(await tokens()), expiresAt, issuedAt: new Date(expiresAt.getTime() - life * 1000) })
  }
  /** Access tokens that the platform gave: one for the link, one for each refresh. */
  const given = async () => {
    const { rows } = await pool.query(
      `select count(*)::int as n from sandbox_documents where kind = 'youtube.access' and project = $1`,
      [`sandbox-${workspace.tenantId}`]
    )
    return rows[0].n as number
  }
  const faults = async (body: object) => {
    assert.equal((await workspace.call('PUT', '/sandbox/youtube/faults', body)).status, 200)
  }
  /** The platform forgets the owner's grant. */
  const endGrant = async () => {
    const body = new URLSearchParams({ token: (await tokens()).access })
    const address = `${world.base}/sandbox/youtube/h/oauth2.googleapis.com/revoke`
    assert.equal((await fetch(address, { method: 'POST', body })).status, 200)
  }
  return { ...workspace, account, accountId, row, tokens, put, age, given, faults, endGrant }
}
