import assert from 'node:assert/strict'
import test from 'node:test'
import { Refused } from '@upload24/connectors'
import { testDatabase } from '../../test/database.ts'
import { openLinkingWorld } from '../../test/linking-world.ts'
import { readId } from '../lib/ids.ts'
import { openTokens, type StoredTokens, sealTokens } from './grant.ts'
import { keepAlive } from './keep-alive.ts'
import { readGrant } from './queries.ts'
import { accessToken, renew } from './tokens.ts'

const DAY = 86_400_000

const database = await testDatabase()
const world = await openLinkingWorld(database)
const { app, platforms } = world
const { db, pool } = database
const care = () => keepAlive(app, platforms, new AbortController().signal)

/** A linked account of any platform, and what a test does to it. */
async function link(platform: string, more: object = {}, kinds = platform) {
  const workspace = await world.newWorkspace()
  const { accountId, end } = await workspace.link(0, { platform, ...more })
  const account = { tenant_id: workspace.tenantId, id: readId('account', accountId) as string }
  const row = async () => {
    const found = await readGrant(db, account)
    assert.ok(found)
    return found
  }
  const open = (sealed: Buffer | null): StoredTokens => {
    assert.ok(sealed)
    return openTokens(app.seal, account.id, sealed)
  }
  const tokens = async () => open((await row()).tokens)
  const previous = async () => open((await row()).previous_tokens)
  const put = async (changed: Partial<StoredTokens>) => {
    const sealed = sealTokens(app.seal, account.id, { ...(await tokens()), ...changed })
    await pool.query('update accounts set tokens = $1 where id = $2', [sealed, account.id])
  }
  const set = (what: string) => pool.query(`update accounts set ${what} where id = $1`, [account.id])
  /** Access tokens that the platform gave: one for the link, one for each refresh. */
  const given = async () => {
    const { rows } = await pool.query(
      'select count(*)::int as n from sandbox_documents where kind = $1 and project = $2',
      [`${kinds}.access`, `sandbox-${workspace.tenantId}`]
    )
    return rows[0].n as number
  }
  const faults = async (body: object) => {
    const { status, body: answer } = await workspace.call('PUT', `/sandbox/${platform}/faults`, body)
    assert.equal(status, 200, JSON.stringify(answer))
  }
  return { ...workspace, account, end, row, tokens, previous, put, set, given, faults }
}

const isRelink = (error: unknown) => error instanceof Refused && error.failure.kind === 'relink'

test('a grant is renewed at half the life of its refresh token, and the pair before it is kept', async () => {
  const { row, tokens, previous, set, given } = await link('tiktok')
  const { issuedAt, refreshExpiresAt } = await tokens()
  assert.ok(refreshExpiresAt)
  assert.equal((await row()).refresh_at?.getTime(), (issuedAt.getTime() + refreshExpiresAt.getTime()) / 2)
  await care()
  assert.equal(await given(), 1, 'it is too early')

  const old = await tokens()
  await set(`refresh_at = now() - interval '1 second'`)
  await Promise.all([care(), care(), care()])
  assert.equal(await given(), 2, 'three sweeps at once make one refresh')
  const fresh = await tokens()
  assert.notEqual(fresh.access, old.access)
  assert.notEqual(fresh.refresh, old.refresh)
  assert.deepEqual(await previous(), old)
  assert.ok(((await row()).refresh_at?.getTime() ?? 0) > Date.now() + DAY)
})

test('a grant that is dead is found out, and the account needs its owner', async () => {
  const { row, set, tenantId } = await link('tiktok')
  // Its owner withdrew it at the platform.
  await pool.query(`delete from sandbox_documents where kind = 'tiktok.grant' and project = $1`, [
    `sandbox-${tenantId}`
  ])
  await set('refresh_at = now()')
  await care()
  assert.equal((await row()).status, 'needs_relink')
})

test('a platform that does not answer is asked again in an hour, and nothing is marked', async () => {
  const { row, set, faults, given } = await link('tiktok')
  await faults({ status: { at: 'token', code: 503 } })
  await set('refresh_at = now()')
  await care()
  const { status, refresh_at, refresh_lease } = await row()
  assert.deepEqual([status, refresh_lease, await given()], ['active', null, 1])
  assert.ok(Math.abs((refresh_at?.getTime() ?? 0) - Date.now() - 3_600_000) < 60_000)
})

test('a token without a refresh token is renewed by itself; one that is too young is tried tomorrow', async () => {
  const { row, tokens, put, set, given } = await link('instagram', { auth: 'instagram' }, 'instagram.igLong')
  const young = await tokens()
  assert.equal(young.refresh, undefined)
  assert.ok((await row()).refresh_at)
  const before = await given()
  await set('refresh_at = now()')
  await care()
  const { refresh_at, token_version, refresh_lease } = await row()
  assert.deepEqual([await tokens(), token_version, refresh_lease], [young, 1, null])
  assert.ok(Math.abs((refresh_at?.getTime() ?? 0) - Date.now() - DAY) < 60_000)

  await put({ issuedAt: new Date(Date.now() - 31 * DAY), expiresAt: new Date(Date.now() + 29 * DAY) })
  // The sandbox counts the age of its own token: it was made two days ago.
  await pool.query(
    `update sandbox_documents set doc = jsonb_set(doc, '{issuedAt}', to_jsonb(to_char(now() - interval '2 days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
     where kind = 'instagram.igLong.access'`
  )
  await set('refresh_at = now()')
  await care()
  assert.equal(await given(), before + 1)
  assert.notEqual((await tokens()).access, young.access)
  assert.ok(((await row()).refresh_at?.getTime() ?? 0) > Date.now() + 29 * DAY)
})

test('facts are read once a day, and stay where the platform does not tell them', async () => {
  const { row, set, faults } = await link('tiktok')
  const { facts } = await row()
  await set(`facts = '{"old": true}', handle = '@old'`)
  await care()
  assert.deepEqual((await row()).facts, { old: true }, 'they are of today')

  await set(`facts_at = now() - interval '25 hours'`)
  await faults({
    status: [
      { at: 'user', code: 503, times: 9 },
      { at: 'creator', code: 503, times: 9 }
    ]
  })
  await care()
  assert.deepEqual((await row()).facts, { old: true })
  await care()
  assert.ok((await row()).facts_at.getTime() < Date.now() - 22 * 3_600_000, 'in an hour it is tried again')

  await faults({})
  await set(`facts_at = now() - interval '25 hours'`)
  await Promise.all([care(), care()])
  const fresh = await row()
  assert.deepEqual(fresh.facts, facts)
  assert.notEqual(fresh.handle, '@old')
  assert.ok(fresh.facts_at.getTime() > Date.now() - 60_000)
})

test('ten workers of a platform whose refresh tokens work once make one exchange', async () => {
  const { account, tokens, previous, put, given } = await link('tiktok')
  await put({ expiresAt: new Date(Date.now() - 1000) })
  const old = await tokens()
  const all = await Promise.all(Array.from({ length: 10 }, () => accessToken(app, platforms, account)))
  assert.equal(new Set(all).size, 1)
  assert.equal(await given(), 2)
  assert.deepEqual([(await tokens()).access, await previous()], [all[0], old])
  // The new pair works: it was stored before anybody used it.
  assert.notEqual(await renew(app, platforms, account, all[0] as string), all[0])
  assert.equal(await given(), 3)
})

test('a lost answer where refresh tokens work once: ten workers make one exchange, and use the old token while it lives', async () => {
  const { account, tokens, row, put, set, given, faults } = await link('tiktok')
  await put({ issuedAt: new Date(Date.now() - DAY), expiresAt: new Date(Date.now() + 200_000) })
  const old = await tokens()
  await faults({ cutAnswer: { at: 'token' } })
  const all = await Promise.all(Array.from({ length: 10 }, () => accessToken(app, platforms, account)))
  assert.deepEqual([new Set(all), await given()], [new Set([old.access]), 2])
  assert.deepEqual(await tokens(), old, 'the pair stays where it was')
  assert.ok((await row()).refresh_lease, 'until the lost exchange can have no effect any more')

  // The old refresh token is tried once more. Here it is dead, and only the owner can help.
  await set(`refresh_until = now() - interval '1 second'`)
  await assert.rejects(accessToken(app, platforms, account), isRelink)
  assert.deepEqual([(await row()).status, await given()], ['needs_relink', 2])
})

test('several accounts of one grant are linked together, each with its own token', async () => {
  const { account, end, call } = await link('instagram')
  const linked = end.searchParams.getAll('linked')
  assert.ok(linked.length > 1)
  const { body } = await call('GET', '/accounts')
  assert.deepEqual(body.items.map((each: { accountId: string }) => each.accountId).sort(), [...linked].sort())
  const access = await Promise.all(
    linked.map(async id => {
      const found = await readGrant(db, { tenant_id: account.tenant_id, id: readId('account', id) as string })
      assert.ok(found?.tokens)
      return openTokens(app.seal, found.id, found.tokens).access
    })
  )
  assert.equal(new Set(access).size, linked.length)
})

test('an account whose token cannot name it keeps its grant and its facts', async () => {
  const { row, set, tokens } = await link('instagram')
  const [{ facts }, { access }] = [await row(), await tokens()]
  await set(`facts_at = now() - interval '25 hours'`)
  await care()
  const after = await row()
  assert.deepEqual([after.status, after.facts, (await tokens()).access], ['active', facts, access])
})
