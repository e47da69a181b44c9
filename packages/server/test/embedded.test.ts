import assert from 'node:assert/strict'
import { chmod, chown, mkdir, readlink, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import pg from 'pg'
import { type RunningDatabase, startDatabase } from '../src/db/embedded.ts'
import { findBar } from '../src/db/embedded-user.ts'
import { makeFolder, start } from './processes.ts'

const NOBODY = { name: 'nobody', uid: 65_534, gid: 65_534 }
const isRoot = process.getuid?.() === 0
const forRoot = { skip: !isRoot && 'only root runs PostgreSQL as another user' }

let folder: Awaited<ReturnType<typeof makeFolder>>
let running: RunningDatabase | undefined

beforeEach(async () => {
  folder = await makeFolder()
})
afterEach(async () => {
  await running?.stop()
  running = undefined
  await folder.remove()
})

test(
  'a data folder behind a closed one gets its database in the system’s state folder, and it is found again',
  forRoot,
  async () => {
    const closed = join(folder.path, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const dataDir = join(closed, 'data')
    const said: string[] = []
    await startOn(dataDir, said)
    const data = await readlink(join(dataDir, 'postgres'))
    try {
      assert.match(said.join(), new RegExp(`may not enter ${closed}: its data is in /var/lib/upload24/data-`))
      await query('create table note as select 24 as n')
      await running?.stop()
      await startOn(dataDir, said)
      assert.deepEqual(await query('select n from note'), [{ n: 24 }])
      assert.equal(said.length, 1)
      await running?.stop()
    } finally {
      running = undefined
      await rm(dirname(data), { recursive: true })
    }
    await assert.rejects(startOn(dataDir, said), /postgres leads to .*, which is gone/)
  }
)

test('a path too long for a socket still works, and leaves nothing in tmp', async () => {
  const dataDir = join(folder.path, 'a'.repeat(60), 'b'.repeat(60))
  await mkdir(dirname(dataDir), { mode: 0o711 })
  await startOn(dataDir)
  const socketDir = running?.connection.host ?? ''
  assert.ok(!socketDir.startsWith(dataDir))
  assert.equal((await stat(socketDir)).mode & 0o777, 0o700)
  assert.deepEqual(await query('select 1 as one'), [{ one: 1 }])
  await running?.stop()
  await assert.rejects(stat(socketDir), { code: 'ENOENT' })
})

test('an ordinary user starts it as himself', forRoot, async context => {
  if (await findBar(process.execPath, NOBODY)) return context.skip('this checkout is closed to other users')
  await chown(folder.path, NOBODY.uid, NOBODY.gid)
  const dataDir = join(folder.path, 'data')
  const started = start(dataDir, {}, NOBODY.uid)
  await started.says('is ready')
  assert.equal((await stat(join(dataDir, 'postgres'))).uid, NOBODY.uid)
  started.wrapper.kill('SIGINT')
  assert.equal(await started.ended(), 0)
})

test('data that root unpacked from a backup is handed to the user that runs it', forRoot, async () => {
  const dataDir = join(folder.path, 'data')
  await startOn(dataDir)
  await running?.stop()
  const data = await realpath(join(dataDir, 'postgres'))
  await chown(data, 0, 0)
  await startOn(dataDir)
  assert.equal((await stat(data)).uid, NOBODY.uid)
})

test('the data folder lets others pass but not look', forRoot, async () => {
  const dataDir = join(folder.path, 'data')
  await mkdir(dataDir, { mode: 0o700 })
  await chmod(dataDir, 0o700)
  await startOn(dataDir)
  assert.equal((await stat(dataDir)).mode & 0o777, 0o711)
})

async function startOn(dataDir: string, said: string[] = []): Promise<void> {
  running = await startDatabase({ dataDir, database: { url: undefined } }, { say: line => void said.push(line) })
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client(running?.connection)
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}
