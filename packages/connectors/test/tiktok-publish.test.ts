import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deliver } from './driver.ts'
import { context, linked, OPEN, open, post, posts, publisher, run, small, wait, world } from './tiktok-setup.ts'
import { chunkOf, contextOf, doubtOf, PROJECT } from './world.ts'

const plans: readonly (readonly [bytes: number, chunk: number, count: number, last: number])[] = [
  [1, 1, 1, 0],
  [3_145_728, 3_145_728, 1, 0],
  [64_000_000, 64_000_000, 1, 0],
  [64_000_001, 10_000_000, 6, 50_000_000],
  [69_999_999, 10_000_000, 6, 50_000_000],
  [70_000_000, 10_000_000, 7, 60_000_000],
  [2_147_483_648, 10_000_000, 214, 2_130_000_000],
  [4_000_000_000, 10_000_000, 400, 3_990_000_000]
]
for (const [bytes, chunk, count, last] of plans)
  test(`${bytes} bytes are sent in ${count} chunks of ${chunk}, the last with the remainder`, async () => {
    const media = { ...post().media, bytes }
    const opened = await publisher().prepare(null, post(OPEN, small, { media }), context('prepare'))
    assert.ok(opened.at === 'transfer')
    const { state, sent, end } = opened
    const { chunk: told, count: of } = state as { chunk: number; count: number }
    assert.deepEqual([told, of, sent, end], [chunk, count, 0, count === 1 ? bytes : chunk])
    assert.ok(count === 1 || (bytes - last >= chunk && bytes - last < 2 * chunk))
  })

test('a file of several chunks arrives whole, and the post is seen with all 19 digits of its id', async () => {
  const file = Buffer.alloc(64_000_001, 9)
  const { delivery, journal } = await run(OPEN, file)
  assert.equal(delivery.status, 'uploaded')
  const [made] = await posts()
  assert.equal(made?.sha256, world.sha256(file))
  assert.match(delivery.post?.id ?? '', /^\d{19}$/)
  assert.equal(delivery.post?.id, made?.id)
  assert.equal(delivery.post?.url, `https://www.tiktok.com/@sandbox.creator.1/video/${made?.id}`)
  assert.equal(journal.filter(entry => entry.method === 'PUT').length, 6)
})

test('what was chosen is what TikTok is told', async () => {
  const allowed = { allowComment: true, allowStitch: true, yourBrand: true, brandedContent: true }
  await run({ ...OPEN, ...allowed, aiGenerated: true, coverTimestampMs: 1500 })
  assert.deepEqual((await posts())[0]?.metadata, {
    privacy_level: 'PUBLIC_TO_EVERYONE',
    title: 'Spring launch teaser',
    disable_comment: false,
    disable_duet: true,
    disable_stitch: false,
    video_cover_timestamp_ms: 1500,
    brand_content_toggle: true,
    brand_organic_toggle: true,
    is_aigc: true
  })
})

test('what the creator has switched off since stays off', async () => {
  const wanted = post({ ...OPEN, allowComment: true })
  await world.sandbox.setFaults(PROJECT, { creator: { commentDisabled: true } })
  await deliver(world, linked, wanted, small)
  assert.equal(((await posts())[0]?.metadata as { disable_comment?: boolean } | undefined)?.disable_comment, true)
})

test('a video that is longer than the account may post now never leaves', async () => {
  const media = { ...post().media, seconds: 61 }
  const wanted = post(OPEN, small, { media })
  await world.sandbox.setFaults(PROJECT, { creator: { maxSeconds: 60 } })
  const { delivery } = await deliver(world, linked, wanted, small)
  assert.deepEqual([delivery.status, delivery.failure?.code], ['failed', 'tiktok_duration_check_failed'])
  assert.match(delivery.failure?.message ?? '', /at most 60 seconds .* this has 61/)
})

test('a private post is uploaded without an id, at the address of the profile', async () => {
  const { delivery, seconds } = await run({ privacyLevel: 'SELF_ONLY' })
  assert.equal(delivery.status, 'uploaded')
  assert.equal(delivery.post?.id, undefined)
  assert.equal(delivery.post?.url, 'https://www.tiktok.com/@sandbox.creator.1')
  assert.ok(seconds < 10)
})

test('the id of a public post is waited for a little, then looked for by a follow-up', async () => {
  await world.sandbox.setFaults(PROJECT, { processing: { seconds: 1, idSeconds: 20 } })
  assert.match((await run()).delivery.post?.id ?? '', /^\d{19}$/)

  await world.sandbox.clear(PROJECT)
  await world.sandbox.setFaults(PROJECT, { processing: { seconds: 1, idSeconds: 3600 } })
  const { delivery, seconds } = await run()
  assert.deepEqual([delivery.status, delivery.post?.id], ['uploaded', undefined])
  assert.ok(seconds < 60)
  const locate = world.connector.followUps?.locate
  assert.deepEqual(locate?.wanted(post().options), [{ name: 'locate' }])
  assert.deepEqual(locate?.wanted(post().options, delivery.post!), [{ name: 'locate' }])
  assert.deepEqual(locate?.wanted(post().options, { id: '7' }), [])
  assert.deepEqual(locate?.wanted(post({ privacyLevel: 'SELF_ONLY' }).options), [])
  const after = { ...post(), of: delivery.post!, part: 'locate' }
  let found = await locate!.publisher.prepare(null, after, context('prepare'))
  for (let looks = 0; found.at === 'processing'; looks++) {
    assert.ok(looks < 30)
    wait(found.askAgainIn)
    found = await locate!.publisher.check(locate!.publisher.state.parse(found.state), context('check'))
  }
  assert.ok(found.at === 'published')
  assert.equal(found.post?.id, (await posts())[0]?.id)
})

test('an id that never comes ends the look for it after some hours, without harm', async () => {
  await world.sandbox.setFaults(PROJECT, { processing: { idSeconds: 86_400 } })
  const { delivery } = await run()
  const { publisher: locate } = world.connector.followUps!.locate!
  const first = await locate.prepare(null, { ...post(), of: delivery.post! }, context('prepare'))
  assert.ok(first.at === 'processing')
  wait(6 * 3600 + 1)
  const last = await locate.check(first.state, context('check'))
  assert.ok(last.at === 'published')
  assert.equal(last.post?.id, undefined)
  assert.deepEqual(await locate.prepare(null, { ...post(), of: { id: '7' } }, context('prepare')), {
    at: 'published',
    post: { id: '7' }
  })
})

test('an address for the bytes that expired before the last of them is opened anew, and one post comes of it', async () => {
  const file = Buffer.alloc(64_000_001, 2)
  const opened = await open(file)
  await publisher().send!(opened.state, chunkOf(file, 0, 10_000_000), context('send'))
  wait(3601)
  await assert.rejects(publisher().send!(opened.state, chunkOf(file, 10_000_000, 20_000_000), context('send')), {
    failure: {
      kind: 'restart',
      scope: 'delivery',
      code: 'tiktok_upload_url_expired',
      message: "TikTok's address for the bytes has expired: within an hour, all of them must arrive."
    }
  })
  wait(200)
  const message =
    'TikTok gives an upload one hour, and in this one 10 of 64 MB arrived. A smaller file or a faster connection is needed.'
  assert.deepEqual(await publisher().check(opened.state, context('check')), {
    at: 'rejected',
    failure: { kind: 'restart', scope: 'delivery', code: 'tiktok_upload_url_expired', message }
  })
  assert.deepEqual(await publisher().check(opened.state, context('check'), doubtOf(world, 'send', true)), {
    at: 'gone'
  })
  await world.sandbox.setFaults(PROJECT, { status: { at: 'chunk', code: 403, after: 3 } })
  const { delivery } = await run(OPEN, file)
  assert.deepEqual([delivery.status, delivery.restarts], ['uploaded', 1])
  assert.equal((await posts()).length, 1)
})

test('an upload is continued at the chunk that is missing, however the progress is told', async () => {
  const file = Buffer.alloc(64_000_001, 3)
  for (const progress of ['count', 'index', 'absent']) {
    await world.sandbox.setFaults(PROJECT, { progress })
    const opened = await open(file)
    const one = await publisher().send!(opened.state, chunkOf(file, 0, 10_000_000), context('send'))
    assert.ok(one.at === 'transfer')
    assert.deepEqual([one.sent, one.end], [10_000_000, 20_000_000], progress)
    const asked = await publisher().check(opened.state, context('check'))
    assert.ok(asked.at === 'transfer')
    assert.deepEqual([asked.sent, asked.end], [10_000_000, 20_000_000], progress)
  }
})

test('bytes that are all there though the last of them was never ours to send may have made the post', async () => {
  const file = Buffer.alloc(64_000_001, 8)
  const opened = await open(file)
  const middle = chunkOf(file, 0, 10_000_000)
  const answer = { status: 201, headers: new Headers(), text: '' }
  const told = await publisher().send!(opened.state, middle, { ...context('send'), http: async () => answer })
  assert.ok(told.at === 'transfer')
  assert.deepEqual([told.sent, told.end], [file.length, file.length])
  const text = JSON.stringify({
    data: { status: 'PROCESSING_UPLOAD', uploaded_bytes: file.length },
    error: { code: 'ok' }
  })
  const asked = await publisher().check(opened.state, { ...context('check'), http: async () => ({ ...answer, text }) })
  assert.ok(asked.at === 'transfer' && asked.sent === file.length)
})

test('before the last byte a forgotten upload is begun anew', async () => {
  const file = Buffer.alloc(64_000_001, 4)
  await world.sandbox.setFaults(PROJECT, { forgetSessions: { at: 'chunk', after: 2, when: 'before' } })
  const { delivery } = await run(OPEN, file)
  assert.deepEqual([delivery.status, delivery.restarts], ['uploaded', 1])
  assert.equal((await posts()).length, 1)
})

test('a processing that TikTok itself failed is tried once more, and there is one post', async () => {
  await world.sandbox.setFaults(PROJECT, { processing: { failReason: 'internal' } })
  const { delivery } = await run()
  assert.deepEqual([delivery.status, delivery.restarts], ['uploaded', 1])
  assert.equal((await posts()).length, 1)
})

test('choices are what the creator may choose at this moment', async () => {
  const ask = () => world.connector.choices?.privacyLevel?.(contextOf(world, linked, { call: 'choices' }))
  assert.deepEqual(await ask(), [
    { value: 'PUBLIC_TO_EVERYONE', label: 'Everyone' },
    { value: 'MUTUAL_FOLLOW_FRIENDS', label: 'Friends' },
    { value: 'SELF_ONLY', label: 'Only me' }
  ])
  await world.sandbox.setFaults(PROJECT, { creator: { privacyLevels: ['SELF_ONLY'] } })
  assert.deepEqual(await ask(), [{ value: 'SELF_ONLY', label: 'Only me' }])
})
