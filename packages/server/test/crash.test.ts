import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { testDatabase } from './database.ts'
import { isGone, until } from './processes.ts'
import type { Seen } from './wire.ts'
import { isOver, makeVideo, type Workspace } from './workspace.ts'
import { openWorld, type Process } from './world.ts'

const MiB = 2 ** 20
const CHUNK = 8 * MiB

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
  const video = makeVideo(30 * MiB)
  await ada.setFaults({ delayMs: { at: 'chunk', after: 2, ms: 2000 }, processing: { seconds: 0, times: 9 } })
  const from = world.wire.seen.length
  const { uploadId } = await ada.upload([account], video, { title: 'Killed' })
  const third = await world.wire.next(isChunkAt(2 * CHUNK), from)
  await until(() => third.bytes > 0, 'some of the third chunk')
  const holder = await findHolder()
  const since = world.wire.seen.length
  const killedAt = performance.now()
  await holder.kill('SIGKILL')

  const first = await world.wire.next(() => true, since)
  const took = (first.at - killedAt) / 1000
  t.diagnostic(`taken over ${took.toFixed(1)} s after the kill`)
  assert.ok(took <= 10, `it took ${took} s`)
  assert.ok(isQuery(first), 'it asks first how much arrived')

  const status = await ada.waitFor(uploadId, isOver)
  assert.equal(status.status, 'Uploaded')
  const again = world.wire.seen.slice(since).filter(isChunk)
  assert.ok(again[0]!.range!.start >= 2 * CHUNK, 'an acknowledged chunk was sent again')
  const total = world.wire.seen.slice(from).reduce((sum, one) => sum + (one.range ? one.bytes : 0), 0)
  t.diagnostic(`${total - video.length} bytes were sent twice`)
  assert.ok(total - video.length <= CHUNK, 'more than one chunk was sent again')
  await assertOnePost(ada, 'Killed', video)
  await replace(holder)
})

test('a worker killed during the last chunk, whose post was made: there is one post', async () => {
  const video = makeVideo(9 * MiB)
  await ada.setFaults({ delayMs: { at: 'lastChunk', ms: 1500 }, processing: { seconds: 0, times: 9 } })
  const from = world.wire.seen.length
  const { uploadId } = await ada.upload([account], video, { title: 'Killed at the end' })
  const last = await world.wire.next(isChunkAt(CHUNK), from)
  await until(() => last.bytes === MiB, 'the last byte to be on its way')
  const holder = await findHolder()
  await holder.kill('SIGKILL')

  const status = await ada.waitFor(uploadId, isOver)
  assert.equal(status.status, 'Uploaded')
  await assertOnePost(ada, 'Killed at the end', video)
  await replace(holder)
})

test('a worker that is told to stop hands over at once', async t => {
  const video = makeVideo(30 * MiB)
  await ada.setFaults({ delayMs: { at: 'chunk', after: 1, ms: 2000 }, processing: { seconds: 0, times: 9 } })
  const from = world.wire.seen.length
  const { uploadId } = await ada.upload([account], video, { title: 'Handed over' })
  await world.wire.next(isChunkAt(CHUNK), from)
  const holder = await findHolder()
  const since = world.wire.seen.length
  const toldAt = performance.now()
  const stopped = holder.kill('SIGTERM')

  const first = await world.wire.next(() => true, since)
  const took = (first.at - toldAt) / 1000
  t.diagnostic(`handed over in ${took.toFixed(2)} s`)
  assert.ok(took <= 2, `it took ${took} s`)
  await stopped
  assert.ok(performance.now() - toldAt < 5000, 'it did not end within 5 s')
  assert.equal((await ada.waitFor(uploadId, isOver)).status, 'Uploaded')
  await assertOnePost(ada, 'Handed over', video)
  await replace(holder)
})

test('the API killed during a delivery: it goes on when the API is back', async () => {
  const video = makeVideo(20 * MiB)
  await ada.setFaults({ delayMs: { at: 'chunk', after: 1, ms: 2000 }, processing: { seconds: 0, times: 9 } })
  const from = world.wire.seen.length
  const { uploadId } = await ada.upload([account], video, { title: 'Without API' })
  await world.wire.next(isChunkAt(CHUNK), from)
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
  await eve.setFaults({ delayMs: { at: 'chunk', after: 1, ms: 2000 }, processing: { seconds: 0, times: 9 } })
  const { uploadId } = await eve.upload([channel], video, { title: 'All gone' })
  await alone.wire.next(isChunkAt(CHUNK), 0)
  await whole.kill('SIGKILL')
  await killDatabase(alone.dataDir)

  const since = alone.wire.seen.length
  await alone.start('api', 'api,worker')
  assert.equal((await eve.waitFor(uploadId, isOver)).status, 'Uploaded')
  assert.ok(alone.wire.seen.slice(since).filter(isChunk)[0]!.range!.start >= CHUNK, 'it went on, not anew')
  await assertOnePost(eve, 'All gone', video)
})
