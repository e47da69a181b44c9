import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import type { Progress } from '../src/index.ts'
import { chunkOf, contextOf, doubtOf, type Linked, link, openWorld, PROJECT, postOf, type World } from './world.ts'

let world: World
let linked: Linked
const file = randomBytes(300_000)
before(async () => {
  world = await openWorld()
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
async function upload(bytes: Uint8Array = file, title = 'Same title'): Promise<Progress<unknown>> {
  const { publisher } = world.connector
  const post = postOf(world, bytes, linked.account, { title })
  const opened = await publisher.prepare(null, post, contextOf(world, linked, { call: 'prepare' }))
  assert.ok(opened.at === 'transfer')
  await publisher.send?.(opened.state, chunkOf(bytes, 0, bytes.length), contextOf(world, linked, { call: 'send' }))
  return opened
}
async function search(
  { state }: { state: unknown },
  since: Date,
  taken: readonly string[] = [],
  until?: Date
): Promise<Progress<unknown>> {
  await world.sandbox.setFaults(PROJECT, { ignoreSlug: true, forgetSessions: { at: 'query' } })
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
  const mine = await world.connector.publisher.prepare(
    null,
    postOf(world, file, linked.account, { title: 'Same title' }),
    contextOf(world, linked, { call: 'prepare' })
  )
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
  const post = postOf(world, file, linked.account, { title: 'Same title' })
  const mine = stateOf(
    await world.connector.publisher.prepare(null, post, contextOf(world, linked, { call: 'prepare' }))
  )
  wait(1200)
  const until = world.clock.now
  wait(899)
  assert.equal((await search(mine, since, [], until)).at, 'unclear')
  wait(2)
  assert.equal((await search(mine, since, [], until)).at, 'gone')
})
