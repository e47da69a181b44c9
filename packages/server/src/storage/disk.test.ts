import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { until } from '../../test/processes.ts'
import { openServedDisk, type ServedDisk } from '../../test/served-disk.ts'
import { declareLaws } from '../../test/storage-laws.ts'
import { AlreadyFrozen, MediaChanged, Missing, StorageFull } from './errors.ts'
import { SINGLE, WHOLE } from './staged-part.ts'

let served: ServedDisk
before(async () => {
  served = await openServedDisk()
})
after(() => served.close())

declareLaws(() => ({ storage: served.disk, partBytes: 2_000_000 }))

const bodyOf = (text: string) => Readable.from([Buffer.from(text)])
const listFiles = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(({ name }) => name)

async function putParts(key: string, texts: readonly string[]) {
  const id = await served.disk.parts.begin(key, 'video/mp4')
  const parts = []
  for (const [i, text] of texts.entries()) {
    parts.push(await served.disk.receive(key, id, i + 1, bodyOf(text), text.length))
  }
  return { id, parts }
}

test('a key cannot lead out of the store', async () => {
  const { disk } = served
  for (const key of ['../x', 'a/../b', 'a/..', '/etc/passwd', 'a', 'a/b/c', 'a/b\0', 'a\\b/c', './a', 'a/.']) {
    await assert.rejects(disk.put(key, bodyOf('x'), { maxBytes: 1 }), RangeError, key)
    await assert.rejects(disk.single.head(key), RangeError, key)
  }
  await assert.rejects(disk.parts.list('a/b', '../../c'), RangeError)
})

test('a frozen key takes nothing more: not by put, not by a new session', async () => {
  const { disk } = served
  await disk.put('tenant/taken', bodyOf('first'), { maxBytes: 9 })
  await assert.rejects(disk.put('tenant/taken', bodyOf('second'), { maxBytes: 9 }), AlreadyFrozen)
  await assert.rejects(disk.single.sign('tenant/taken', { contentType: 'video/mp4', bytes: 1 }, 60), AlreadyFrozen)
  await assert.rejects(disk.parts.begin('tenant/taken', 'video/mp4'), AlreadyFrozen)
  assert.ok(!(await readdir(join(served.folder, 'staged/tenant'))).includes('taken'))
})

test('a PUT that ends after the freeze adds nothing and leaves nothing', async () => {
  const { disk } = served
  const key = 'tenant/late'
  await disk.single.sign(key, { contentType: 'video/mp4', bytes: 4 }, 60)
  await disk.receive(key, SINGLE, WHOLE, bodyOf('good'), 4)
  const body = new Readable({ read() {} })
  body.push('ev')
  const late = disk.receive(key, SINGLE, WHOLE, body, 4)
  await until(async () => (await readdir(join(served.folder, 'incoming'))).length > 0, 'the PUT to begin')
  const frozen = await disk.single.freeze(key)
  body.push('il')
  body.push(null)
  await assert.rejects(late, AlreadyFrozen)
  assert.equal(String(await buffer(await disk.read(frozen, 0, 4))), 'good')
  assert.deepEqual(await readdir(join(served.folder, 'incoming')), [])
})

test('two PUTs of one part at once: one wins whole', async () => {
  const { disk } = served
  const id = await disk.parts.begin('tenant/race', 'video/mp4')
  const bodies = Array.from({ length: 8 }, (_, i) => Buffer.alloc(300_000, i))
  const pieces = (body: Buffer) =>
    Readable.from(Array.from({ length: 30 }, (_, i) => body.subarray(i * 1e4, (i + 1) * 1e4)))
  await Promise.all(bodies.map(body => disk.receive('tenant/race', id, 1, pieces(body), body.length)))
  const parts = await disk.parts.list('tenant/race', id)
  const frozen = await disk.parts.finish('tenant/race', id, parts)
  const read = await buffer(await disk.read(frozen, 0, frozen.bytes))
  assert.ok(bodies.some(body => body.equals(read)))
})

test('finish under a storm of PUTs of the same part freezes what its list says, or refuses', async () => {
  const { disk } = served
  for (let round = 0; round < 30; round++) {
    const key = `tenant/storm${round}`
    const { id, parts } = await putParts(key, ['aaaa', 'bbbb'])
    const storm = Array.from({ length: 6 }, () => disk.receive(key, id, 2, bodyOf('cccc'), 4).catch(error => error))
    const frozen = await disk.parts.finish(key, id, parts).catch(() => null)
    await Promise.all(storm)
    if (frozen) assert.equal(String(await buffer(await disk.read(frozen, 0, 8))), 'aaaabbbb')
    else assert.equal((await disk.parts.list(key, id)).length, 2)
  }
})

test('a crash between the move and the manifest is made good by the next finish', async () => {
  const { disk, folder } = served
  const { id, parts } = await putParts('tenant/crash', ['one', 'two'])
  const frozen = await disk.parts.finish('tenant/crash', id, parts)
  await rm(join(folder, 'frozen/tenant/crash/object.json'))
  await assert.rejects(disk.read(frozen, 0, 6), Missing)
  assert.deepEqual(await disk.parts.list('tenant/crash', id), parts)
  assert.deepEqual(await disk.parts.finish('tenant/crash', id, parts), frozen)
  assert.equal(String(await buffer(await disk.read(frozen, 0, 6))), 'onetwo')
})

test('a process that dies right after the move of a single PUT has frozen it', async () => {
  const { disk, folder } = served
  const key = 'tenant/moved'
  await disk.single.sign(key, { contentType: 'video/mp4', bytes: 4 }, 60)
  const { etag } = await disk.receive(key, SINGLE, WHOLE, bodyOf('good'), 4)
  await mkdir(join(folder, 'frozen/tenant'), { recursive: true })
  await rename(join(folder, 'staged', key), join(folder, 'frozen', key))
  assert.deepEqual(await disk.single.freeze(key), { key, etag, bytes: 4 })
  await assert.rejects(disk.receive(key, SINGLE, WHOLE, bodyOf('evil'), 4), AlreadyFrozen)
  await assert.rejects(disk.parts.finish(key, 'another', [{ part: 1, etag }]), Missing)
  await truncate(join(folder, 'frozen', key, String(WHOLE)), 3)
  await assert.rejects(disk.read({ key, etag, bytes: 4 }, 0, 4), MediaChanged)
})

test('two finishes at once give one object', async () => {
  const { id, parts } = await putParts('tenant/twice', ['one', 'two'])
  const both = await Promise.all([1, 2, 3].map(() => served.disk.parts.finish('tenant/twice', id, parts)))
  assert.deepEqual(both[1], both[0])
  assert.deepEqual(both[2], both[0])
})

test('a part that was cut behind our back is noticed, before and while it is read', async () => {
  const { disk, folder } = served
  const bytes = 8 << 20
  const frozen = await disk.put('tenant/cut', Readable.from([randomBytes(bytes)]), { maxBytes: bytes })
  const reading = await disk.read(frozen, 0, bytes)
  await truncate(join(folder, 'frozen/tenant/cut/1'), 100)
  await assert.rejects(buffer(reading), MediaChanged)
  await assert.rejects(disk.read(frozen, 0, bytes), MediaChanged)
})

test('what a killed process left is swept when it is old, and only then', async () => {
  const { disk, folder } = served
  const [old, fresh] = ['old', 'fresh'].map(name => join(folder, 'incoming', name)) as [string, string]
  await writeFile(old, 'x')
  await writeFile(fresh, 'x')
  await utimes(old, new Date(0), new Date(0))
  assert.equal(await disk.sweep(60), 1)
  assert.deepEqual(await readdir(join(folder, 'incoming')), ['fresh'])
  await rm(fresh)
})

test('a full disk is StorageFull, and leaves room for the next as if nothing had been', async t => {
  const mount = await mkdtemp(join(tmpdir(), 'upload24-full-'))
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount]).status !== 0)
    return t.skip('mounting needs root')
  const small = await openServedDisk(mount)
  try {
    const tooBig = () => Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(1 << 17)))
    await assert.rejects(small.disk.put('tenant/big', tooBig(), { maxBytes: 1e9 }), StorageFull)
    await small.disk.single.sign('tenant/one', { contentType: 'video/mp4', bytes: 1 << 23 }, 60)
    await assert.rejects(small.disk.receive('tenant/one', SINGLE, WHOLE, tooBig(), 1 << 23), StorageFull)
    assert.deepEqual(await listFiles(mount), [])
    await small.disk.put('tenant/fits', Readable.from([Buffer.alloc(3 << 20)]), { maxBytes: 1e9 })
  } finally {
    await small.close()
    spawnSync('umount', [mount])
    await rm(mount, { recursive: true, force: true })
  }
})
