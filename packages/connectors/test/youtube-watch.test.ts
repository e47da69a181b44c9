import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { deliver, type Run } from './driver.ts'
import { type Linked, link, openWorld, PROJECT, postOf, type World } from './world.ts'

const file = Buffer.alloc(300_001, 7)
let world: World
let linked: Linked
before(async () => {
  world = await openWorld()
})
after(() => world.close())
beforeEach(async () => {
  await world.sandbox.clear(PROJECT)
  linked = await link(world)
})

async function run(faults: object): Promise<Run> {
  await world.sandbox.setFaults(PROJECT, faults)
  return deliver(world, linked, postOf(world, file, linked.account), file)
}

test('one answer without the video, minutes after it was made, ends nothing', async () => {
  const { delivery, seconds } = await run({
    processing: { seconds: 900 },
    noItems: { at: 'status', after: 8, times: 3 }
  })
  assert.equal(delivery.status, 'uploaded')
  assert.ok(seconds >= 900, `it looked until the video was processed, and not only for ${seconds} s`)
})

test('looks that miss the video count only in a row', async () => {
  const noItems = [1, 2, 3, 4].map(after => ({ at: 'status', times: 6, after }))
  const { delivery, seconds } = await run({ processing: { seconds: 20_000 }, noItems })
  assert.equal(delivery.status, 'uploaded')
  assert.ok(seconds >= 20_000)
})

test('a video that is not shown for more than half an hour was uploaded, and is not looked for any more', async () => {
  const { delivery, seconds } = await run({ processing: { seconds: 80_000 }, noItems: { at: 'status', times: 10_000 } })
  const [post] = await world.sandbox.posts(PROJECT)
  assert.deepEqual([delivery.status, delivery.post?.id], ['uploaded', post?.id])
  assert.ok(seconds > 1800 && seconds < 7200, `${seconds} s`)
})
