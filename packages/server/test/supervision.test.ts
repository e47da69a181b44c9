import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { afterEach, test } from 'node:test'
import pg from 'pg'
import { pino } from 'pino'
import { type RunningDatabase, startDatabase } from '../src/db/embedded.ts'
import { readPostmaster } from '../src/db/embedded-postmaster.ts'
import { type EventReader, readEvents } from './event-reader.ts'
import { bestOf, isGone, makeFolder, until } from './processes.ts'
import { isOver, makeVideo, openWorkspace } from './workspace.ts'
import { openWorld } from './world.ts'

const MiB = 2 ** 20
const LOOKS_FOR = 1500

let folder: Awaited<ReturnType<typeof makeFolder>>
const open: RunningDatabase[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop()
  await folder?.remove()
})

async function startSupervised(path?: string, told: string[] = []): Promise<RunningDatabase> {
  if (path === undefined) folder = await makeFolder()
  const running = await startDatabase({ dataDir: path ?? folder.path, database: { url: undefined } })
  running.supervise(pino({}, { write: line => void told.push(JSON.parse(line).msg) }))
  open.push(running)
  return running
}

const findPid = async (dataDir = folder.path): Promise<number> =>
  (await readPostmaster(`${dataDir}/postgres`))?.pid as number

async function killPostmaster(dataDir = folder.path): Promise<number> {
  const pid = await findPid(dataDir)
  process.kill(pid, 'SIGKILL')
  await until(() => isGone(pid), 'PostgreSQL to be gone')
  return pid
}

const connect = async ({ connection }: RunningDatabase): Promise<pg.Client> => {
  const client = new pg.Client(connection as pg.ClientConfig)
  client.on('error', () => {})
  await client.connect()
  return client
}

const answers = (running: RunningDatabase): Promise<boolean> =>
  connect(running).then(
    client => client.end().then(() => true),
    () => false
  )

test('PostgreSQL that is killed is started again at the same address, with all that was committed, however often', async () => {
  const told: string[] = []
  const running = await startSupervised(undefined, told)
  const client = await connect(running)
  await client.query('create table note as select 24 as n')
  for (const times of [1, 2]) {
    const pid = await killPostmaster()
    await until(() => answers(running), 'it to answer')
    assert.notEqual(await findPid(), pid)
    await until(() => told.length === 2 * times, 'it to be told')
  }
  assert.deepEqual(told, [...SEQUENCE, ...SEQUENCE])
  const again = await connect(running)
  assert.deepEqual((await again.query('select n from note')).rows, [{ n: 24 }])
  await again.end()
})

const SEQUENCE = ['PostgreSQL died: it is started again', 'PostgreSQL runs again']

test('so is one that was adopted, and what was started in its place is stopped at the end', async () => {
  await startSupervised()
  const [first] = open.splice(0) as [RunningDatabase]
  const adopting = await startSupervised(folder.path)
  assert.equal(adopting.adopted, true)
  await killPostmaster()
  await until(() => answers(adopting), 'it to answer')
  const pid = await findPid()
  await Promise.all([adopting.stop(), first.stop()])
  // Its file goes before the process does.
  await until(() => isGone(pid), 'PostgreSQL to be gone')
  assert.equal(await answers(adopting), false)
})

test('it waits until the processes of the dead one are gone, and can be told to stop meanwhile', async () => {
  const told: string[] = []
  const running = await startSupervised(undefined, told)
  const client = await connect(running)
  const { rows } = await client.query('select pg_backend_pid() as pid')
  const orphan = rows[0].pid as number
  process.kill(orphan, 'SIGSTOP')
  try {
    await killPostmaster()
    const killedAt = Date.now()
    await until(() => Date.now() - killedAt > LOOKS_FOR, 'some tries')
    assert.equal(await answers(running), false)
  } finally {
    process.kill(orphan, 'SIGKILL')
  }
  await until(() => told.length === 2, 'it to run again')
  assert.equal(await answers(running), true)

  const second = await connect(running)
  const { rows: more } = await second.query('select pg_backend_pid() as pid')
  process.kill(more[0].pid, 'SIGSTOP')
  try {
    await killPostmaster()
    await until(() => told.length === 3, 'the death to be seen')
    await running.stop()
  } finally {
    process.kill(more[0].pid, 'SIGKILL')
  }
  await until(() => isGone(more[0].pid), 'the last of it to be gone')
  assert.equal(await answers(running), false)
})

test('killed under a living system: not ready for seconds, then all goes on by itself, and each upload is posted once', async t => {
  const world = await openWorld()
  const api = await world.start('api', 'api')
  const worker = await world.start('worker', 'worker')
  const { accessToken } = await openWorkspace(world.base, '').insist('POST', '/auth/sign-up', {
    email: 'ada@example.com',
    password: 'correct horse battery',
    name: 'Ada',
    workspace: 'Engines'
  })
  const ada = openWorkspace(world.base, accessToken)
  const account = await ada.link()
  await ada.setFaults({ processing: { seconds: 0, times: 9 } })
  const headers = { authorization: `Bearer ${accessToken}` }
  const reader = await readEvents(`${world.base}/events`, headers)
  const video = makeVideo(20 * MiB)
  const chunk = world.wire.hold(({ range }) => range?.start === 8 * MiB, 'question')
  const { uploadId } = await ada.upload([account], video, { title: 'Before' })
  await chunk.isReached()
  await reader.waitFor(1)

  const took = await bestOf(8, async () => {
    await killPostmaster(world.dataDir)
    const killedAt = performance.now()
    const parts = new Set<string>()
    await until(async () => {
      const ready = await fetch(`${world.base}/readyz`)
      if (ready.status === 200) return true
      parts.add(((await ready.json()) as { part: string }).part)
      return false
    }, 'the system to be ready again')
    // Who looks too late sees none.
    assert.equal([...parts][0] ?? 'database', 'database')
    return (performance.now() - killedAt) / 1000
  })
  t.diagnostic(`ready ${took.toFixed(1)} s after the kill`)
  assert.ok(took < 8, `it took ${took} s`)
  chunk.release()

  const next = await readEvents(`${world.base}/events`, { ...headers, 'last-event-id': reader.lastId() as string })
  assert.equal((await ada.waitFor(uploadId, isOver)).status, 'Uploaded')
  const after = makeVideo(MiB)
  const second = await ada.upload([account], after, { title: 'After' })
  assert.equal((await ada.waitFor(second.uploadId, isOver)).status, 'Uploaded')
  const posts = (await ada.posts()).map(({ title, sha256 }) => ({ title, sha256 }))
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  assert.deepEqual(
    posts.sort((a, b) => b.title.localeCompare(a.title)),
    [
      { title: 'Before', sha256: sha256(video) },
      { title: 'After', sha256: sha256(after) }
    ]
  )
  const ends = ({ received }: EventReader) => received.filter(({ event }) => event === 'delivery.uploaded').length
  await until(() => ends(next) >= 2, 'the events')
  assert.equal(ends(next), 2)
  // A stream that was open tells them too, unless it ended for its reader to come again.
  await Promise.race([reader.ended, until(() => ends(reader) === 2, 'the events, or the end')])
  for (const each of [reader, next]) each.cut()
  assert.match(api.output(), /PostgreSQL died/)
  assert.doesNotMatch(worker.output(), /PostgreSQL (died|runs again)/, 'a worker alone starts no database')
})
