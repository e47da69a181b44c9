import assert from 'node:assert/strict'
import test from 'node:test'
import { type Connector, type OAuth, Refused } from '@upload24/connectors'
import { testDatabase } from '../../test/database.ts'
import { linkOne } from '../../test/linked-account.ts'
import { openLinkingWorld } from '../../test/linking-world.ts'
import { openDatabase } from '../db/open.ts'
import { createPlatforms, type Platforms } from '../platforms/platforms.ts'
import { openTokens } from './grant.ts'
import { accessToken, LEAST_FOR_TRANSFER, markNeedsRelink, renew } from './tokens.ts'

const database = await testDatabase()
const world = await openLinkingWorld(database)
const { app, platforms } = world
const { pool } = database
const newAccount = () => linkOne(world, database)

const refusal = (kind: string, code: string) => (error: unknown) => {
  assert.ok(error instanceof Refused, String(error))
  assert.deepEqual([error.failure.kind, error.failure.scope, error.failure.code], [kind, 'account', code])
  return true
}
const isRelink = refusal('relink', 'sign_in_expired')

/** The same platform with another habit. */
function withReplay(replay: OAuth['replay']): Platforms {
  const youtube = platforms.connectors.youtube as Connector
  const google = youtube.auths.google as OAuth
  return { ...platforms, connectorOf: () => ({ ...youtube, auths: { google: { ...google, replay } } }) }
}

/** The same platforms, where a call waits: `asked` resolves with the first one, `release` lets it go on its way. */
function holding() {
  const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const dispatcher = (origin: string) =>
    platforms.network.dispatcher(origin).compose(dispatch => (about, handler) => {
      asked.resolve()
      void released.promise.then(() => dispatch(about, handler))
      return true
    })
  const held: Platforms = { ...platforms, network: { ...platforms.network, dispatcher } }
  return { held, asked: asked.promise, release: released.resolve }
}

test('a token that lives long enough is used as it is', async () => {
  const { account, tokens, given } = await newAccount()
  assert.equal(await accessToken(app, platforms, account), (await tokens()).access)
  assert.equal(await accessToken(app, platforms, account, { leastSeconds: 3000 }), (await tokens()).access)
  assert.equal(await given(), 1)
})

test('a token is renewed ahead: five minutes, fifteen before a transfer', async () => {
  const { account, age, given, tokens, row } = await newAccount()
  const before = await tokens()
  await age(400)
  assert.equal(await accessToken(app, platforms, account), before.access)
  const fresh = await accessToken(app, platforms, account, { leastSeconds: LEAST_FOR_TRANSFER })
  assert.notEqual(fresh, before.access)
  assert.equal(await given(), 2)
  const after = await tokens()
  assert.deepEqual([after.access, after.refresh], [fresh, before.refresh])
  assert.ok((after.expiresAt?.getTime() ?? 0) > Date.now() + 3_500_000)
  const { token_version, previous_tokens, refresh_lease } = await row()
  assert.deepEqual([token_version, refresh_lease], [2, null])
  assert.equal(openTokens(app.seal, account.id, previous_tokens as Buffer).access, before.access)
})

test('tokens that live a minute are renewed at half their life, not at every step', async () => {
  const { account, age, faults, given } = await newAccount()
  await faults({ lifetimes: { accessSeconds: 60 } })
  await age(-1)
  for (let n = 0; n < 5; n++) await accessToken(app, platforms, account, { leastSeconds: LEAST_FOR_TRANSFER })
  assert.equal(await given(), 2)
  await age(20, 60)
  await accessToken(app, platforms, account)
  assert.equal(await given(), 3)
})

test('ten workers over two pools make one refresh', async () => {
  const { account, age, given, faults } = await newAccount()
  await age(-10)
  await faults({ delayMs: { at: 'token', ms: 300 } })
  const second = await openDatabase(database.connection)
  try {
    const other = { ...app, database: second }
    const otherPlatforms = createPlatforms(other)
    const racing = Array.from({ length: 10 }, (_, n) =>
      n % 2 ? accessToken(app, platforms, account) : accessToken(other, otherPlatforms, account)
    )
    const tokens = new Set(await Promise.all(racing))
    assert.equal(tokens.size, 1)
    assert.equal(await given(), 2)
    await otherPlatforms.close()
  } finally {
    await second.close()
  }
})

test('ten workers whose token was refused make one refresh', async () => {
  const { account, given, tokens } = await newAccount()
  const { access } = await tokens()
  const all = await Promise.all(Array.from({ length: 10 }, () => renew(app, platforms, account, access)))
  assert.equal(new Set(all).size, 1)
  assert.notEqual(all[0], access)
  assert.equal(await given(), 2)
  // A late one, which used the old token too.
  assert.equal(await renew(app, platforms, account, access), all[0])
  assert.equal(await given(), 2)
})

test('while somebody refreshes, a token that still lives is used', async () => {
  const { account, age, tokens } = await newAccount()
  await age(200)
  const old = (await tokens()).access
  const { held, asked, release } = holding()
  const slow = accessToken(app, held, account)
  await Promise.race([asked, slow])
  assert.equal(await accessToken(app, platforms, account), old)
  release()
  assert.notEqual(await slow, old)
})

test('an unanswered refresh: the old token while it lives, then the old refresh token once more', async () => {
  const { account, age, tokens, faults, given, row } = await newAccount()
  await faults({ cutAnswer: { at: 'token', times: 1 } })
  await age(200)
  const old = (await tokens()).access
  assert.equal(await accessToken(app, platforms, account), old)
  assert.notEqual((await row()).refresh_lease, null)
  assert.equal(await accessToken(app, platforms, account), old)
  assert.equal(await given(), 2)
  await pool.query(`update accounts set refresh_until = now() - interval '1 second' where id = $1`, [account.id])
  const fresh = await accessToken(app, platforms, account)
  assert.notEqual(fresh, old)
  assert.equal(await given(), 3)
  assert.equal((await row()).refresh_lease, null)
})

test('an unanswered refresh of a dead token is tried later, and marks nothing', async () => {
  const { account, age, faults, row } = await newAccount()
  await faults({ cutAnswer: { at: 'token' } })
  await age(-1)
  await assert.rejects(accessToken(app, platforms, account), refusal('retry', 'sign_in_unanswered'))
  assert.equal((await row()).status, 'active')
})

test('where a second use ends the session, a lost refresh is never repeated', async () => {
  const { account, age, tokens, faults, given, row } = await newAccount()
  const strict = withReplay('kills')
  await faults({ cutAnswer: { at: 'token' } })
  await age(200)
  const old = (await tokens()).access
  assert.equal(await accessToken(app, strict, account), old)
  await pool.query(`update accounts set refresh_until = now() - interval '1 second' where id = $1`, [account.id])
  assert.equal(await accessToken(app, strict, account), old)
  await age(-1)
  await assert.rejects(accessToken(app, strict, account), isRelink)
  assert.equal((await row()).status, 'needs_relink')
  assert.equal(await given(), 2)
})

test('a platform that answers with an error gives the right to refresh back', async () => {
  const { account, age, tokens, faults, row } = await newAccount()
  await faults({ status: { at: 'token', code: 503, times: 2 } })
  await age(200)
  const old = (await tokens()).access
  assert.equal(await accessToken(app, platforms, account), old)
  assert.equal((await row()).refresh_lease, null)
  await age(-1)
  await assert.rejects(accessToken(app, platforms, account), (error: unknown) => {
    assert.ok(error instanceof Refused)
    return error.failure.kind === 'retry'
  })
  assert.equal((await row()).refresh_lease, null)
  assert.notEqual(await accessToken(app, platforms, account), old)
})

test('a dead grant makes the account needs_relink, and linking again heals it', async () => {
  const { account, accountId, tokens, endGrant, row, call, link, given } = await newAccount()
  const { access } = await tokens()
  await endGrant()
  await assert.rejects(renew(app, platforms, account, access), isRelink)
  assert.equal((await row()).status, 'needs_relink')
  assert.equal((await call('GET', '/accounts')).body.items[0].status, 'needs_relink')
  await assert.rejects(accessToken(app, platforms, account), isRelink)
  await pool.query(`update accounts set parked_until = now() + interval '1 hour' where id = $1`, [account.id])
  assert.equal((await link()).accountId, accountId)
  const healed = await row()
  assert.deepEqual([healed.status, healed.refresh_lease], ['active', null])
  assert.ok(!(healed.parked_until instanceof Date), 'it is not parked any more')
  assert.ok(world.happened.includes(`relinked ${account.tenant_id} ${account.id}`))
  assert.equal(await accessToken(app, platforms, account), (await tokens()).access)
  assert.equal(await given(), 1)
})

test('a refresh that ends after the account was linked again does not undo that', async () => {
  const { account, age, link, tokens } = await newAccount()
  await age(-1)
  const { held, asked, release } = holding()
  const late = accessToken(app, held, account)
  await Promise.race([asked, late])
  await link()
  const linked = await tokens()
  release()
  assert.equal(await late, linked.access)
  assert.deepEqual(await tokens(), linked)
})

test('a verdict against a grant that was replaced meanwhile counts for nothing', async () => {
  const { account, endGrant, row, tokens, link } = await newAccount()
  const { access } = await tokens()
  await endGrant()
  await link()
  assert.notEqual(await renew(app, platforms, account, access), access)
  const reason = { code: 'sign_in_expired', message: 'YouTube does not accept the sign-in any more.' }
  assert.equal(await markNeedsRelink(app, account, access, reason), false)
  assert.equal((await row()).status, 'active')
  assert.equal(await markNeedsRelink(app, account, (await tokens()).access, reason), true)
  const { status, status_reason } = await row()
  assert.deepEqual([status, status_reason], ['needs_relink', reason])
})

test('a new pair is stored even where the first statement fails', async () => {
  const { account, age, tokens } = await newAccount()
  await age(-1)
  await pool.query(`
    create sequence saves;
    create function fail_once() returns trigger language plpgsql as $$ begin
      if nextval('saves') = 1 then raise 'the first save fails'; end if;
      return new;
    end $$;
    create trigger fail_once before update on accounts for each row
      when (old.token_version <> new.token_version) execute function fail_once()`)
  try {
    const fresh = await accessToken(app, platforms, account)
    assert.equal((await tokens()).access, fresh)
    const { rows } = await pool.query(`select last_value::int as n from saves`)
    assert.equal(rows[0].n, 2)
  } finally {
    await pool.query('drop trigger fail_once on accounts; drop function fail_once; drop sequence saves')
  }
})

test('a token without an end is used; without a refresh token it is used as long as it lives', async () => {
  const { account, put, tokens, row, given } = await newAccount()
  const { access, scopes } = await tokens()
  await put({ issuedAt: new Date(), access, scopes })
  assert.equal(await accessToken(app, platforms, account), access)
  await put({ issuedAt: new Date(), access, scopes, expiresAt: new Date(Date.now() + 60_000) })
  assert.equal(await accessToken(app, platforms, account), access)
  assert.deepEqual([(await row()).status, (await row()).refresh_lease], ['active', null])
  await put({ issuedAt: new Date(), access, scopes, expiresAt: new Date(Date.now() - 1000) })
  await assert.rejects(accessToken(app, platforms, account), isRelink)
  assert.equal((await row()).status, 'needs_relink')
  assert.equal(await given(), 1)
})
