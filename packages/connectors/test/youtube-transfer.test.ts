import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { deliver } from './driver.ts'
import { contextOf, type Linked, link, openWorld, PROJECT, postOf, type World } from './world.ts'

const CHUNK = 8 * 2 ** 20
const file = Buffer.alloc(2 * CHUNK + 300_001, 7)
let world: World
let linked: Linked
before(async () => {
  world = await openWorld()
})
after(() => world.close())
beforeEach(async () => {
  await world.sandbox.clear(PROJECT)
  await world.sandbox.setFaults(PROJECT, {})
  linked = await link(world)
})

test('a 308 that asks us to wait tells how far it came: no chunk is sent twice, though each is answered so', async () => {
  await world.sandbox.setFaults(PROJECT, { wait: { at: 'chunk', seconds: 30, times: 100 }, wrongOffset: '416' })
  const { delivery, journal, failures, seconds } = await deliver(
    world,
    linked,
    postOf(world, file, linked.account),
    file
  )
  assert.deepEqual([delivery.status, failures], ['uploaded', []])
  assert.equal(journal.filter(({ method }) => method === 'PUT').length, 3)
  assert.ok(seconds >= 60, `it waited twice, and was done after ${seconds} s`)
})

test('a status query that asks us to wait tells how far it came too', async () => {
  const context = (call: 'prepare' | 'check') => contextOf(world, linked, { call })
  const opened = await world.connector.publisher.prepare(null, postOf(world, file, linked.account), context('prepare'))
  assert.ok(opened.at === 'transfer')
  await world.sandbox.setFaults(PROJECT, { wait: { at: 'query', seconds: 30 } })
  const asked = await world.connector.publisher.check(opened.state, context('check'))
  assert.deepEqual(asked, { ...opened, askAgainIn: 30 })
})
