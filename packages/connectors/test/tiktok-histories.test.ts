import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { deliver } from './driver.ts'
import { link, openWorld, PROJECT, postOf, type World } from './world.ts'

/** HISTORIES=4000 for a long look. One seed is one history: a failing one can be run alone by its number, SEED=17. */
const HISTORIES = Number(process.env.HISTORIES ?? 120)
const SEED = Number(process.env.SEED ?? 0)
const small = Buffer.alloc(300_001, 5)
const large = Buffer.alloc(64_000_001, 6)
const CALLS = ['creator', 'init', 'chunk', 'lastChunk', 'status', 'list', 'token', 'any']

let world: World
before(async () => {
  world = await openWorld('tiktok')
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
  const answers = [
    { when: 'after', codes: [500, 502, 503, 504, 404, 416] },
    { when: 'before', codes: [500, 503, 429, 404, 416] }
  ]
  const status = () => {
    const { when, codes } = pick(answers)
    const at = pick(['chunk', 'lastChunk', 'status', 'init', 'creator'])
    const isUpload = at === 'chunk' || at === 'lastChunk'
    return { at, when, code: pick(codes.filter(code => isUpload || code === 429 || code >= 500)), ...often() }
  }
  const bytes = [0, 1, 20, 300, 262_144, 300_000, 9_000_000]
  return {
    cutAnswer: some(0.5, () => ({ at: pick(CALLS), bytes: pick(bytes), ...often() })),
    dropRequest: some(0.5, () => ({ at: pick(CALLS), bytes: pick(bytes), ...often() })),
    status: some(0.5, status),
    forgetSessions: some(0.2, () => ({
      at: pick(['status', 'chunk', 'lastChunk']),
      when: pick(['before', 'after']),
      ...often()
    })),
    processing: some(0.9, () => ({
      seconds: Math.floor(random() * 600),
      idSeconds: pick([0, 5, 300, 80_000]),
      ...(random() < 0.1 ? { failReason: 'internal' } : {})
    })),
    progress: pick(['count', 'index', 'absent']),
    repeatedRange: pick(['416', '206']),
    hideUploadedBytes: random() < 0.1,
    showPostsAfterSeconds: pick([0, 0, 30, 300, 800]),
    ...(random() < 0.2 ? { grantScopes: ['user.info.basic', 'video.publish'] } : {})
  }
}

test(`${HISTORIES} hostile histories: never two posts, never a false word about one`, async () => {
  const ends = new Map<string, number>()
  for (let seed = SEED || 1; seed <= (SEED || HISTORIES); seed++) {
    const random = randomOf(seed)
    await world.sandbox.clear(PROJECT)
    const faults = makeFaults(random)
    await world.sandbox.setFaults(PROJECT, faults.grantScopes ? { grantScopes: faults.grantScopes } : {})
    const linked = await link(world, Math.floor(random() * 2))
    await world.sandbox.setFaults(PROJECT, faults)
    const file = random() < 0.15 ? large : small
    const privacyLevel = random() < 0.7 ? 'PUBLIC_TO_EVERYONE' : 'SELF_ONLY'
    const post = postOf(world, file, linked.account, {}, { privacyLevel })
    const { delivery } = await deliver(world, linked, post, file)
    const posts = await world.sandbox.posts(PROJECT)
    const said = `history ${seed}: ${delivery.status} ${delivery.failure?.code ?? ''}`
    assert.ok(posts.length <= 1, `${said}: ${posts.length} posts`)
    if (delivery.status === 'uploaded') {
      assert.equal(posts[0]?.sha256, world.sha256(file), `${said}: other bytes`)
      if (delivery.post?.id !== undefined) assert.equal(posts[0]?.id, delivery.post.id, `${said}: not its own post`)
      else assert.match(delivery.post?.url ?? '', /^https:\/\/www\.tiktok\.com\/@[\w.]+$/, said)
    } else if (delivery.failure?.code !== 'outcome_unknown') assert.equal(posts.length, 0, `${said} hides a post`)
    const end = delivery.status === 'uploaded' ? 'uploaded' : (delivery.failure?.code ?? '')
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  assert.deepEqual(world.errors, [])
  if (!SEED) assert.ok((ends.get('uploaded') ?? 0) > HISTORIES * 0.6, JSON.stringify([...ends]))
  if (process.env.HISTORIES) console.log(ends)
})
