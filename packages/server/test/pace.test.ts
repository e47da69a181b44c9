import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPauses } from '../src/accounts/pauses.ts'
import { readId } from '../src/lib/ids.ts'
import { createBrowser } from './browser.ts'
import { testDatabase } from './database.ts'
import { openDeliveryWorld } from './delivery-world.ts'
import { isOver, makeVideo } from './workspace.ts'

const database = await testDatabase()
const { pool } = database
const world = await openDeliveryWorld(database)
const { seen } = world.wire

test('of all that the answers of a step ask, the longest pause of each scope counts, once', () => {
  const asks = [
    { scope: 'account', seconds: 60 },
    { scope: 'app', seconds: 5 },
    { scope: 'account', seconds: 300 },
    { scope: 'account', seconds: 10 },
    undefined
  ] as const
  let n = 0
  const { hear, take } = openPauses({ pace: () => asks[n++] })
  const answer = { status: 200, headers: new Headers(), text: '' }
  for (let i = 0; i < asks.length; i++) hear(answer, new Date())
  assert.deepEqual(take(), { account: 300, app: 5 })
  assert.deepEqual(take(), {})
})

test('usage headers stop everyone of the account after the step, until the time that they name', async () => {
  const ada = await world.newWorkspace()
  const { authorizeUrl } = await ada.insist('POST', '/accounts/link', { platform: 'instagram', sandbox: true })
  const [account = ''] = (await createBrowser().link(authorizeUrl)).end.searchParams.getAll('linked')
  await ada.insist('PUT', '/sandbox/instagram/faults', { callsPerHour: 5, processing: { seconds: 0 } })
  const parked = async () => {
    const { rows } = await pool.query(
      'select extract(epoch from parked_until - now())::float8 as seconds from accounts where id = $1',
      [readId('account', account)]
    )
    return rows[0].seconds as number
  }

  const first = await ada.upload([account], makeVideo(150_000))
  await ada.waitFor(
    first.uploadId,
    ({ accounts: [target] }) => Date.parse(target?.nextAttemptAt ?? '') > Date.now() + 30_000,
    ada.hurry
  )
  const seconds = await parked()
  assert.ok(seconds > 30 && seconds <= 300, `${seconds} s`)

  const asked = seen.length
  const second = await ada.upload([account], makeVideo(150_000))
  const { rows } = await pool.query(
    `select count(*)::int as n from deliveries where tenant_id = $1 and lease is not null`,
    [ada.tenantId]
  )
  assert.equal(rows[0].n, 0)
  const waiting = await ada.readStatus(second.uploadId)
  assert.ok(
    Date.parse(waiting.accounts[0]?.nextAttemptAt ?? '') > Date.now() + 30_000,
    'its own time has come; the account is stopped'
  )
  assert.equal(waiting.accounts[0]?.attempts, 0)
  await ada.hurry()
  assert.equal((await ada.readStatus(first.uploadId)).status, 'Processing')
  assert.equal(seen.length, asked, 'nothing was asked of the platform meanwhile')

  await ada.insist('PUT', '/sandbox/instagram/faults', { callsPerHour: 100_000, processing: { seconds: 0 } })
  await pool.query(`update accounts set parked_until = '-infinity' where tenant_id = $1`, [ada.tenantId])
  for (const { uploadId } of [first, second]) {
    assert.equal((await ada.waitFor(uploadId, isOver, ada.hurry)).status, 'Uploaded')
  }
})
