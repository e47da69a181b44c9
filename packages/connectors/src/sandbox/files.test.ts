import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openFiles } from './files.ts'

const unit = 262_144
const stop = (): void => {}
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')
async function* pieces(data: Uint8Array, breaks = false): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += 65_536) yield data.subarray(at, at + 65_536)
  if (breaks) throw new Error('gone')
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'u24-files-'))
  await run(folder).finally(() => rm(folder, { recursive: true }))
}

test('bytes that arrive in parts, also over a restart, have the digest of the whole', () =>
  inFolder(async folder => {
    const data = randomBytes(5 * unit + 77)
    const limit = data.length
    let store = await openFiles(folder)
    assert.equal(
      await store.append('s', { offset: 0, limit, unit, stream: pieces(data.subarray(0, 2 * unit)), stop }),
      2 * unit
    )
    store = await openFiles(folder)
    assert.equal(
      await store.append('s', { offset: unit, limit, unit, stream: pieces(data.subarray(unit)), stop }),
      2 * unit
    )
    const rest = pieces(data.subarray(2 * unit))
    assert.equal(await store.append('s', { offset: 2 * unit, limit, unit, stream: rest, stop }), limit)
    assert.equal(await store.sha256('s'), sha256(data))
    await store.remove('s')
    assert.equal(await store.size('s'), 0)
  }))

test('a broken stream leaves whole units, and one that is too long leaves no more than it may', () =>
  inFolder(async folder => {
    const store = await openFiles(folder)
    const data = randomBytes(3 * unit)
    const broken = pieces(data.subarray(0, 2 * unit + 9), true)
    assert.equal(await store.append('s', { offset: 0, limit: data.length, unit, stream: broken, stop }), 2 * unit)
    const long = pieces(data)
    assert.equal(
      await store.append('s', { offset: 2 * unit, limit: data.length, unit, stream: long, stop }),
      data.length
    )
    assert.equal(await store.size('s'), data.length)
  }))

test('half a unit that a killed process left is dropped by the next part', () =>
  inFolder(async folder => {
    const data = randomBytes(2 * unit)
    const store = await openFiles(folder)
    await store.append('s', { offset: 0, limit: unit, unit, stream: pieces(data.subarray(0, unit)), stop })
    await appendFile(join(folder, 's'), data.subarray(unit, unit + 1000))
    const rest = pieces(data.subarray(unit))
    assert.equal(await store.append('s', { offset: unit, limit: data.length, unit, stream: rest, stop }), data.length)
    assert.equal(await store.sha256('s'), sha256(data))
  }))

test('a second stream for a session ends the first, which waits for a sender that is gone', () =>
  inFolder(async folder => {
    const store = await openFiles(folder)
    const data = randomBytes(2 * unit)
    const { promise: stuck, reject } = Promise.withResolvers<void>()
    stuck.catch(() => {})
    const slow = async function* () {
      yield data.subarray(0, unit)
      await stuck
    }
    const first = store.append('s', {
      offset: 0,
      limit: data.length,
      unit,
      stream: slow(),
      stop: () => reject(new Error('stopped'))
    })
    const second = await store.append('s', {
      offset: unit,
      limit: data.length,
      unit,
      stream: pieces(data.subarray(unit)),
      stop
    })
    assert.deepEqual([await first, second], [unit, data.length])
    assert.equal(await store.sha256('s'), sha256(data))
  }))

test('a session cannot name a path', () =>
  inFolder(async folder => {
    const store = await openFiles(folder)
    await assert.rejects(store.sha256('../etc'))
  }))
