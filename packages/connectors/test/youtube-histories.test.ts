import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBench, type Subject } from './bench.ts'
import { deliver } from './driver.ts'
import { type Dice, playHistories } from './histories.ts'
import { link, openWorld, PROJECT, postOf } from './world.ts'
import { captions, comment, playlist, thumbnail } from './youtube-subjects.ts'

const small = Buffer.alloc(300_001, 5)
const large = Buffer.alloc(8 * 2 ** 20 + 300_001, 6)
const CALLS = ['insert', 'chunk', 'lastChunk', 'query', 'status', 'list', 'token', 'any']
const LOST = [0, 1, 20, 300, 262_144, 300_000, 5_000_000]
/** Hostile, but never a plain refusal of something that was done: that would be a lie no client can see through. */
const DONE = [500, 502, 503, 504]
const NOT_DONE = [500, 503, 429]

const makeFaults = ({ next, below, pick, some, often, when }: Dice): Record<string, unknown> => ({
  cutAnswer: some(0.5, () => ({ at: pick(CALLS), bytes: pick(LOST), ...often() })),
  dropRequest: some(0.5, () => ({ at: pick(CALLS), bytes: pick(LOST), ...often() })),
  status: some(0.5, () => {
    const isDone = next() < 0.5
    const codes = isDone ? [...DONE, 404, 410, 416] : [...NOT_DONE, 401, 404, 410, 416]
    const at = pick(CALLS.filter(call => call !== 'token'))
    return { at, when: isDone ? 'after' : 'before', code: pick(codes), ...often() }
  }),
  forgetSessions: some(0.3, () => ({ at: pick(['query', 'chunk', 'lastChunk']), when: when(), ...often() })),
  lateResult: some(0.2, () => ({ seconds: below(300) })),
  wait: some(0.3, () => ({ at: pick(['chunk', 'query']), seconds: below(100), ...often() })),
  processing: [{ seconds: below(600), fileSeconds: pick([0, 0, below(3000)]) }],
  noItems: some(0.3, () => ({ at: pick(['status', 'list']), ...often() })),
  showPostsAfterSeconds: pick([0, 0, 30, 300, 800])
})

test('hostile histories of a video: never two posts, never a false word about one', async () => {
  const world = await openWorld('youtube', { quota: { uploads: 1e9, units: 1e9 } })
  await playHistories({ share: 0.7 }, async dice => {
    await world.sandbox.clear(PROJECT)
    await world.sandbox.setFaults(PROJECT, {})
    const linked = await link(world, dice.below(5))
    await world.sandbox.setFaults(PROJECT, makeFaults(dice))
    const file = dice.next() < 0.3 ? large : small
    const run = await deliver(world, linked, postOf(world, file, linked.account), file)
    return { run, made: await world.sandbox.posts(PROJECT), sha256: world.sha256(file) }
  })
  assert.deepEqual(world.errors, [])
  await world.close()
})

/** `late`: lists are late by less than what the publisher waits for. */
const makeExtraFaults = ({ calls, committing }: Subject, late: number, dice: Dice): Record<string, unknown> => {
  const { next, pick, some, often, below } = dice
  const at = () => pick([...calls, committing, 'token', 'any'])
  return {
    cutAnswer: some(0.6, () => ({ at: at(), bytes: pick(LOST), ...often() })),
    dropRequest: some(0.5, () => ({ at: at(), bytes: pick(LOST), ...often() })),
    status: some(0.5, () => {
      const isDone = next() < 0.5
      return {
        at: pick([...calls, committing]),
        when: isDone ? 'after' : 'before',
        code: pick(isDone ? DONE : NOT_DONE),
        ...often()
      }
    }),
    showPostsAfterSeconds: pick([0, 0, below(late + 1)]),
    noItems: some(0.5, () => ({ at: pick(['status', 'inPlaylist', 'captions', 'comments']), ...often() })),
    playlistDuplicates: pick(['allow', 'allow', 'refuse'])
  }
}

for (const subject of [thumbnail, captions, playlist, comment])
  test(`hostile histories of ${subject.name}: never twice, never a false word`, async () => {
    const bench = await openBench(subject)
    const late = Math.max(0, bench.publisher.settleSeconds - 1)
    await playHistories({ share: 0.8, count: Number(process.env.HISTORIES ?? 60) }, async dice => {
      await bench.reset()
      await bench.setFaults(makeExtraFaults(subject, late, dice))
      const run = await bench.deliver(bench.post())
      return { run, made: await bench.posts(), sha256: bench.world.sha256(bench.file) }
    })
    assert.deepEqual(bench.world.errors, [])
    await bench.world.close()
  })
