import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { deliver } from './driver.ts'
import { link, openWorld, PROJECT, postOf, type World } from './world.ts'

/** HISTORIES=4000 for a long look. One seed is one history: a failing one can be run alone by its number, SEED=17. */
const HISTORIES = Number(process.env.HISTORIES ?? 120)
const SEED = Number(process.env.SEED ?? 0)
const file = Buffer.alloc(600_001, 5)
const CALLS = ['create', 'upload', 'status', 'limit', 'list', 'publish', 'media', 'any']

let world: World
before(async () => {
  world = await openWorld('instagram', { quota: { uploads: 1000, units: 1e9 } })
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

/** Hostile: of a publish call, every answer may be a lie, and a second one makes a second post. */
function makeFaults(random: () => number): Record<string, unknown> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const some = <T>(chance: number, make: () => T): T[] =>
    random() < chance ? Array.from({ length: 1 + Math.floor(random() * 4) }, make) : []
  const often = () => ({ times: 1 + Math.floor(random() * 3), after: Math.floor(random() * 3) })
  const when = () => pick(['before', 'after'])
  const anything = ['2', '4/2207051', '9007/2207027', '24/2207008', '9/2207042', '190', 'html']
  const statuses = [
    () => ({ at: 'publish', when: when(), code: pick([400, 401, 403, 500, 503]), reason: pick(anything), ...often() }),
    () => ({ at: pick(['status', 'list', 'media']), when: when(), code: 400, reason: '100/33', ...often() }),
    () => ({ at: pick(['create', 'upload', 'limit', 'any']), when: when(), code: pick([500, 502, 503]), ...often() }),
    () => ({ at: 'upload', when: when(), code: 412, reason: 'OffsetInvalidError', ...often() }),
    () => ({ at: pick(['create', 'status', 'list']), when: 'before', code: 400, reason: '80002', ...often() })
  ]
  const bytes = [0, 1, 20, 300, 262_144, 300_000]
  return {
    cutAnswer: some(0.5, () => ({ at: pick(CALLS), bytes: pick(bytes), ...often() })),
    dropRequest: some(0.5, () => ({ at: pick(CALLS), bytes: pick(bytes), ...often() })),
    status: some(0.6, () => pick(statuses)()),
    forgetSessions: some(0.15, () => ({ at: pick(['status', 'upload']), when: when(), ...often() })),
    processing: some(0.8, () => ({
      seconds: Math.floor(random() * 600),
      ...(random() < 0.2 ? { error: pick(['2207053', '2207001', '2207082']) } : {})
    })),
    pull: some(0.1, () => ({ fail: pick(['timeout', 'not found']) })),
    foreign: some(0.4, () => often()),
    secondPublish: 'post',
    statusLateSeconds: pick([0, 0, 30, 80]),
    showPostsAfterSeconds: pick([0, 0, 30, 80]),
    hideCaptions: random() < 0.2,
    ...(random() < 0.1 ? { lifetimes: { sessionSeconds: 2000 } } : {})
  }
}

test(`${HISTORIES} hostile histories: never two posts, never a false word about one`, async () => {
  const ends = new Map<string, number>()
  for (let seed = SEED || 1; seed <= (SEED || HISTORIES); seed++) {
    const random = randomOf(seed)
    await world.sandbox.clear(PROJECT)
    await world.sandbox.setFaults(PROJECT, {})
    const linked = await link(world, Math.floor(random() * 5), random() < 0.5 ? 'facebook' : 'instagram')
    await world.sandbox.setFaults(PROJECT, makeFaults(random))
    const { delivery } = await deliver(world, linked, postOf(world, file, linked.account), file).catch(error => {
      throw new Error(`history ${seed}: ${error.message}`, { cause: error })
    })
    const all = await world.sandbox.posts(PROJECT)
    const posts = all.filter(post => !(post.metadata as { isForeign?: boolean }).isForeign)
    const said = `history ${seed}: ${delivery.status} ${delivery.failure?.code ?? ''}`
    assert.ok(posts.length <= 1, `${said}: ${posts.length} posts`)
    if (delivery.status === 'uploaded') {
      assert.equal(posts[0]?.sha256, world.sha256(file), `${said}: other bytes`)
      if (delivery.post?.id !== undefined) assert.equal(posts[0]?.id, delivery.post.id, `${said}: not its own post`)
    } else if (delivery.failure?.code !== 'outcome_unknown') assert.equal(posts.length, 0, `${said} hides a post`)
    const end = delivery.status === 'uploaded' ? 'uploaded' : (delivery.failure?.code ?? '')
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  assert.deepEqual(world.errors, [])
  if (process.env.HISTORIES) console.log(JSON.stringify([...ends]))
  if (!SEED) assert.ok((ends.get('uploaded') ?? 0) > HISTORIES * 0.7, JSON.stringify([...ends]))
})
