import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { testDatabase } from './database.ts'
import { bestOf, isGone, until } from './processes.ts'
import type { Seen } from './wire.ts'
import { isOver, makeVideo, type Workspace } from './workspace.ts'
import { openWorld, type Process } from './world.ts'

const MiB = 2 ** 20
const CHUNK = 8 * MiB
/** The n-th chunk, from 0, is under way until whoever sends or takes it is gone: no test is too late for that. */
const stuckAt = (n: number) => ({
  delayMs: { at: 'chunk', after: n, ms: 100_000 },
  processing: { seconds: 0, times: 9 }
})
const untilStuck = (of: Workspace) =>
  until(async () => !('delayMs' in (await of.insist('GET', '/sandbox/youtube/faults'))), 'the chunk to be stuck')

const { pool, url } = await testDatabase()
const world = await openWorld({ databaseUrl: url })
let api = await world.start('api', 'api')
const workers = await Promise.all([world.start('first', 'worker'), world.start('second', 'worker')])
const ada = await world.signUp()
const account = await ada.link()

const isChunk = ({ range }: Seen) => range !== undefined
const isChunkAt = (start: number) => (one: Seen) => one.range?.start === start
const isQuery = ({ method, range, path }: Seen) => method === 'PUT' && range === undefined && path.includes('upload_id')

/** The process that works on the only delivery under way. */
async function findHolder(): Promise<Process> {
  let holder: Process | undefined
  await until(async () => {
    const { rows } = await pool.query('select worker from deliveries where lease is not null')
    holder = workers.find(each => each.workerId() === rows[0]?.worker)
    return holder !== undefined
  }, 'a worker with a lease')
  return holder as Process
}

/** SIGKILL to the embedded PostgreSQL, which outlives the process that started it. */
async function killDatabase(dataDir: string): Promise<void> {
  const [file] = globSync('postgres/**/postmaster.pid', { cwd: dataDir })
  const pid = Number((await readFile(join(dataDir, file!), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  await until(() => isGone(pid), 'the database to be gone')
}

/** Puts another worker in the place of one that is gone. */
async function replace(gone: Process): Promise<void> {
  workers[workers.indexOf(gone)] = await world.start(gone.name, 'worker')
}

async function assertOnePost(workspace: Workspace, title: string, video: Buffer): Promise<void> {
  const posts = (await workspace.posts()).filter(post => post.title === title)
  assert.deepEqual(
    posts.map(({ bytes, sha256 }) => ({ bytes, sha256 })),
    [{ bytes: video.length, sha256: createHash('sha256').update(video).digest('hex') }]
  )
}

test('a worker killed in the middle of a transfer: another goes on from the last acknowledged chunk', async t => {
  const took = await bestOf(10, async () => {
    const video = makeVideo(30 * MiB)
    await ada.setFaults(stuckAt(2))
    const from = world.wire.seen.length
    const { uploadId, title } = await ada.upload([account], video, { title: `Killed after ${from} exchanges` })
    const third = await world.wire.next(isChunkAt(2 * CHUNK), from)
    await until(() => third.bytes > 0, 'some of the third chunk')
    await untilStuck(ada)
    const holder = await findHolder()
    const since = world.wire.seen.length
    const killedAt = performance.now()
    await holder.kill('SIGKILL')
    const first = await world.wire.next(() => true, since)
    assert.ok(isQuery(first), 'it asks first how much arrived')

    const status = await ada.waitFor(uploadId, isOver)
    assert.equal(status.status, 'Uploaded')
    const again = world.wire.seen.slice(since).filter(isChunk)
    assert.ok(again[0]!.range!.start >= 2 * CHUNK, 'an acknowledged chunk was sent again')
    const total = world.wire.seen.slice(from).reduce((sum, one) => sum + (one.range ? one.bytes : 0), 0)
    t.diagnostic(`${total - video.length} bytes were sent twice`)
    assert.ok(total - video.length <= CHUNK, 'more than one chunk was sent again')
    await assertOnePost(ada, title, video)
    await replace(holder)
    return (first.at - killedAt) / 1000
  })
  t.diagnostic(`taken over ${took.toFixed(1)} s after the kill`)
  assert.ok(took < 10, `it took ${took} s`)
})

test('a worker killed during the last chunk, whose post was made: there is one post', async () => {
  const video = makeVideo(9 * MiB)
  await ada.setFaults({ processing: { seconds: 0, times: 9 } })
  const last = world.wire.hold(isChunkAt(CHUNK))
  const { uploadId } = await ada.upload([account], video, { title: 'Killed at the end' })
  await last.isReached()
  const holder = await findHolder()
  await holder.kill('SIGKILL')
  last.release()

  const status = await ada.waitFor(uploadId, isOver)
  assert.equal(status.status, 'Uploaded')
  await assertOnePost(ada, 'Killed at the end', video)
  await replace(holder)
})

test('a worker that is told to stop hands over at once', async t => {
  let ended = Number.POSITIVE_INFINITY
  const took = await bestOf(2, async () => {
    const video = makeVideo(30 * MiB)
    await ada.setFaults(stuckAt(1))
    const from = world.wire.seen.length
    const { uploadId, title } = await ada.upload([account], video, { title: `Handed over after ${from} exchanges` })
    await world.wire.next(isChunkAt(CHUNK), from)
    await untilStuck(ada)
    const holder = await findHolder()
    const since = world.wire.seen.length
    const toldAt = performance.now()
    const stopped = holder.kill('SIGTERM')
    const first = await world.wire.next(() => true, since)
    await stopped
    ended = Math.min(ended, (performance.now() - toldAt) / 1000)
    assert.equal((await ada.waitFor(uploadId, isOver)).status, 'Uploaded')
    await assertOnePost(ada, title, video)
    await replace(holder)
    return (first.at - toldAt) / 1000
  })
  t.diagnostic(`handed over in ${took.toFixed(2)} s`)
  assert.ok(took < 2, `it took ${took} s`)
  assert.ok(ended < 5, `it ended after ${ended} s`)
})

test('the API killed during a delivery: it goes on when the API is back', async () => {
  const video = makeVideo(20 * MiB)
  await ada.setFaults(stuckAt(1))
  const from = world.wire.seen.length
  const { uploadId } = await ada.upload([account], video, { title: 'Without API' })
  await world.wire.next(isChunkAt(CHUNK), from)
  await untilStuck(ada)
  await api.kill('SIGKILL')
  api = await world.start('api', 'api')

  const hurry = () => pool.query('update deliveries set ask_at = now() where lease is null')
  assert.equal((await ada.waitFor(uploadId, isOver, hurry)).status, 'Uploaded')
  await assertOnePost(ada, 'Without API', video)
})

test('everything killed, the database too: the next start goes on', async () => {
  const video = makeVideo(20 * MiB)
  const alone = await openWorld()
  const whole = await alone.start('api', 'api,worker')
  const eve = await alone.signUp()
  const channel = await eve.link()
  await eve.setFaults(stuckAt(1))
  const { uploadId } = await eve.upload([channel], video, { title: 'All gone' })
  await alone.wire.next(isChunkAt(CHUNK), 0)
  await untilStuck(eve)
  await whole.kill('SIGKILL')
  await killDatabase(alone.dataDir)

  const since = alone.wire.seen.length
  await alone.start('api', 'api,worker')
  assert.equal((await eve.waitFor(uploadId, isOver)).status, 'Uploaded')
  assert.ok(alone.wire.seen.slice(since).filter(isChunk)[0]!.range!.start >= CHUNK, 'it went on, not anew')
  await assertOnePost(eve, 'All gone', video)
})
