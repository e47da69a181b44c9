import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { openEventWorld } from '../../test/event-world.ts'
import { until } from '../../test/processes.ts'

const { world, open, upload } = await openEventWorld(await testDatabase())

test('a workspace has a hundred streams at most on one server, whatever others have', async () => {
  const [many, one] = [await world.newTenant({ accounts: 1 }), await world.newTenant({ accounts: 1 })]
  const readers = await Promise.all(Array.from({ length: 100 }, () => open(many)))
  after(() => {
    for (const reader of readers) reader.cut()
  })
  assert.ok(readers.every(({ response }) => response.status === 200))
  const ask = () => many.ask('GET', '/events?follow=false')
  const { status, headers, body } = await ask()
  assert.deepEqual([status, body.code, headers.get('retry-after')], [429, 'too_many_streams', '10'])
  const other = await open(one)
  assert.equal(other.response.status, 200)
  other.cut()
  readers[0]?.cut()
  await until(async () => (await ask()).status === 200, 'the place of the one that left')
  // The others are still told.
  await upload(many)
  await Promise.all(readers.slice(1).map(reader => reader.waitFor(2)))
})
