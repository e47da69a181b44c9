import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import type { Progress } from '../src/index.ts'
import { deliver } from './driver.ts'
import { chunkOf, contextOf, doubtOf, type Linked, link, openWorld, PROJECT, postOf, type World } from './world.ts'

let world: World
let linked: Linked
const file = randomBytes(300_000)
before(async () => {
  world = await openWorld('youtube', { quota: { uploads: 1e9, units: 1e9 } })
})
after(() => world.close())
beforeEach(async () => {
  await world.sandbox.clear(PROJECT)
  await world.sandbox.setFaults(PROJECT, { ignoreSlug: true })
  linked = await link(world)
})

const wait = (seconds: number): void => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
}
async function open(bytes: Uint8Array = file, title = 'Same title'): Promise<Progress<unknown> & { at: 'transfer' }> {
  const post = postOf(world, bytes, linked.account, { title })
  const opened = await world.connector.publisher.prepare(null, post, contextOf(world, linked, { call: 'prepare' }))
  assert.ok(opened.at === 'transfer')
  return opened
}
async function upload(bytes: Uint8Array = file, title = 'Same title'): Promise<Progress<unknown>> {
  const opened = await open(bytes, title)
  await world.connector.publisher.send?.(
    opened.state,
    chunkOf(bytes, 0, bytes.length),
    contextOf(world, linked, { call: 'send' })
  )
  return opened
}
async function search(
  { state }: { state: unknown },
  since: Date,
  taken: readonly string[] = [],
  until?: Date,
  faults: object = {}
): Promise<Progress<unknown>> {
  await world.sandbox.setFaults(PROJECT, { ignoreSlug: true, forgetSessions: { at: 'query' }, ...faults })
  const doubt = { ...doubtOf(world, 'send', true, taken), since, ...(until ? { until } : {}) }
  return world.connector.publisher.check(state, contextOf(world, linked, { call: 'check' }), doubt)
}
const stateOf = (progress: Progress<unknown>): { state: unknown } => {
  assert.ok('state' in progress)
  return progress
}

test('without a file name, title and size and time decide', async () => {
  const since = world.clock.now
  await upload(file, 'Other title')
  await upload(file.subarray(1))
  const mine = await upload()
  const found = await search(stateOf(mine), since)
  const [post] = (await world.sandbox.posts(PROJECT)).filter(p => p.bytes === file.length && p.title === 'Same title')
  assert.ok(found.at === 'processing')
  assert.equal(found.post?.id, post?.id)
})

test("two videos that are alike are nobody's, until one is known to be another delivery's", async () => {
  const since = world.clock.now
  await upload()
  const mine = await upload()
  assert.deepEqual(await search(stateOf(mine), since), { at: 'unclear', askAgainIn: 60 })
  const [first, second] = await world.sandbox.posts(PROJECT)
  const found = await search(stateOf(mine), since, [first?.id ?? ''])
  assert.ok(found.at === 'processing')
  assert.equal(found.post?.id, second?.id)
})

test('a video from before the doubt is not ours', async () => {
  await upload()
  wait(61)
  const since = world.clock.now
  const mine = await open()
  assert.equal((await search(stateOf(mine), since)).at, 'unclear')
  wait(901)
  assert.equal((await search(stateOf(mine), since)).at, 'gone')
})

test('the second page of the list is looked at too', async () => {
  const since = world.clock.now
  const mine = await upload()
  wait(1)
  for (let i = 0; i < 60; i++) await upload(file.subarray(0, 10), `Another ${i}`)
  const found = await search(stateOf(mine), since)
  assert.equal(found.at, 'processing')
})

test('the list is believed late after the end of the last try, not after its beginning', async () => {
  const since = world.clock.now
  const mine = stateOf(await open())
  wait(1200)
  const until = world.clock.now
  wait(899)
  assert.equal((await search(mine, since, [], until)).at, 'unclear')
  wait(2)
  assert.equal((await search(mine, since, [], until)).at, 'gone')
})

test('a new video with our title may be ours as long as size and name of its file are not told', async () => {
  for (const ignoreSlug of [false, true]) {
    await world.sandbox.clear(PROJECT)
    await world.sandbox.setFaults(PROJECT, {
      ignoreSlug,
      cutAnswer: { at: 'lastChunk' },
      forgetSessions: { at: 'query', times: 100 },
      processing: { fileSeconds: 5000 }
    })
    const { delivery, seconds } = await deliver(world, linked, postOf(world, file, linked.account), file)
    const [post, ...more] = await world.sandbox.posts(PROJECT)
    assert.deepEqual([delivery.status, delivery.post?.id, more], ['uploaded', post?.id, []])
    assert.ok(seconds > 5000)
  }
})

test('a new video of which nothing is told may be ours, and one with another title or size is not', async () => {
  await world.sandbox.setFaults(PROJECT, { ignoreSlug: true, processing: { fileSeconds: 5000 } })
  const since = world.clock.now
  await upload(file, 'Other title')
  await world.sandbox.setFaults(PROJECT, { ignoreSlug: true })
  await upload(file.subarray(1))
  const mine = stateOf(await open())
  wait(2000)
  assert.equal((await search(mine, since, [], since, { noItems: { at: 'status' } })).at, 'unclear')
  assert.equal((await search(mine, since)).at, 'gone')
})

test('beside a video that may be ours, one that is alike is not taken', async () => {
  const since = world.clock.now
  const mine = stateOf(await upload())
  await world.sandbox.setFaults(PROJECT, { ignoreSlug: true, processing: { fileSeconds: 100 } })
  await upload()
  assert.equal((await search(mine, since)).at, 'unclear')
})

test('a list that comes without its items says nothing', async () => {
  await upload()
  wait(100)
  const since = world.clock.now
  const mine = stateOf(await open())
  wait(1000)
  assert.equal((await search(mine, since, [], since, { noItems: { at: 'list' } })).at, 'unclear')
  assert.equal((await search(mine, since)).at, 'gone')
})

test('the list is read for as long as its pages hold new videos', async () => {
  const since = world.clock.now
  const mine = await upload()
  wait(1)
  for (let i = 0; i < 110; i++) await upload(file.subarray(0, 10), `Another ${i}`)
  assert.equal((await search(stateOf(mine), since)).at, 'processing')
})
