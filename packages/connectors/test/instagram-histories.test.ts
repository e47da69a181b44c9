import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBench } from './bench.ts'
import { deliver } from './driver.ts'
import { type Dice, playHistories } from './histories.ts'
import { comment } from './instagram-subjects.ts'
import { link, openWorld, PROJECT, postOf } from './world.ts'

const file = Buffer.alloc(600_001, 5)
const CALLS = ['create', 'upload', 'status', 'limit', 'list', 'publish', 'media', 'any']
const LOST = [0, 1, 20, 300, 262_144, 300_000]
const REFUSALS = ['2', '4/2207051', '9007/2207027', '24/2207008', '9/2207042', '190', 'html']

/** Hostile: of a publish call every answer may be a lie, and a second one makes a second post. */
function makeFaults({ next, below, pick, some, often, when }: Dice): Record<string, unknown> {
  const statuses = [
    () => ({ at: 'publish', when: when(), code: pick([400, 401, 403, 500, 503]), reason: pick(REFUSALS), ...often() }),
    () => ({ at: pick(['status', 'list', 'media']), when: when(), code: 400, reason: '100/33', ...often() }),
    () => ({ at: pick(['create', 'upload', 'limit', 'any']), when: when(), code: pick([500, 502, 503]), ...often() }),
    () => ({ at: 'upload', when: when(), code: 412, reason: 'OffsetInvalidError', ...often() }),
    () => ({ at: pick(['create', 'status', 'list']), when: 'before', code: 400, reason: '80002', ...often() })
  ]
  return {
    cutAnswer: some(0.5, () => ({ at: pick(CALLS), bytes: pick(LOST), ...often() })),
    dropRequest: some(0.5, () => ({ at: pick(CALLS), bytes: pick(LOST), ...often() })),
    status: some(0.6, () => pick(statuses)()),
    forgetSessions: some(0.15, () => ({ at: pick(['status', 'upload']), when: when(), ...often() })),
    processing: some(0.8, () => ({
      seconds: below(600),
      ...(next() < 0.2 ? { error: pick(['2207053', '2207001', '2207082']) } : {})
    })),
    pull: some(0.1, () => ({ fail: pick(['timeout', 'not found']) })),
    foreign: some(0.4, often),
    secondPublish: 'post',
    statusLateSeconds: pick([0, 0, 30, 80]),
    showPostsAfterSeconds: pick([0, 0, 30, 80]),
    hideCaptions: next() < 0.2,
    ...(next() < 0.2 ? { alterCaptions: pick(['cut', 'replace']) } : {}),
    ...(next() < 0.1 ? { lifetimes: { sessionSeconds: 2000 } } : {})
  }
}

test('hostile histories of a reel, with either login: never two posts, never a false word about one', async () => {
  const world = await openWorld('instagram', { quota: { uploads: 1000, units: 1e9 } })
  await playHistories({ share: 0.7 }, async dice => {
    await world.sandbox.clear(PROJECT)
    await world.sandbox.setFaults(PROJECT, {})
    const linked = await link(world, dice.below(5), dice.pick(['facebook', 'instagram']))
    await world.sandbox.setFaults(PROJECT, makeFaults(dice))
    const run = await deliver(world, linked, postOf(world, file, linked.account), file)
    const posts = await world.sandbox.posts(PROJECT)
    const made = posts.filter(post => !(post.metadata as { isForeign?: boolean }).isForeign)
    return { run, made, sha256: world.sha256(file) }
  })
  assert.deepEqual(world.errors, [])
  await world.close()
})

test('hostile histories of a first comment: never twice, never a false word', async () => {
  const bench = await openBench(comment)
  const at = (dice: Dice) => dice.pick(['comment', 'comments', 'any'])
  await playHistories({ share: 0.8, count: Number(process.env.HISTORIES ?? 60) }, async dice => {
    const { some, pick, often, when } = dice
    await bench.reset()
    await bench.setFaults({
      cutAnswer: some(0.6, () => ({ at: at(dice), bytes: pick(LOST), ...often() })),
      dropRequest: some(0.5, () => ({ at: at(dice), bytes: pick(LOST), ...often() })),
      status: some(0.5, () => ({ at: at(dice), when: when(), code: pick([500, 502, 503]), ...often() })),
      showPostsAfterSeconds: pick([0, 0, 80])
    })
    const run = await bench.deliver(bench.post())
    return { run, made: await bench.posts(), sha256: '' }
  })
  assert.deepEqual(bench.world.errors, [])
  await bench.world.close()
})
