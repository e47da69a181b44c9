import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { deliver } from './driver.ts'
import { link, openWorld, PROJECT, postOf, type World } from './world.ts'

/** HISTORIES=4000 for a long look. One seed is one history: a failing one can be run alone by its number. */
const HISTORIES = Number(process.env.HISTORIES ?? 120)
const small = Buffer.alloc(300_001, 5)
const large = Buffer.alloc(8 * 2 ** 20 + 300_001, 6)
const CALLS = ['insert', 'chunk', 'lastChunk', 'query', 'status', 'list', 'token', 'any']

let world: World
before(async () => {
  world = await openWorld('youtube', { quota: { uploads: 1e9, units: 1e9 } })
})
after(() => world.close())

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Hostile, but never a plain refusal of something that was done: that would be a lie no client can see through. */
function makeFaults(random: () => number): Record<string, unknown> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const some = <T>(chance: number, make: () => T): T[] =>
    random() < chance ? Array.from({ length: 1 + Math.floor(random() * 4) }, make) : []
  const often = () => ({ times: 1 + Math.floor(random() * 3), after: Math.floor(random() * 3) })
  const when = () => pick(['before', 'after'])
  const answers = [
    { when: 'after', codes: [500, 502, 503, 504, 404, 410, 416] },
    { when: 'before', codes: [500, 503, 429, 401, 404, 410, 416] }
  ]
  const status = () => {
    const { when, codes } = pick(answers)
    return { at: pick(CALLS.filter(call => call !== 'token')), when, code: pick(codes), ...often() }
  }
  const bytes = [0, 1, 20, 300, 262_144, 300_000, 5_000_000]
  return {
    cutAnswer: some(0.5, () => ({ at: pick(CALLS), bytes: pick(bytes), ...often() })),
    dropRequest: some(0.5, () => ({ at: pick(CALLS), bytes: pick(bytes), ...often() })),
    status: some(0.5, status),
    forgetSessions: some(0.3, () => ({ at: pick(['query', 'chunk', 'lastChunk']), when: when(), ...often() })),
    lateResult: some(0.2, () => ({ seconds: Math.floor(random() * 300) })),
    wait: some(0.3, () => ({ at: pick(['chunk', 'query']), seconds: Math.floor(random() * 100), ...often() })),
    processing: [{ seconds: Math.floor(random() * 600) }],
    showPostsAfterSeconds: pick([0, 0, 30, 300, 800])
  }
}

test(`${HISTORIES} hostile histories: never two posts, never a false word about one`, async () => {
  const ends = new Map<string, number>()
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const random = randomOf(seed)
    await world.sandbox.clear(PROJECT)
    await world.sandbox.setFaults(PROJECT, {})
    const linked = await link(world, Math.floor(random() * 5))
    await world.sandbox.setFaults(PROJECT, makeFaults(random))
    const file = random() < 0.3 ? large : small
    const { delivery } = await deliver(world, linked, postOf(world, file, linked.account), file)
    const posts = await world.sandbox.posts(PROJECT)
    assert.ok(posts.length <= 1, `history ${seed}: ${posts.length} posts`)
    if (delivery.status === 'uploaded') {
      assert.equal(posts[0]?.id, delivery.post?.id, `history ${seed}: not its own post`)
      assert.equal(posts[0]?.sha256, world.sha256(file), `history ${seed}: other bytes`)
    } else if (delivery.failure?.code !== 'outcome_unknown')
      assert.equal(posts.length, 0, `history ${seed}: ${delivery.failure?.code} hides a post`)
    ends.set(delivery.status, (ends.get(delivery.status) ?? 0) + 1)
  }
  assert.deepEqual(world.errors, [])
  assert.ok((ends.get('uploaded') ?? 0) > HISTORIES * 0.7, JSON.stringify([...ends]))
})
