import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAILED, later, openChangeWorld, UNKNOWN } from '../../test/change-world.ts'
import { testDatabase } from '../../test/database.ts'
import { FILM, faultsOf, form, type Tenant } from '../../test/upload-world.ts'
import { readId } from '../lib/ids.ts'

const database = await testDatabase()
const { pool } = database
const { world, schedule, set, refresh } = await openChangeWorld(database)

interface Listed {
  readonly uploadId: string
  readonly needsAttention: boolean
}

const get = async (tenant: Tenant, path: string, query: Record<string, string> = {}) => {
  const { status, body } = await tenant.asOwner('GET', `${path}?${new URLSearchParams(query)}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const idsOf = ({ items }: { items: readonly Listed[] }) => items.map(({ uploadId }) => uploadId)
const add = async (tenant: Tenant, fields: Record<string, string | string[]> = {}): Promise<string> => {
  const { status, body } = await tenant.post(
    '/api/upload',
    form({ title: 'Film', accounts: tenant.accounts, ...fields })
  )
  assert.equal(status, 201, JSON.stringify(body))
  return body.uploadId
}
const week = () => ({ from: later(-1), to: later(7) })

test('the calendar tells what was sent at once beside what is scheduled, by the time of each', async () => {
  const tenant = await world.newTenant()
  const [tomorrow, dayAfter] = [later(1), later(3)]
  const [third, first, second] = [
    await add(tenant, { scheduledOn: dayAfter }),
    await add(tenant),
    await add(tenant, { scheduledOn: tomorrow })
  ]
  assert.deepEqual(idsOf(await get(tenant, '/uploads/calendar', week())), [first, second, third])
  assert.deepEqual(idsOf(await get(tenant, '/uploads/calendar', { ...week(), status: 'Scheduled' })), [second, third])
  assert.deepEqual(idsOf(await get(tenant, '/uploads/calendar', { from: later(2), to: dayAfter })), [])
  assert.deepEqual(idsOf(await get(tenant, '/uploads/calendar', { from: dayAfter, to: later(4) })), [third])
})

test('pages of the calendar have no gap and no repeat among uploads of the same moment', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const moment = later(2)
  const made: string[] = []
  for (let n = 0; n < 7; n++) made.push(await add(tenant, { scheduledOn: moment }))
  const seen: string[] = []
  let cursor: string | null | undefined
  do {
    const page = await get(tenant, '/uploads/calendar', { ...week(), limit: '3', ...(cursor ? { cursor } : {}) })
    seen.push(...idsOf(page))
    cursor = page.nextCursor
  } while (cursor)
  assert.deepEqual(seen, made)
})

test('a calendar without an end, too long, or from a forged cursor is refused with every fault', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const ask = (query: Record<string, string>) =>
    tenant.asOwner('GET', `/uploads/calendar?${new URLSearchParams(query)}`).then(faultsOf)
  assert.deepEqual(await ask({ from: later(0) }), ['to required'])
  assert.deepEqual(await ask({ from: later(0), to: later(-1) }), ['to invalid_value'])
  assert.deepEqual(await ask({ from: later(0), to: later(400), cursor: 'x', accountId: 'x' }), [
    'accountId invalid_value',
    'cursor invalid_value',
    'to too_big'
  ])
  const forged = Buffer.from(`2026-02-30T00:00:00.000000Z upload_${'0'.repeat(26)}`).toString('base64url')
  assert.deepEqual(await ask({ ...week(), cursor: forged }), ['cursor invalid_value'])
})

test('a failure needs a hand until it is dismissed, and so does the next one', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 2 })
  const attention = async () => idsOf(await get(tenant, '/uploads', { attention: 'true' }))
  assert.deepEqual(await attention(), [])
  await set(uploadId, FAILED)
  await refresh(tenant, uploadId)
  assert.deepEqual(await attention(), [uploadId])
  assert.deepEqual(idsOf(await get(tenant, '/uploads', { attention: 'false' })), [])
  assert.equal((await get(tenant, '/uploads/summary')).needsAttention, 1)

  const dismissed = await tenant.post(`${path}/dismiss`, {})
  assert.deepEqual([dismissed.status, dismissed.body.needsAttention], [200, false])
  assert.equal((await tenant.post(`${path}/dismiss`, {})).status, 200)
  assert.deepEqual(await attention(), [])
  assert.deepEqual(idsOf(await get(tenant, '/uploads', { attention: 'false' })), [uploadId])

  await set(uploadId, UNKNOWN, 1)
  assert.deepEqual(await attention(), [uploadId])
  assert.equal((await get(tenant, `${path}/status`)).needsAttention, true)
})

test('what fails after a dismissed failure was retried needs a hand again', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 1 })
  await set(uploadId, FAILED)
  await tenant.post(`${path}/dismiss`, {})
  assert.equal((await tenant.post(`${path}/retry`, {})).status, 200)
  assert.equal((await get(tenant, `${path}/status`)).needsAttention, false)
  await set(uploadId, FAILED)
  assert.equal((await get(tenant, `${path}/status`)).needsAttention, true)
})

test('an upload that waits for an account whose grant died needs a hand, and a dismissal does not help', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 1 })
  const other = await add(tenant, { scheduledOn: later(1) })
  await tenant.post(`/api/upload/${other}/cancel`, {})
  await pool.query(`update accounts set status = 'needs_relink' where tenant_id = $1`, [tenant.tenantId])
  const shown = (await tenant.post(`${path}/dismiss`, {})).body
  assert.deepEqual([shown.needsAttention, shown.accounts[0].accountStatus], [true, 'needs_relink'])
  assert.deepEqual(idsOf(await get(tenant, '/uploads', { attention: 'true' })), [uploadId])
})

test('the list and the status of an upload agree on who needs a hand', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  for (const columns of [FAILED, UNKNOWN, `status = 'uploaded', ended_at = now()`, `status = 'canceled'`, '']) {
    const uploadId = await add(tenant, { scheduledOn: later(1) })
    if (columns) await set(uploadId, columns)
  }
  const all: Listed[] = (await get(tenant, '/uploads')).items
  const wanted = all.filter(({ needsAttention }) => needsAttention).map(({ uploadId }) => uploadId)
  assert.equal(wanted.length, 2)
  assert.deepEqual(idsOf(await get(tenant, '/uploads', { attention: 'true' })), wanted)
})

test('a dismissal is an event, and is for members', async () => {
  const { tenant, uploadId, path } = await schedule({ accounts: 1 })
  await set(uploadId, FAILED)
  const types = async () => {
    const { rows } = await pool.query('select type from events where upload_id = $1 order by seq', [
      readId('upload', uploadId)
    ])
    return rows.map(({ type }) => type)
  }
  const before = (await types()).length
  await tenant.post(`${path}/dismiss`, {})
  assert.deepEqual((await types()).slice(before), ['upload.updated'])
  await pool.query(`update members set role = 'viewer' where tenant_id = $1`, [tenant.tenantId])
  const { status, body } = await tenant.asOwner('POST', `${path}/dismiss`, { body: {} })
  assert.deepEqual([status, body.code], [403, 'role_missing'])
})

test('the summary counts what goes out now, what comes within a week, and accounts by their state', async () => {
  const tenant = await world.newTenant({ accounts: 2 })
  const empty = { goingOut: 0, nextSevenDays: 0, needsAttention: 0 }
  assert.deepEqual(await get(tenant, '/uploads/summary'), {
    ...empty,
    hasUploads: false,
    accounts: { active: 2, needsRelink: 0 }
  })
  await add(tenant)
  await add(tenant, { scheduledOn: later(6) })
  await add(tenant, { scheduledOn: later(8) })
  await tenant.newAccount({ status: 'needs_relink' })
  assert.deepEqual(await get(tenant, '/uploads/summary'), {
    goingOut: 1,
    nextSevenDays: 1,
    needsAttention: 0,
    hasUploads: true,
    accounts: { active: 2, needsRelink: 1 }
  })
})

test('an upload names whoever sent it, by a form or through a session', async () => {
  const tenant = await world.newTenant({ accounts: 1 })
  const about = form({ title: 'Film', accounts: tenant.accounts })
  const sent = await tenant.asOwner('POST', '/api/upload', { body: about })
  assert.equal(readId('user', sent.body.createdBy), tenant.userId)
  assert.match((await get(tenant, `/api/upload/${await add(tenant)}/status`)).createdBy, /^key_/)

  const session = await tenant.asOwner('POST', '/api/upload/presign-put', {
    body: {
      title: 'Film',
      accounts: tenant.accounts,
      fileName: 'film.mp4',
      fileSize: FILM.length,
      contentType: 'video/mp4'
    }
  })
  const { uploadUrl, sessionToken } = session.body
  await world.send('PUT', uploadUrl, { body: FILM, headers: { 'content-type': 'video/mp4' } })
  const completed = await tenant.post('/api/upload/complete', { sessionToken, parts: [] })
  assert.equal(readId('user', completed.body.createdBy), tenant.userId, 'whoever began it, not whoever completed it')
})
