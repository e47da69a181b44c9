import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { testDatabase } from './database.ts'
import { makeVideo } from './make-video.ts'
import { makeFolder } from './processes.ts'
import { openSdkWorld } from './sdk-world.ts'

const MiB = 2 ** 20
const SENDER = join(import.meta.dirname, 'sdk-sender.ts')
const world = await openSdkWorld(await testDatabase())
const ada = await world.newPerson()
const folder = await makeFolder()
test.after(() => folder.remove())

interface Told {
  readonly uploadId: string
  readonly size: number
  readonly isContinued: boolean
  readonly mebibytes: number
}

/** A film whose last box is as long as wished; what it holds takes no room on the disk. */
async function makeFilm(name: string, bytes: number): Promise<string> {
  const path = join(folder.path, name)
  const file = await open(path, 'w')
  const head = makeVideo(MiB)
  await file.write(head)
  const box = Buffer.alloc(8)
  box.writeUInt32BE(bytes - head.length)
  box.write('free', 4)
  await file.write(box)
  await file.truncate(bytes)
  await file.close()
  return path
}

const argumentsFor = (path: string) => [
  SENDER,
  world.line.base,
  ada.key,
  ada.account,
  path,
  join(folder.path, 'unfinished')
]
const run = async (path: string): Promise<Told> =>
  JSON.parse((await promisify(execFile)(process.execPath, argumentsFor(path), { timeout: 60_000 })).stdout)

test('a file is sent from the disk, not from memory', async t => {
  const small = await run(await makeFilm('small.mp4', 2 * MiB))
  const large = await run(await makeFilm('large.mp4', 256 * MiB))
  assert.equal(large.size, 256 * MiB)
  t.diagnostic(`${small.mebibytes.toFixed(0)} MiB for 2 MiB, ${large.mebibytes.toFixed(0)} MiB for 256 MiB`)
  assert.ok(large.mebibytes - small.mebibytes < 128, `${large.mebibytes} MiB`)
})

test('a program that is killed goes on at its next start, and makes one upload', async () => {
  const path = await makeFilm('killed.mp4', 192 * MiB)
  const before = world.line.bytes()
  const first = spawn(process.execPath, argumentsFor(path), { stdio: 'inherit' })
  await world.line.after(100 * MiB)
  first.kill('SIGKILL')
  await once(first, 'close')
  const told = await run(path)
  assert.ok(told.isContinued)
  const again = world.line.bytes() - before - 192 * MiB
  assert.ok(again < 4 * 8 * MiB + MiB, `${again} bytes were sent again`)
  assert.equal((await ada.titles()).filter(title => title === path).length, 1)
  assert.deepEqual(await readdir(join(folder.path, 'unfinished')), [])
})
