import assert from 'node:assert/strict'
import { test } from 'node:test'
import { later as inDays } from '../../test/change-world.ts'
import { testDatabase } from '../../test/database.ts'
import { faultsOf, form, openUploadWorld } from '../../test/upload-world.ts'
import { newId, publicId, readId } from '../lib/ids.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)

async function openHistory() {
  const tenant = await world.newTenant({ accounts: 2 })
  const add = async (title: string, more: Record<string, string | string[]> = {}): Promise<string> => {
    const { status, body } = await tenant.post('/api/upload', form({ title, accounts: tenant.accounts, ...more }))
    assert.equal(status, 201, JSON.stringify(body))
    return body.uploadId
  }
  const list = (query: Record<string, string> = {}) => tenant.asOwner('GET', `/uploads?${new URLSearchParams(query)}`)
  const ids = async (query: Record<string, string> = {}): Promise<string[]> => {
    const { status, body } = await list(query)
    assert.equal(status, 200, JSON.stringify(body))
    return body.items.map((item: { uploadId: string }) => item.uploadId)
  }
  return { ...tenant, add, list, ids }
}

test('pages have no gaps and no repeats while new uploads come', async () => {
  const { add, list } = await openHistory()
  const made: string[] = []
  for (let n = 0; n < 11; n++) made.unshift(await add(`Film ${n}`))
  const seen: string[] = []
  let cursor: string | null | undefined
  do {
    const { body } = await list({ limit: '3', ...(cursor ? { cursor } : {}) })
    seen.push(...body.items.map((item: { uploadId: string }) => item.uploadId))
    cursor = body.nextCursor
    await add('A newer film')
  } while (cursor)
  assert.deepEqual(seen, made)
})

test('a page that is just full is the last one', async () => {
  const { add, list } = await openHistory()
  await add('one')
  await add('two')
  assert.equal((await list({ limit: '2' })).body.nextCursor, null)
  assert.notEqual((await list({ limit: '1' })).body.nextCursor, null)
})

test('an item is the body of the status route', async () => {
  const { add, list, ask } = await openHistory()
  const id = await add('one')
  const { body } = await list()
  assert.deepEqual(body, { items: [(await ask('GET', `/api/upload/${id}/status`)).body], nextCursor: null })
})

test('every filter narrows, and all of them together', async () => {
  const history = await openHistory()
  const { add, ids, accounts } = history
  const [one, two] = accounts as [string, string]
  const early = await add('Early', { accounts: one })
  const later = await add('Later', { accounts: two, scheduledOn: inDays(30) })
  await database.pool.query(`update uploads set created_at = '2026-01-01T00:00:00Z' where id = $1`, [
    readId('upload', early)
  ])
  assert.deepEqual(await ids({ status: 'Scheduled' }), [later])
  assert.deepEqual(await ids({ status: 'Processing' }), [early])
  assert.deepEqual(await ids({ status: 'Canceled' }), [])
  assert.deepEqual(await ids({ accountId: one }), [early])
  assert.deepEqual(await ids({ platform: 'youtube' }), [later, early])
  assert.deepEqual(await ids({ platform: 'elsewhere' }), [])
  assert.deepEqual(await ids({ from: '2026-01-01T00:00:00.001Z' }), [later])
  assert.deepEqual(await ids({ from: '2026-01-01T02:00:00+02:00', to: '2026-01-01T00:00:01Z' }), [early])
  assert.deepEqual(await ids({ to: '2026-01-01T00:00:00Z' }), [])
  assert.deepEqual(await ids({ q: 'EARL' }), [early])
  assert.deepEqual(await ids({ status: 'Scheduled', accountId: one }), [])
  assert.deepEqual(await ids({ status: 'Scheduled', accountId: two, platform: 'youtube', q: 'late' }), [later])
  const stranger = await openHistory()
  assert.deepEqual(await stranger.ids({ accountId: one }), [])
})

test('times that RFC 3339 allows, and no calendar needs, are no fault of ours', async () => {
  const { ids } = await openHistory()
  for (const from of ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-01-01T00:00:00+23:59']) {
    assert.deepEqual(await ids({ from }), [], from)
  }
})

test('q takes % and _ and \\ as they are', async () => {
  const { add, ids } = await openHistory()
  const percent = await add('100% film')
  const under = await add('my_film')
  const slash = await add('C:\\film')
  await add('myXfilm 1000')
  assert.deepEqual(await ids({ q: '%' }), [percent])
  assert.deepEqual(await ids({ q: '0% f' }), [percent])
  assert.deepEqual(await ids({ q: 'y_f' }), [under])
  assert.deepEqual(await ids({ q: ':\\f' }), [slash])
  assert.equal((await ids({ q: '' })).length, 4)
})

test('a query that is not understood is refused with every fault', async () => {
  const { list } = await openHistory()
  const cases: [query: Record<string, string>, fault: string][] = [
    [{ limit: '0' }, 'limit too_small'],
    [{ limit: '101' }, 'limit too_big'],
    [{ limit: 'all' }, 'limit invalid_type'],
    [{ limit: '1.5' }, 'limit invalid_type'],
    [{ cursor: 'x' }, 'cursor invalid_value'],
    [{ cursor: publicId('file', newId()) }, 'cursor invalid_value'],
    [{ accountId: 'x' }, 'accountId invalid_value'],
    [{ status: 'uploaded' }, 'status invalid_value'],
    [{ from: 'yesterday' }, 'from invalid_format'],
    [{ from: '2026-01-01T00:00:00' }, 'from invalid_format'],
    [{ to: '2026-02-30T00:00:00Z' }, 'to invalid_format'],
    [{ q: 'a\u0000' }, 'q invalid_text'],
    [{ page: '2' }, 'page unknown_field']
  ]
  for (const [query, fault] of cases) {
    const answer = await list(query)
    assert.deepEqual([answer.status, faultsOf(answer)], [422, [fault]], JSON.stringify(answer.body))
  }
  const all = await list({ limit: '0', status: 'x', q: '\u0000', colour: 'x' })
  assert.deepEqual(faultsOf(all), ['colour unknown_field', 'limit too_small', 'q invalid_text', 'status invalid_value'])
})

test('an API key does not read the history', async () => {
  const { ask } = await openHistory()
  const { status, body } = await ask('GET', '/uploads')
  assert.deepEqual([status, body.code], [403, 'bearer_required'])
})
