import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { z } from 'zod'
import type { Post, Progress } from '../src/index.ts'
import { deliver, type Run } from './driver.ts'
import { chunkOf, contextOf, doubtOf, type Linked, link, openWorld, PROJECT, postOf, type World } from './world.ts'

/** What the laws need to know of a platform. */
export interface Subject {
  readonly platform: string
  /** Bytes of a file of two chunks. */
  readonly bytes: number
  /** The calls of a delivery, as the sandbox's faults name them. */
  readonly calls: readonly string[]
  /** Those of them that are made only after a lost answer. */
  readonly asking: readonly string[]
  /** The call that makes the post. */
  readonly committing: string
  /** Faults that make the platform forget the session once the post exists. */
  readonly forgotten: Readonly<Record<string, unknown>>
  /** A fault that keeps our marker from the post, where the platform does not promise to keep it. */
  readonly unmarked: Readonly<Record<string, unknown>>
  /** Successes that look like something else. */
  readonly disguised: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** The platform's own "no" after the post was made. */
  readonly rejections: readonly Readonly<Record<string, unknown>>[]
  /** Seconds after which a list that shows nothing is believed. */
  readonly listSeconds: number
}

/** The laws of the engine, for one connector against its sandbox over real HTTP. */
export function keepLaws(subject: Subject): void {
  let world: World
  let linked: Linked
  const file = randomBytes(subject.bytes)
  const context = (call: 'prepare' | 'send' | 'check', commits = false) => contextOf(world, linked, { call, commits })
  const posts = () => world.sandbox.posts(PROJECT)
  const wait = (seconds: number): void => {
    world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
  }
  const marked = (n: number): Partial<Post<unknown>> => ({ marker: String(n).padStart(26, 'a') })
  const post = (more: Partial<Post<unknown>> = {}) => postOf(world.connector, file, linked.account, more)

  before(async () => {
    world = await openWorld(subject.platform)
    linked = await link(world)
  })
  after(() => world.close())
  beforeEach(async () => {
    await world.sandbox.setFaults(PROJECT, {})
    await world.sandbox.clear(PROJECT)
    linked = await link(world)
    world.errors.length = 0
  })
  const law = (name: string, run: () => Promise<void>): void => {
    test(`${subject.platform}: ${name}`, async () => {
      await run()
      assert.deepEqual(world.errors, [], 'the sandbox itself failed')
    })
  }

  /** Sends chunks until something else than more chunks is asked for. */
  async function sendAll(start: Progress<unknown>, stopBeforeLast = false): Promise<Progress<unknown>> {
    let progress = start
    while (progress.at === 'transfer' && !(stopBeforeLast && progress.end === file.length)) {
      const chunk = chunkOf(file, progress.sent, progress.end)
      progress = await world.connector.publisher.send!(
        progress.state,
        chunk,
        context('send', chunk.end === file.length)
      )
    }
    return progress
  }
  const stateOf = (progress: Progress<unknown>): unknown => {
    assert.ok('state' in progress, `no state in ${progress.at}`)
    return progress.state
  }

  law('1. prepare makes nothing public, however often', async () => {
    for (let i = 0; i < 3; i++) await world.connector.publisher.prepare(null, post(), context('prepare'))
    assert.deepEqual(await posts(), [])
  })

  law('2. check changes nothing', async () => {
    const { publisher } = world.connector
    const look = async () => JSON.stringify([await world.dump(), await posts()])
    const open = await publisher.prepare(null, post(), context('prepare'))
    const part = await sendAll(open, true)
    const made = await sendAll(part)
    for (const progress of [open, part, made]) {
      const seen = await look()
      await publisher.check(stateOf(progress), context('check'), doubtOf(world, 'send', true))
      assert.equal(await look(), seen)
    }
  })

  law('3. a verb changes at most one thing, and that last', async () => {
    const { journal } = await deliver(world, linked, post(), file)
    const steps = Map.groupBy(journal, entry => entry.step)
    for (const [, entries] of steps) {
      if (entries[0]?.call === 'check') continue
      const changing = entries.filter(entry => entry.method !== 'GET')
      assert.ok(changing.length <= 1, JSON.stringify(entries))
      if (changing.length === 1) assert.equal(entries.at(-1), changing[0])
    }
    assert.ok(steps.size >= 4)
  })

  law('4. once a post exists, a doubting check never says that there is none', async () => {
    const { publisher } = world.connector
    const allowed = ['published', 'processing', 'unclear']
    for (const late of [0, subject.listSeconds - 100]) {
      await world.sandbox.setFaults(PROJECT, { showPostsAfterSeconds: late })
      const doubt = doubtOf(world, 'send', true)
      const before = await sendAll(await publisher.prepare(null, post(), context('prepare')), true)
      await sendAll(before)
      await world.sandbox.setFaults(PROJECT, { ...subject.forgotten, showPostsAfterSeconds: late })
      for (const seconds of [publisher.settleSeconds, 60, 600, subject.listSeconds]) {
        wait(seconds)
        const { at } = await publisher.check(stateOf(before), context('check'), doubt)
        assert.ok(allowed.includes(at), `${at} after ${seconds} s, list ${late} s late`)
      }
    }
  })

  law('5. "gone" in doubt is said only after a look for the post, and not too soon', async () => {
    const { publisher } = world.connector
    const doubt = doubtOf(world, 'send', true)
    const before = await sendAll(await publisher.prepare(null, post(), context('prepare')), true)
    await world.sandbox.setFaults(PROJECT, { forgetSessions: { at: 'any', times: 1 } })
    const early = await publisher.check(stateOf(before), context('check'), doubt)
    assert.equal(early.at, 'unclear')
    wait(subject.listSeconds + 1)
    const paths: string[] = []
    const watched = contextOf(world, linked, { call: 'check', onExchange: e => paths.push(e.path) })
    assert.equal((await publisher.check(stateOf(before), watched, doubt)).at, 'gone')
    assert.ok(paths.length >= 2, 'it looked for the post after asking for the session')
  })

  law("6. rejected is the platform's own word, and nothing appears afterwards", async () => {
    for (const rejection of subject.rejections) {
      await world.sandbox.clear(PROJECT)
      await world.sandbox.setFaults(PROJECT, rejection)
      const { delivery } = await deliver(world, linked, post(), file)
      assert.equal(delivery.status, 'failed', JSON.stringify(rejection))
      assert.equal(delivery.failure?.kind, 'permanent', delivery.failure?.code)
      wait(3600)
      assert.equal((await posts()).length, 1, 'the refused one, and no other')
    }
  })

  law('9. the same last chunk twice makes one post', async () => {
    const { publisher } = world.connector
    const last = await sendAll(await publisher.prepare(null, post(), context('prepare')), true)
    assert.equal(last.at, 'transfer')
    const [one, two] = [await sendAll(last), await sendAll(last)]
    assert.deepEqual(one, two)
    assert.equal((await posts()).length, 1)
  })

  law('10. a chunk that was received already does no harm, and the offset is true', async () => {
    const { publisher } = world.connector
    const first = await publisher.prepare(null, post(), context('prepare'))
    assert.ok(first.at === 'transfer' && first.end > first.sent)
    const chunk = () => chunkOf(file, first.sent, first.end)
    const once = await publisher.send!(first.state, chunk(), context('send'))
    const twice = await publisher.send!(first.state, chunk(), context('send'))
    assert.deepEqual(twice, once)
    assert.ok(twice.at === 'transfer' && twice.sent === first.end && twice.end > twice.sent)
    await sendAll(twice)
    await assertWhole()
  })

  law('11. cut every answer and drop every request, anywhere: one post, or none and a failure', async () => {
    const cuts = [0, 1, 12, 16, 40, 150, 400, 900, 5000].map(bytes => ({ kind: 'cutAnswer', bytes }))
    const drops = [0, 1, 262_143, 262_144, 300_000, 5_000_000].map(bytes => ({ kind: 'dropRequest', bytes }))
    let doubts = 0
    for (const at of subject.calls)
      for (const { kind, bytes } of [...cuts, ...drops]) {
        await world.sandbox.clear(PROJECT)
        const lost = subject.asking.includes(at) ? [{ at: subject.committing }] : []
        const forgotten = lost.length > 0 ? subject.forgotten : {}
        const faults = { cutAnswer: lost, ...forgotten, [kind]: [{ at, bytes }, ...(kind === 'cutAnswer' ? lost : [])] }
        await world.sandbox.setFaults(PROJECT, faults)
        const run = await deliver(world, linked, post(), file)
        doubts += run.failures.length
        await assertHonest(run, `${kind} ${bytes} at ${at}`)
        assert.equal(run.delivery.status, 'uploaded', `${kind} ${bytes} at ${at}: ${run.delivery.failure?.code}`)
        assert.deepEqual(
          Object.values((await world.sandbox.getFaults(PROJECT)) as object).flat(),
          [],
          `${at} was not hit`
        )
      }
    assert.ok(doubts > cuts.length, 'the faults were felt')
  })

  law('11. a lost last answer and a forgotten session end as one post, by looking for it', async () => {
    const at = subject.committing
    await world.sandbox.setFaults(PROJECT, { cutAnswer: { at }, ...subject.forgotten, showPostsAfterSeconds: 120 })
    const run = await deliver(world, linked, post(), file)
    await assertHonest(run, 'list')
    assert.equal(run.delivery.status, 'uploaded')
    assert.equal((await posts()).length, 1)
  })

  law('12. a success that looks like a refusal ends as one post', async () => {
    for (const [name, faults] of Object.entries(subject.disguised)) {
      await world.sandbox.clear(PROJECT)
      await world.sandbox.setFaults(PROJECT, faults)
      const run = await deliver(world, linked, post(), file)
      await assertHonest(run, name)
      assert.equal(run.delivery.status, 'uploaded', `${name}: ${run.delivery.failure?.code}`)
      assert.equal((await posts()).length, 1, name)
    }
  })

  law('14. options are a JSON Schema with a title for every member', async () => {
    const schema = z.toJSONSchema(world.connector.options, { io: 'input' }) as {
      properties: Record<string, { title?: string; description?: string }>
    }
    for (const [name, member] of Object.entries(schema.properties)) {
      assert.ok(member.title, name)
      assert.ok(member.description, name)
    }
    const { connector } = world
    assert.deepEqual(connector.rules(linked.account), connector.rules(structuredClone(linked.account)))
    assert.deepEqual(connector.hosts(linked.account), connector.hosts(structuredClone(linked.account)))
  })

  law('15. no token and no session address is in a message, a failure or the journal', async () => {
    const secrets = [linked.tokens.access, linked.tokens.refresh ?? linked.tokens.access]
    const faults = ['insert', 'chunk', 'lastChunk', 'query', 'status'].map(at => ({ at, code: 500 }))
    await world.sandbox.setFaults(PROJECT, { status: faults, cutAnswer: subject.calls.map(at => ({ at, after: 1 })) })
    const run = await deliver(world, linked, post(), file)
    const session = new URL((run.delivery.state as { session: string }).session)
    secrets.push(session.searchParams.get('upload_id') ?? session.href)
    const said = JSON.stringify([
      run.journal,
      run.failures.map(e => [String(e), (e as { failure?: unknown }).failure, String((e as Error).cause ?? '')])
    ])
    assert.ok(run.failures.length > 3)
    for (const secret of secrets) assert.ok(!said.includes(secret))
  })

  law("16. another delivery's post is never adopted, in either order", async () => {
    const lost = { cutAnswer: { at: subject.committing, times: 2 }, ...subject.forgotten }
    for (const [order, also] of [
      [[1, 2], {}],
      [[2, 1], {}],
      [[1, 2], subject.unmarked]
    ] as const) {
      await world.sandbox.clear(PROJECT)
      const ids: string[] = []
      for (const n of order) {
        await world.sandbox.setFaults(PROJECT, { ...lost, ...also })
        const run = await deliver(world, linked, post(marked(n)), file, ids)
        assert.equal(run.delivery.status, 'uploaded')
        ids.push(run.delivery.post?.id ?? '')
      }
      assert.equal(new Set(ids).size, 2)
      assert.equal((await posts()).length, 2)
    }
  })

  law("16. a delivery whose own bytes never arrived does not take an equal one's post", async () => {
    const first = await deliver(world, linked, post(marked(1)), file)
    assert.equal(first.delivery.status, 'uploaded')
    await world.sandbox.setFaults(PROJECT, { dropRequest: { at: subject.committing }, ...subject.forgotten })
    const second = await deliver(world, linked, post(marked(2)), file)
    assert.equal(second.delivery.status, 'uploaded')
    assert.notEqual(second.delivery.post?.id, first.delivery.post?.id)
    assert.equal((await posts()).length, 2)
  })

  async function assertWhole(): Promise<void> {
    const [made] = await posts()
    assert.equal(made?.bytes, file.length)
    assert.equal(made?.sha256, world.sha256(file))
  }

  /** The end and the truth agree. */
  async function assertHonest({ delivery }: Run, what: string): Promise<void> {
    const made = await posts()
    assert.ok(made.length <= 1, `${what}: ${made.length} posts`)
    if (delivery.status === 'uploaded') {
      assert.equal(made[0]?.id, delivery.post?.id, what)
      await assertWhole()
    } else if (delivery.failure?.code !== 'outcome_unknown') assert.equal(made.length, 0, what)
  }
}
