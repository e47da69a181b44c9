import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Doubt, Progress } from '../src/index.ts'
import { type Bench, openBench } from './bench.ts'
import { PROJECT } from './world.ts'

let bench: Bench
before(async () => {
  bench = await openBench({
    platform: 'instagram',
    auth: 'facebook',
    bytes: 70_001,
    calls: [],
    asking: [],
    committing: 'publish',
    forgotten: {},
    silence: 'believed',
    listSeconds: 0,
    disguised: {},
    rejections: []
  })
})
after(() => bench.world.close())
beforeEach(() => bench.reset())

/** A container that is ready, the moment in which its publish call leaves, and what is made of the faults. */
async function publishUnder(faults: Record<string, unknown>): Promise<{ state: unknown; doubt: Doubt }> {
  const brink = await bench.brink()
  const doubt = bench.doubt()
  await bench.setFaults(faults)
  await bench.cross(brink).catch(() => {})
  const left = Object.fromEntries(Object.entries(faults).filter(([, value]) => typeof value !== 'object'))
  await bench.setFaults(left)
  return { state: brink.state, doubt }
}
const posts = async () =>
  (await bench.world.sandbox.posts(PROJECT)).map(p => ({
    id: p.id,
    isForeign: (p.metadata as { isForeign?: boolean }).isForeign === true
  }))
const idOf = (progress: Progress<unknown>): string | undefined =>
  progress.at === 'published' ? progress.post?.id : undefined
const LOST = { cutAnswer: { at: 'publish' } }
const DROPPED = { dropRequest: { at: 'publish' } }

test('what another tool posted in the same moment is not ours', async () => {
  const { state, doubt } = await publishUnder({ ...LOST, foreign: {} })
  const found = await bench.check(state, doubt)
  const [ours] = (await posts()).filter(p => !p.isForeign)
  assert.equal(idOf(found), ours?.id)
})

test('nothing of ours arrived: a foreign post with other words does not hide that', async () => {
  // The foreign post is made by a publish call of ours that is refused.
  const { state, doubt } = await publishUnder({ foreign: {}, secondPublish: 'refuse', quotaUsed: 10, quotaTotal: 10 })
  assert.equal((await posts()).length, 1)
  await bench.setFaults({})
  assert.equal((await bench.check(state, doubt)).at, 'unclear', 'too soon')
  bench.wait(61)
  assert.equal((await bench.check(state, doubt)).at, 'ready')
})

test('without captions a new post is ours only once the container says so and lists had their time', async () => {
  const { state, doubt } = await publishUnder({
    ...LOST,
    foreign: {},
    hideCaptions: true,
    showPostsAfterSeconds: 80
  })
  const both = await posts()
  assert.equal(both.length, 2)
  for (const seconds of [1, 80, 100, 200]) {
    bench.wait(seconds)
    const { at } = await bench.check(state, doubt)
    assert.ok(at === 'processing' || at === 'published', at)
  }
  const last = await bench.check(state, doubt)
  assert.deepEqual(last, { at: 'published' }, 'two new ones: published, and never a guess which')
})

test('without captions and without the container nobody can tell, and it says so', async () => {
  const { state, doubt } = await publishUnder({ ...LOST, hideCaptions: true })
  for (const seconds of [10, 100, 2000, 20_000]) {
    bench.wait(seconds)
    await bench.setFaults({ hideCaptions: true, status: { at: 'status', code: 400, reason: '100/33' } })
    const seen = await bench.check(state, doubt)
    assert.equal(seen.at, 'unclear')
  }
})

test('a new post whose caption may have been ours is not passed over, whatever the container says', async () => {
  for (const hidden of [[], [{ at: 'status', code: 400, reason: '100/33', times: 9 }]]) {
    await bench.clear()
    const faults = { alterCaptions: 'cut', statusLateSeconds: 600 }
    const { state, doubt } = await publishUnder({ ...LOST, ...faults })
    for (const seconds of [100, 400]) {
      bench.wait(seconds)
      await bench.setFaults({ ...faults, status: hidden })
      assert.equal((await bench.check(state, doubt)).at, 'unclear')
    }
  }
})

test('without the container any new post may be ours: its words may have been edited', async () => {
  const hidden = { status: { at: 'status', code: 400, reason: '100/33' } }
  const { state, doubt } = await publishUnder({ ...LOST, alterCaptions: 'replace' })
  bench.wait(1000)
  await bench.setFaults({ alterCaptions: 'replace', ...hidden })
  assert.equal((await bench.check(state, doubt)).at, 'unclear')
  await bench.clear()
  await bench.setFaults(hidden)
  assert.equal((await bench.check(state, doubt)).at, 'gone', 'nothing new at all')
})

test('a list that does not go back to the publish call says nothing of what it does not hold', async () => {
  const { state, doubt } = await publishUnder(LOST)
  const taken: string[] = []
  for (let i = 0; i < 25; i++) {
    bench.wait(40)
    const made = await bench.cross(await bench.brink(bench.post({ title: `Another ${i}` })))
    if ('post' in made && made.post?.id !== undefined) taken.push(made.post.id)
  }
  await bench.setFaults({ status: { at: 'status', code: 400, reason: '100/33' } })
  assert.equal((await bench.check(state, { ...doubt, taken })).at, 'unclear')
})

test('posts from before, equal to the letter, are known by the watermark', async () => {
  await bench.cross(await bench.brink())
  const [first] = await posts()
  const { state, doubt } = await publishUnder(LOST)
  const found = idOf(await bench.check(state, doubt))
  assert.ok(found !== undefined && found !== first?.id)
})

test('an equal post that the watermark missed, because lists are late, is known by whose it is', async () => {
  await bench.setFaults({ showPostsAfterSeconds: 50 })
  await bench.cross(await bench.brink())
  const [first] = await posts()
  const brink = await bench.brink()
  const since = bench.world.clock.now
  await bench.setFaults(DROPPED)
  await bench.cross(brink).catch(() => {})
  bench.wait(61)
  await bench.setFaults({})
  const doubt = { call: 'commit', commits: true, since, taken: [first?.id ?? ''] } as const
  assert.equal((await bench.check(brink.state, doubt)).at, 'ready')
})

test('a used-up day is waited for, not stormed: the doubt stays and nothing is sent', async () => {
  const { state, doubt } = await publishUnder(DROPPED)
  bench.wait(100)
  await bench.setFaults({ quotaTotal: 1, quotaUsed: 1 })
  await assert.rejects(bench.check(state, doubt), /instagram_publish_quota/)
})

test('a publish call that made nothing is repeated at once, then after growing pauses, then no more', async () => {
  let { state, doubt } = await publishUnder(DROPPED)
  const pauses: number[] = []
  const context = () => bench.context('commit', true)
  for (let i = 0; i < 4; i++) {
    bench.wait(300)
    const again = await bench.check(state, doubt)
    assert.ok(again.at === 'ready')
    state = again.state
    const { notBefore } = state as { notBefore: string }
    const pause = (Date.parse(notBefore) - bench.world.clock.now.getTime()) / 1000
    pauses.push(pause)
    if (pause > 0) await assert.rejects(bench.publisher.commit!(state, context()), /instagram_publish_paused/)
    bench.wait(pause)
    doubt = bench.doubt()
  }
  assert.deepEqual(pauses, [0, 600, 3600, 21_600])
  const last = await bench.check(state, { ...doubt, since: new Date(doubt.since.getTime() - 300_000) })
  assert.ok(last.at === 'ready')
  await assert.rejects(bench.publisher.commit!(last.state, context()), /instagram_publish_refused/)
  assert.deepEqual(await posts(), [])
})

test('a container that ran out with nothing new is made anew', async () => {
  const { state, doubt } = await publishUnder(DROPPED)
  bench.wait(86_400)
  assert.deepEqual(await bench.check(state, doubt), { at: 'gone' })
})

test('the address of a post is asked for a few times, and a post without one is a post', async () => {
  const brink = await bench.brink()
  let progress = await bench.cross(brink)
  const id = 'post' in progress ? progress.post?.id : undefined
  for (let i = 0; i < 4; i++) {
    await bench.setFaults({ status: { at: 'media', code: 400, reason: '100/33' } })
    assert.ok(progress.at === 'processing')
    progress = await bench.check(progress.state)
  }
  await bench.setFaults({ status: { at: 'media', code: 400, reason: '100/33' } })
  assert.ok(progress.at === 'processing')
  assert.deepEqual(await bench.check(progress.state), { at: 'published', post: { id } })
})
