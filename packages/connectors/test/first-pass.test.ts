import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { chunkOf, contextOf, link, openWorld, PROJECT, postOf } from './world.ts'

test('a video goes from the consent page to the channel, byte for byte', async () => {
  const world = await openWorld()
  try {
    const linked = await link(world)
    const file = randomBytes(20 * 2 ** 20 + 12345)
    const { publisher } = world.connector
    let progress = await publisher.prepare(
      null,
      postOf(world.connector, file, linked.account),
      contextOf(world, linked, { call: 'prepare' })
    )
    let chunks = 0
    while (progress.at === 'transfer') {
      const chunk = chunkOf(file, progress.sent, progress.end)
      progress = await publisher.send!(
        progress.state,
        chunk,
        contextOf(world, linked, { call: 'send', commits: progress.end === file.length })
      )
      chunks += 1
    }
    assert.equal(chunks, 3)
    assert.equal(progress.at, 'processing')
    const { state } = progress as { state: unknown }
    assert.equal((await publisher.check(state, contextOf(world, linked, { call: 'check' }))).at, 'processing')
    world.clock.now = new Date(world.clock.now.getTime() + 2000)
    const end = await publisher.check(state, contextOf(world, linked, { call: 'check' }))
    assert.equal(end.at, 'published')
    const posts = await world.sandbox.posts(PROJECT)
    assert.equal(posts.length, 1)
    assert.equal(posts[0]?.sha256, createHash('sha256').update(file).digest('hex'))
    assert.equal(posts[0]?.bytes, file.length)
    assert.deepEqual(world.errors, [])
  } finally {
    await world.close()
  }
})
