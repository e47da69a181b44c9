import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Connector, Context, Doubt, Exchange, HttpSetup, Post, Progress } from '../src/index.ts'
import { deliver, type Run } from './driver.ts'
import { chunkOf, contextOf, doubtOf, type Linked, link, openWorld, PROJECT, postOf, type World } from './world.ts'

type Faults = Readonly<Record<string, unknown>>
/** Of any options and any state. */
export type AnyPublisher = Connector['publisher']

/** What counts as the post. Bytes and digest are known of files only. */
export interface Made {
  readonly id?: string | undefined
  readonly bytes?: number
  readonly sha256?: string
}

/** What the laws need to know of a platform, or of something that is done on it once a post exists. */
export interface Subject {
  readonly platform: string
  /** For the tests' names, where a platform has several subjects. */
  readonly name?: string
  /** One of the connector's ways to sign in; the first if absent. */
  readonly auth?: string
  /** As a client sends them; absent: none are sent. */
  readonly options?: unknown
  /** Bytes of a file of two chunks, where the platform takes chunks. */
  readonly bytes: number
  /** The calls of a delivery, as the sandbox's faults name them. */
  readonly calls: readonly string[]
  /** Those of them that are made only after a lost answer. */
  readonly asking: readonly string[]
  /** The call that makes the post. */
  readonly committing: string
  /** Faults that make the platform forget the session or the receipt, before the post exists or after. */
  readonly forgotten: Faults
  /** After that, is the post looked for and its absence believed in the end, or does asking never tell? */
  readonly silence: 'believed' | 'never tells'
  /** Seconds after which a list that shows nothing is believed; 0 where `settleSeconds` is all there is to wait for. */
  readonly listSeconds: number
  /** A fault that keeps our marker from the post, where the platform does not promise to keep it. */
  readonly unmarked?: Faults
  /** Successes that look like something else. */
  readonly disguised: Readonly<Record<string, Faults>>
  /** The platform's own "no" after the commit, and how many posts can be seen then. */
  readonly rejections: readonly Faults[]
  readonly rejectedPosts?: number
  /** Requests that only read, though they are no GET: by path. */
  readonly reads?: RegExp
  /** What must never be told, out of the state. */
  secretOf?(state: never): string
  /** Doing it again leaves the same: a doubt may be answered by "send it again". */
  readonly isOverwriting?: boolean
  /** For a follow-up: its publisher, the post that it belongs to, and what it has made. */
  readonly publisher?: (world: World) => AnyPublisher
  readonly arrange?: (world: World, linked: Linked, file: Buffer) => Promise<Partial<Post<unknown>>>
  readonly made?: (world: World) => Promise<readonly Made[]>
}

/** Puts a fault into what is judged. */
export interface Change {
  readonly publisher?: (it: AnyPublisher) => AnyPublisher
  readonly connector?: (it: Connector) => Connector
}

/** One subject on its platform's sandbox, fresh for each law. */
export async function openBench(subject: Subject, change: Change = {}) {
  const opened = await openWorld(subject.platform, { quota: { uploads: 1e9, units: 1e9 } })
  const world: World = { ...opened, connector: change.connector?.(opened.connector) ?? opened.connector }
  const publisher = (change.publisher ?? (it => it))(subject.publisher?.(world) ?? world.connector.publisher)
  const file = subject.arrange ? pictureOf(subject.bytes) : randomBytes(subject.bytes)
  let linked = await link(world, 0, subject.auth).catch(async error => {
    await opened.close()
    throw error
  })
  let arranged: Partial<Post<unknown>> = {}

  const bench = {
    world,
    subject,
    publisher,
    file,
    linked: () => linked,
    async reset(): Promise<void> {
      await world.sandbox.setFaults(PROJECT, {})
      await world.sandbox.clear(PROJECT)
      linked = await link(world, 0, subject.auth)
      arranged = (await subject.arrange?.(world, linked, file)) ?? {}
      world.errors.length = 0
    },
    setFaults: (faults: Faults) => world.sandbox.setFaults(PROJECT, faults),
    /** Posts of this law only. */
    async clear(): Promise<void> {
      await world.sandbox.clear(PROJECT)
      if (subject.arrange) {
        await world.sandbox.setFaults(PROJECT, {})
        arranged = await subject.arrange(world, linked, file)
      }
    },
    posts: async (): Promise<readonly Made[]> => (subject.made ? subject.made(world) : world.sandbox.posts(PROJECT)),
    post: (more: Partial<Post<unknown>> = {}): Post<unknown> =>
      postOf(world, file, linked.account, { ...arranged, ...more }, subject.options),
    context: (call: HttpSetup['call'], commits = false, onExchange?: (exchange: Exchange) => void): Context =>
      contextOf(world, linked, { call, commits, ...(onExchange ? { onExchange } : {}) }),
    doubt: (taken: readonly string[] = []): Doubt => doubtOf(world, publisher.commit ? 'commit' : 'send', true, taken),
    wait(seconds: number): void {
      world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
    },
    deliver: (post: Post<unknown>, taken: readonly string[] = []): Promise<Run> =>
      deliver(world, linked, post, file, taken, publisher),
    send: (progress: Progress<unknown> & { at: 'transfer' }): Promise<Progress<unknown>> => {
      const isLast = !publisher.commit && progress.end === file.length
      const chunk = chunkOf(file, progress.sent, progress.end)
      return publisher.send!(progress.state, chunk, bench.context('send', isLast))
    },
    /** Everything up to the exchange that makes the post. `seen` is shown every answer on the way. */
    async brink(
      post: Post<unknown> = bench.post(),
      seen: (progress: Progress<unknown>) => void = () => {}
    ): Promise<Brink> {
      let progress = await publisher.prepare(null, post, bench.context('prepare'))
      for (let step = 0; step < 100; step++) {
        seen(progress)
        if (progress.at === 'ready') return progress
        if (progress.at === 'transfer' && !publisher.commit && progress.end === file.length) return progress
        if ('askAgainIn' in progress) bench.wait(progress.askAgainIn ?? 0)
        if (progress.at === 'transfer') progress = await bench.send(progress)
        else if (progress.at === 'processing') progress = await publisher.check(progress.state, bench.context('check'))
        else if (progress.at === 'prepare')
          progress = await publisher.prepare(progress.state, post, bench.context('prepare'))
        else break
      }
      return assert.fail(`the post was not to be made yet, and it stands at ${progress.at}`)
    },
    /** That exchange. */
    cross: (brink: Brink): Promise<Progress<unknown>> =>
      brink.at === 'ready' ? publisher.commit!(brink.state, bench.context('commit', true)) : bench.send(brink),
    check: (state: unknown, doubt: Doubt = bench.doubt()): Promise<Progress<unknown>> =>
      publisher.check(state, bench.context('check'), doubt),

    /** The end and the truth agree. */
    async assertHonest({ delivery }: Run, what: string): Promise<void> {
      const made = await bench.posts()
      assert.ok(made.length <= 1, `${what}: ${made.length} posts`)
      if (delivery.status === 'uploaded') {
        assert.equal(made.length, 1, `${what}: no post`)
        const { id } = delivery.post ?? {}
        if (id !== undefined && made[0]?.id !== undefined) assert.equal(made[0].id, id, what)
        bench.assertWhole(made[0])
      } else if (delivery.failure?.code !== 'outcome_unknown') assert.equal(made.length, 0, what)
    },
    assertWhole(made: Made | undefined): void {
      assert.ok(made)
      if (made.bytes !== undefined) assert.equal(made.bytes, file.length)
      if (made.sha256 !== undefined) assert.equal(made.sha256, world.sha256(file))
    }
  }
  return bench
}
export type Bench = Awaited<ReturnType<typeof openBench>>
export type Brink = Progress<unknown> & { at: 'ready' | 'transfer' }

/** Bytes that begin as a PNG does. */
const pictureOf = (bytes: number): Buffer =>
  Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(Math.max(0, bytes - 8))]).subarray(0, bytes)
