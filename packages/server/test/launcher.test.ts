import assert from 'node:assert/strict'
import { once } from 'node:events'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import pg from 'pg'
import { joinDatabase } from '../src/db/embedded.ts'
import { readPostmaster } from '../src/db/embedded-postmaster.ts'
import { DataDirTaken, lockDataDir } from '../src/lifecycle/lock.ts'
import { bestOf, isGone, makeFolder, type Started, start, until } from './processes.ts'

let folder: Awaited<ReturnType<typeof makeFolder>>
let processes: Started[]
let dataDir: string

beforeEach(async () => {
  folder = await makeFolder()
  dataDir = join(folder.path, 'data')
  processes = []
})

afterEach(async () => {
  for (const { wrapper } of processes) if (wrapper.exitCode === null) wrapper.kill('SIGINT')
  await Promise.all(processes.map(({ ended }) => ended()))
  const left = await postmasterPid().catch(() => undefined)
  if (left) {
    process.kill(left, 'SIGQUIT')
    await until(() => isGone(left), 'PostgreSQL to be gone')
  }
  await folder.remove()
})

test('Ctrl-C stops everything within 5 s, and starting again finds the data', async context => {
  let running = await startReady()
  await query('create table note as select 24 as n')
  const took = await bestOf(5000, async () => {
    const pids = [running.wrapper.pid as number, await mainPid(), await postmasterPid()]
    const pressedAt = performance.now()
    running.wrapper.kill('SIGINT')
    assert.equal(await running.ended(), 0)
    await until(() => pids.every(isGone), 'the processes to be gone')
    const goneAt = performance.now()
    assert.equal(await readPostmaster(join(dataDir, 'postgres')), undefined)
    running = await startReady()
    context.diagnostic(`ready again after ${Math.round(performance.now() - goneAt)} ms`)
    return goneAt - pressedAt
  })
  assert.ok(took < 5000, `${took} ms`)
  assert.deepEqual(await query('select n from note'), [{ n: 24 }])
})

test('a second start on one data folder says so in one sentence and exits 1', async () => {
  await startReady()
  const second = startOn(dataDir)
  assert.equal(await second.ended(), 1)
  const pid = await mainPid()
  assert.match(
    second.output(),
    new RegExp(`^Upload24 already runs on ${dataDir} \\(process ${pid}, .*\\): stop it first, .*\\.\n$`)
  )
})

test('of starts at the same moment, after a kill, exactly one holds the folder', async () => {
  const killed = await startReady()
  await killMain()
  await killed.ended()
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(dataDir, { url: 'test' })))
  const held = tries.filter(result => result.status === 'fulfilled')
  assert.equal(held.length, 1)
  await held[0]?.value.release()
})

test('after kill -9 of the server, the next start takes PostgreSQL over', async () => {
  const killed = await startReady()
  const postmaster = await postmasterPid()
  await query('create table note as select 24 as n')
  await killMain()
  assert.equal(await killed.ended(), 137)
  assert.ok(!isGone(postmaster))

  const next = await startReady()
  assert.match(next.output(), /taken over/)
  assert.equal(await postmasterPid(), postmaster)
  assert.deepEqual(await query('select n from note'), [{ n: 24 }])
  next.wrapper.kill('SIGTERM')
  assert.equal(await next.ended(), 0)
  await until(() => isGone(postmaster), 'the adopted PostgreSQL to be gone')
})

test('after kill -9 of the wrapper, the server and PostgreSQL stop by themselves', async () => {
  const killed = await startReady()
  const pids = [await mainPid(), await postmasterPid()]
  killed.wrapper.kill('SIGKILL')
  await until(() => pids.every(isGone), 'the processes to be gone')
})

test('after kill -9 of everything, the next start recovers what was written', async () => {
  const killed = await startReady()
  const postmaster = await postmasterPid()
  await query('create table note as select 24 as n')
  const main = await mainPid()
  killed.wrapper.kill('SIGKILL')
  process.kill(main, 'SIGKILL')
  process.kill(postmaster, 'SIGKILL')
  await killed.ended()
  await until(() => [main, postmaster].every(isGone), 'the processes to be gone')

  const next = await startReady()
  assert.doesNotMatch(next.output(), /taken over/)
  assert.deepEqual(await query('select n from note'), [{ n: 24 }])
})

test('of two starts at once after a kill, one runs and the other is refused', async () => {
  const killed = await startReady()
  await killMain()
  await killed.ended()
  const [one, other] = [startOn(dataDir), startOn(dataDir)]
  await until(() => [one, other].some(({ output }) => output().includes('is ready')), 'one of both to be ready')
  await until(() => [one, other].some(({ wrapper }) => wrapper.exitCode === 1), 'one of both to be refused')
})

test('a process with the worker role alone joins the database, and leaves it running', async () => {
  await startReady()
  const postmaster = await postmasterPid()
  const worker = startOn(dataDir, { ROLES: 'worker' })
  await worker.says('is ready')
  worker.wrapper.kill('SIGINT')
  assert.equal(await worker.ended(), 0)
  assert.ok(!isGone(postmaster))
})

test('a worker with nothing to join says so', async () => {
  const worker = startOn(dataDir, { ROLES: 'worker' })
  assert.equal(await worker.ended(), 1)
  assert.match(worker.output(), /^No Upload24 is running on .* for this worker to join/m)
})

test('in production every fault of the configuration is told at once', async () => {
  const refused = startOn(dataDir, { NODE_ENV: 'production', PORT: 'many', SIGN_UP: 'maybe' })
  assert.equal(await refused.ended(), 1)
  for (const name of ['PUBLIC_URL', 'SECRET_KEY', 'PORT', 'SIGN_UP'])
    assert.match(refused.output(), new RegExp(`^ {2}${name}: expected`, 'm'))
})

function startOn(path: string, env?: Record<string, string>): Started {
  const started = start(path, env)
  processes.push(started)
  return started
}

async function startReady(): Promise<Started> {
  const started = startOn(dataDir)
  await started.says('is ready')
  return started
}

async function mainPid(): Promise<number> {
  const error = await lockDataDir(dataDir, { url: 'test' }).then(
    () => undefined,
    (error: unknown) => error
  )
  assert.ok(error instanceof DataDirTaken)
  return error.holder.pid
}

async function killMain(): Promise<void> {
  process.kill(await mainPid(), 'SIGKILL')
}

async function postmasterPid(): Promise<number> {
  const running = await readPostmaster(await realpath(join(dataDir, 'postgres')))
  assert.ok(running)
  return running.pid
}

async function query(sql: string): Promise<unknown[]> {
  const { connection } = await joinDatabase({ dataDir, database: { url: undefined } })
  const client = new pg.Client(connection)
  await client.connect()
  const { rows } = await client.query(sql)
  const closed = once(client, 'end')
  await client.end()
  await closed
  return rows
}
