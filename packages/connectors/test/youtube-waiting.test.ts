import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type Post, Refused } from '../src/index.ts'
import { deliver } from './driver.ts'
import { contextOf, type Linked, link, openWorld, PROJECT, postOf, type World } from './world.ts'

const FULL = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en' }
const video = Buffer.alloc(300, 7)
const picture = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(1000)])
let world: World
let linked: Linked
before(async () => {
  world = await openWorld('youtube', { quota: { uploads: 1e9, units: 1e9 } })
})
after(() => world.close())
beforeEach(async () => {
  await world.sandbox.clear(PROJECT)
  await world.sandbox.setFaults(PROJECT, {})
  linked = await link(world)
})
const wait = (seconds: number): void => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
}
const extraOf = (name: string) => {
  const extra = world.connector.followUps?.[name]
  assert.ok(extra)
  return extra.publisher
}
const context = (call: 'prepare' | 'send' | 'commit' | 'choices') => contextOf(world, linked, { call })

/** A video that was just made and may still be processed, and the extra's post. */
async function made(options: object, media: Buffer = Buffer.alloc(0)): Promise<Post<unknown>> {
  const parent = postOf(world, video, linked.account, {}, { ...FULL, ...options })
  const opened = await world.connector.publisher.prepare(null, parent, context('prepare'))
  assert.ok(opened.at === 'transfer')
  const body = async function* () {
    yield video
  }
  const chunk = { start: 0, end: video.length, total: video.length, body }
  const sent = await world.connector.publisher.send?.(opened.state, chunk, context('send'))
  assert.ok(sent?.at === 'processing' && sent.post)
  const file = { bytes: media.length, contentType: 'image/png', fileName: 'p.png', url: async () => world.serve(media) }
  return { ...parent, of: sent.post, media: file, part: 'thumbnail' }
}
const refusal = (run: Promise<unknown>) =>
  run.then(
    progress => assert.fail(`it was not refused: ${JSON.stringify(progress)}`),
    error => {
      assert.ok(error instanceof Refused, String(error))
      const { kind, code, after: seconds = '' } = error.failure
      return `${kind} ${code} ${seconds}`.trim()
    }
  )
const shown = async () =>
  (await world.sandbox.posts(PROJECT))[0]?.metadata as { thumbnail: unknown; comments: { text: string }[] }

test("a Short's thumbnail waits until the Short is processed: before that it would be dropped without a word", async () => {
  await world.sandbox.setFaults(PROJECT, { shorts: true, processing: { seconds: 600 } })
  const post = await made({ thumbnail: 'file_1' }, picture)
  const url = `${world.base}/h/www.googleapis.com/upload/youtube/v3/thumbnails/set?videoId=${post.of?.id}&uploadType=media`
  const headers = { authorization: `Bearer ${linked.tokens.access}`, 'content-type': 'image/png' }
  assert.equal((await fetch(url, { method: 'POST', headers, body: picture })).status, 200)
  assert.equal((await shown()).thumbnail, null, 'the sandbox drops it as YouTube does')
  const { delivery } = await deliver(world, linked, post, picture, [], extraOf('thumbnail'))
  assert.equal(delivery.status, 'uploaded')
  const { thumbnail } = (await shown()) as { thumbnail: { sha256: string } }
  assert.equal(thumbnail.sha256, world.sha256(picture))
})

test('the first comment waits until the video is processed, and then until it is public', async () => {
  await world.sandbox.setFaults(PROJECT, { processing: { seconds: 100 } })
  const publishAt = new Date(world.clock.now.getTime() + 7_200_000).toISOString()
  const post = await made({ firstComment: 'First!', privacyStatus: 'private', publishAt })
  const comment = extraOf('comment')
  assert.deepEqual(world.connector.followUps?.comment?.wanted(post.options), [
    { name: 'comment', notBefore: publishAt }
  ])
  const early = await comment.prepare(null, post, context('prepare'))
  assert.ok(early.at === 'prepare' && (early.askAgainIn ?? 0) > 0)
  wait(100)
  assert.equal(
    await refusal(comment.prepare(early.state, post, context('prepare'))),
    'retry youtube_video_private 7130'
  )
  wait(7130)
  const ready = await comment.prepare(early.state, post, context('prepare'))
  assert.ok(ready.at === 'ready')
  await comment.commit?.(ready.state, context('commit'))
  assert.deepEqual(
    (await shown()).comments.map(c => c.text),
    ['First!']
  )
  assert.equal((await comment.prepare(null, post, context('prepare'))).at, 'published', 'it is not said twice')
})

test('an answer without the video, after many looks, does not end its extras', async () => {
  await world.sandbox.setFaults(PROJECT, {
    processing: { seconds: 2000 },
    noItems: { at: 'status', after: 8, times: 3 }
  })
  const post = await made({ thumbnail: 'file_1' }, picture)
  const { delivery } = await deliver(world, linked, post, picture, [], extraOf('thumbnail'))
  assert.equal(delivery.status, 'uploaded', delivery.failure?.code)
})

test('comments that come without their items do not say that ours is not there', async () => {
  const post = await made({ firstComment: 'First!' })
  wait(2)
  await world.sandbox.setFaults(PROJECT, {
    cutAnswer: { at: 'comment' },
    noItems: { at: 'comments', after: 1, times: 20 }
  })
  const { delivery } = await deliver(world, linked, post, Buffer.alloc(0), [], extraOf('comment'))
  assert.equal(delivery.status, 'uploaded')
  assert.equal((await shown()).comments.length, 1)
})

test('refusals of extras stop the extra alone, and say what to do', async () => {
  const post = await made({ thumbnail: 'file_1', firstComment: 'First!' }, picture)
  wait(2)
  const set = async () => {
    const progress = await extraOf('thumbnail').prepare(null, post, context('prepare'))
    assert.ok(progress.at === 'transfer')
    const body = async function* () {
      yield picture
    }
    return extraOf('thumbnail').send?.(
      progress.state,
      { start: 0, end: picture.length, total: picture.length, body },
      context('send')
    )
  }
  const say = async () => {
    const progress = await extraOf('comment').prepare(null, post, context('prepare'))
    return progress.at === 'ready' ? extraOf('comment').commit?.(progress.state, context('commit')) : progress
  }
  const verdictOf = async (faults: object, run: () => Promise<unknown>) => {
    await world.sandbox.setFaults(PROJECT, faults)
    return refusal(run())
  }
  assert.equal(await verdictOf({ longUploads: 'eligible' }, set), 'permanent youtube_forbidden')
  assert.equal(await verdictOf({ thumbnailLimitExceeded: true }, set), 'retry youtube_upload_rate_limit_exceeded 86400')
  assert.equal(await verdictOf({ commentsDisabled: true }, say), 'permanent youtube_comments_disabled')
  assert.match(
    await verdictOf({ status: { at: 'comment', code: 403, reason: 'quotaExceeded' } }, say),
    /^retry youtube_quota_exceeded \d+$/
  )
  assert.equal(
    await verdictOf({ status: { at: 'comment', code: 400, reason: 'processingFailure' } }, say),
    'restart youtube_processing_failure'
  )
  assert.equal(
    await verdictOf({ status: { at: 'comment', code: 403, reason: 'insufficientPermissions' } }, say),
    'permanent youtube_insufficient_permissions'
  )
  const text = { ...post, media: { ...post.media, contentType: 'text/plain' } }
  assert.equal(
    await refusal(extraOf('thumbnail').prepare(null, text, context('prepare'))),
    'permanent youtube_invalid_image'
  )
})

test('playlists and categories are those that the channel has today', async () => {
  const { choices } = world.connector
  const lists = (await choices?.playlistId?.(context('choices'))) ?? []
  assert.deepEqual(
    lists.map(choice => choice.label),
    ['Teasers', 'Tutorials', 'Behind the scenes']
  )
  const labels = async () => (await choices?.categoryId?.(context('choices')))?.map(choice => choice.value) ?? []
  assert.ok((await labels()).includes('29') && !(await labels()).includes('18'))
  linked = await link(world, 1)
  assert.equal(linked.account.facts.country, 'DE')
  assert.ok(!(await labels()).includes('29'), 'not in every country')
})
