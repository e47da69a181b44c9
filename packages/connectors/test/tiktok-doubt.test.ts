import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deliver } from './driver.ts'
import { context, linked, open, post, posts, publisher, relink, run, small, wait, world } from './tiktok-setup.ts'
import { chunkOf, doubtOf, PROJECT } from './world.ts'

test('a last byte whose answer was lost is settled by the status, and never sent twice', async () => {
  await world.sandbox.setFaults(PROJECT, { cutAnswer: { at: 'lastChunk' }, processing: { seconds: 40 } })
  const { delivery, journal, failures } = await run()
  assert.equal(delivery.status, 'uploaded')
  assert.equal(failures.length, 1)
  assert.equal(journal.filter(entry => entry.method === 'PUT').length, 1)
  assert.equal((await posts()).length, 1)
})

test('a status that does not tell how much arrived settles nothing after the last byte', async () => {
  await world.sandbox.setFaults(PROJECT, { hideUploadedBytes: true, processing: { seconds: 900 } })
  const opened = await open()
  const doubt = doubtOf(world, 'send', true)
  await publisher().send!(opened.state, chunkOf(small, 0, small.length), context('send', true))
  for (const [seconds, askAgainIn] of [
    [60, 30],
    [600, 600]
  ] as const) {
    wait(seconds)
    assert.deepEqual(await publisher().check(opened.state, context('check'), doubt), { at: 'unclear', askAgainIn })
  }
  wait(600)
  assert.equal((await publisher().check(opened.state, context('check'), doubt)).at, 'published')
})

test('null for the bytes that arrived is no zero: it does not say that the last one is missing', async () => {
  await world.sandbox.setFaults(PROJECT, { nullUploadedBytes: true, processing: { seconds: 9000 } })
  const opened = await open()
  const doubt = doubtOf(world, 'send', true)
  await publisher().send!(opened.state, chunkOf(small, 0, small.length), context('send', true))
  wait(4000)
  assert.equal((await publisher().check(opened.state, context('check'), doubt)).at, 'unclear')
})

test('a last byte that never arrived is sent again in the same upload', async () => {
  await world.sandbox.setFaults(PROJECT, { dropRequest: { at: 'lastChunk' } })
  const { delivery, journal } = await run()
  assert.deepEqual([delivery.status, delivery.restarts], ['uploaded', 0])
  assert.equal(journal.filter(entry => entry.path.endsWith('/init/')).length, 1)
})

test('a publish id that TikTok forgot after the last byte: the list may prove the post, else a person looks', async () => {
  const faults = { cutAnswer: { at: 'lastChunk' }, forgetSessions: { at: 'status', times: 1000 } }
  await world.sandbox.setFaults(PROJECT, { ...faults, showPostsAfterSeconds: 100 })
  const listed = await run()
  assert.deepEqual([listed.delivery.status, listed.delivery.post?.id], ['uploaded', (await posts())[0]?.id])

  await world.sandbox.clear(PROJECT)
  await world.sandbox.setFaults(PROJECT, faults)
  const hidden = await run({ privacyLevel: 'SELF_ONLY' })
  assert.deepEqual([hidden.delivery.status, hidden.delivery.failure?.code], ['failed', 'outcome_unknown'])
  assert.equal((await posts()).length, 1)
})

test('an account that does not let us read its list is not asked for it', async () => {
  await world.sandbox.setFaults(PROJECT, { grantScopes: ['user.info.basic', 'video.publish'] })
  await relink()
  await world.sandbox.setFaults(PROJECT, {
    cutAnswer: { at: 'lastChunk' },
    forgetSessions: { at: 'status', times: 1000 }
  })
  const { delivery, journal } = await run()
  assert.equal(delivery.failure?.code, 'outcome_unknown')
  assert.ok(!journal.some(({ path }) => path.includes('/video/list/')))
  assert.equal(world.connector.alone?.(linked.account, post().options), undefined)
})

test("the list's word is not taken for a post that another delivery holds, nor where two look alike", async () => {
  const first = await run()
  const faults = { dropRequest: { at: 'lastChunk' }, forgetSessions: { at: 'status', times: 1000 } }
  await world.sandbox.setFaults(PROJECT, faults)
  const second = await deliver(world, linked, post(), small, [first.delivery.post?.id ?? ''])
  assert.equal(second.delivery.failure?.code, 'outcome_unknown')
  // Nor for one that was made before this upload was opened: its delivery may not know its id yet.
  await world.sandbox.setFaults(PROJECT, faults)
  const third = await deliver(world, linked, post(), small)
  assert.equal(third.delivery.failure?.code, 'outcome_unknown')
  const { alone } = world.connector
  assert.equal(alone?.(linked.account, post().options), 'public')
  assert.equal(alone?.(linked.account, post({ privacyLevel: 'SELF_ONLY' }).options), undefined)

  await world.sandbox.clear(PROJECT)
  await world.sandbox.setFaults(PROJECT, {})
  const mine = await open()
  const theirs = await run()
  await world.sandbox.setFaults(PROJECT, { forgetSessions: { at: 'status' } })
  const held = doubtOf(world, 'send', true, [theirs.delivery.post?.id ?? ''])
  assert.equal((await publisher().check(mine.state, context('check'), held)).at, 'unclear')

  await world.sandbox.clear(PROJECT)
  await world.sandbox.setFaults(PROJECT, { cutAnswer: { at: 'lastChunk' } })
  const opened = await open()
  const twin = await open()
  for (const { state } of [opened, twin])
    await publisher().send!(state, chunkOf(small, 0, small.length), context('send', true)).catch(() => {})
  wait(10)
  await world.sandbox.setFaults(PROJECT, faults)
  const found = await publisher().check(opened.state, context('check'), doubtOf(world, 'send', true))
  assert.deepEqual(found, { at: 'unclear', askAgainIn: 60 })
})
