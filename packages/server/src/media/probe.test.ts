import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { makeVideo, readFixture, SMALLEST_VIDEO } from '../../test/make-video.ts'
import { openDisk } from '../storage/disk.ts'
import { MediaChanged } from '../storage/errors.ts'
import type { Frozen, Storage } from '../storage/storage.ts'
import { LIMITS, probe } from './probe.ts'

const MiB = 2 ** 20
const folder = await mkdtemp(join(tmpdir(), 'upload24-probe-'))
const disk = await openDisk({ folder, publicUrl: 'http://upload24.test', signingKey: Buffer.alloc(32) })
after(() => rm(folder, { recursive: true, force: true }))

/** How fast this machine is, is not what is measured here. */
const PATIENT = { ...LIMITS, milliseconds: 100_000 }
let files = 0
const store = (bytes: Buffer) => disk.put(`tenant/${++files}`, Readable.from([bytes]), { maxBytes: bytes.length })
const look = async (bytes: Buffer) => probe(disk, await store(bytes), PATIENT)

/** A file that is nowhere: `pieces` lie at their places, and between them is nothing but zeros. */
function sparse(bytes: number, pieces: readonly { readonly at: number; readonly bytes: Buffer }[]) {
  const file: Frozen = { key: 'tenant/sparse', etag: '"sparse"', bytes }
  const read: Storage['read'] = async (_file, start, end) => {
    const data = Buffer.alloc(end - start)
    for (const piece of pieces) {
      const from = Math.max(start, piece.at)
      const to = Math.min(end, piece.at + piece.bytes.length)
      if (from < to) piece.bytes.copy(data, from - start, from - piece.at, to - piece.at)
    }
    return Readable.from([data])
  }
  return { file, storage: { read } }
}

function box(type: string, ...content: Buffer[]): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + content.reduce((sum, each) => sum + each.length, 0))
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, ...content])
}

/** The boxes of an mp4, by type. */
function boxesOf(video: Buffer): Record<string, Buffer> {
  const found: Record<string, Buffer> = {}
  for (let at = 0; at < video.length; at += video.readUInt32BE(at)) {
    found[video.toString('latin1', at + 4, at + 8)] = video.subarray(at, at + video.readUInt32BE(at))
  }
  return found
}

test('an upright mp4 with sound is measured in all respects', async () => {
  const { media } = await look(readFixture('portrait.mp4'))
  assert.ok(media?.video)
  const { bitsPerSecond = 0, ...video } = media.video
  assert.deepEqual(
    { ...media, video },
    {
      container: 'mp4',
      seconds: 4,
      width: 270,
      height: 480,
      video: { codec: 'avc', framesPerSecond: 30 },
      audio: { codec: 'aac', channels: 2, samplesPerSecond: 48_000 }
    }
  )
  assert.ok(bitsPerSecond > 50_000 && bitsPerSecond < 500_000, String(bitsPerSecond))
})

test('containers and codecs have the words that the rules of platforms use', async () => {
  const word = async (name: string) => {
    const { media } = await look(readFixture(name))
    return [media?.container, media?.video?.codec, media?.audio?.codec].join(' ')
  }
  assert.equal(await word('video.webm'), 'webm vp9 opus')
  assert.equal(await word('video.mov'), 'mov hevc aac')
  assert.equal(await word('video.avi'), 'avi  ')
})

test('a rotated video is as wide as it is shown', async () => {
  const { media } = await look(readFixture('rotated.mp4'))
  assert.deepEqual([media?.width, media?.height], [360, 640])
})

test('a video without sound says so', async () => {
  assert.equal((await look(readFixture('silent.mp4'))).media?.audio, null)
})

test('what is no video is told by what it looks like', async () => {
  const film = readFixture('video.mp4')
  const unfinished = Buffer.concat([boxesOf(film).ftyp!, boxesOf(film).mdat!])
  const files: [Buffer, RegExp][] = [
    [Buffer.from('a short film'), /^text$/],
    [Buffer.from('{"title": "no film"}'), /^JSON$/],
    [Buffer.from('<!doctype html><title>Not found</title>'), /web page/],
    [Buffer.from('#EXTM3U\n#EXT-X-VERSION:3\nhttp://127.0.0.1/1.ts\n'), /playlist/],
    [Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /PNG/],
    [Buffer.from('%PDF-1.7 …'), /PDF/],
    [Buffer.alloc(100_000), /no media file/],
    [readFixture('sound.m4a'), /sound without pictures/],
    [film.subarray(0, 60_000), /cut off/],
    [film.subarray(0, 20), /cut off/],
    [unfinished, /no index/]
  ]
  for (const [bytes, expected] of files) {
    const { media, looksLike } = await look(bytes)
    assert.equal(media, null, looksLike)
    assert.match(looksLike, expected)
  }
})

test('a gigabyte whose index stands at its end costs a few reads', async () => {
  const film = readFixture('silent.mp4')
  const { mdat, moov } = boxesOf(film) as { mdat: Buffer; moov: Buffer }
  const free = Buffer.alloc(8)
  free.writeUInt32BE(1000 * MiB)
  free.write('free', 4, 'latin1')
  const before = film.indexOf(mdat)
  const end = before + mdat.length + 1000 * MiB
  assert.ok(film.indexOf(moov) > before, 'the fixture has its index at the end')
  const { file, storage } = sparse(end + moov.length, [
    { at: 0, bytes: film.subarray(0, before + mdat.length) },
    { at: before + mdat.length, bytes: free },
    { at: end, bytes: moov }
  ])
  const { media, bytesRead } = await probe(storage, file, PATIENT)
  assert.equal(media?.seconds, 2)
  assert.ok(bytesRead < MiB, `${bytesRead} bytes were read`)
})

test('a made video of any size is one, and no two are the same', async () => {
  for (const bytes of [SMALLEST_VIDEO, 5000, 200_000, 3 * MiB]) {
    assert.equal(makeVideo(bytes).length, bytes)
    assert.equal((await look(makeVideo(bytes))).media?.container, 'mp4')
  }
  assert.notDeepEqual(makeVideo(5000, 1), makeVideo(5000, 2))
})

test('an index that claims gigabytes is not read', async () => {
  const head = Buffer.concat([readFixture('video.mp4').subarray(0, 32), Buffer.from('7ffffff06d6f6f76', 'hex')])
  const { file, storage } = sparse(2 ** 31, [{ at: 0, bytes: head }])
  const started = performance.now()
  const { media, looksLike } = await probe(storage, file, PATIENT)
  assert.equal(media, null)
  assert.match(looksLike, /damaged|cut off/)
  assert.ok(performance.now() - started < PATIENT.milliseconds)
})

test('a chain of boxes without an end is given up, and the next file is measured all the same', async () => {
  // Each box is the smallest there is: two gigabytes of them would be read block by block.
  const link = box('free')
  const chain = Buffer.concat(Array.from({ length: 8192 }, () => link))
  const file: Frozen = { key: 'tenant/chain', etag: '"chain"', bytes: 2 ** 31 }
  const ftyp = boxesOf(readFixture('video.mp4')).ftyp!
  const read: Storage['read'] = async (_file, start, end) => {
    const data = Buffer.alloc(end - start)
    for (let at = 0; at < data.length; at += chain.length) chain.copy(data, at)
    if (start === 0) ftyp.copy(data)
    return Readable.from([data])
  }
  const { media, bytesRead } = await probe({ read }, file, { bytes: 4 * MiB, milliseconds: 5000 })
  assert.equal(media, null)
  assert.ok(bytesRead <= 5 * MiB, `${bytesRead} bytes were read`)
  assert.equal((await look(readFixture('video.mp4'))).media?.seconds, 3)
})

test('a store that does not answer is given up', async () => {
  const file: Frozen = { key: 'tenant/slow', etag: '"slow"', bytes: 1000 }
  const never = { read: () => new Promise<Readable>(() => {}) }
  const { media } = await probe(never, file, { bytes: MiB, milliseconds: 300 })
  assert.equal(media, null)
})

test('what the store throws is thrown, and more files than threads are all measured', async () => {
  const frozen = await store(makeVideo(200_000))
  await assert.rejects(probe(disk, { ...frozen, etag: '"other"' }, PATIENT), MediaChanged)
  const all = await Promise.all(Array.from({ length: 12 }, () => probe(disk, frozen, PATIENT)))
  assert.deepEqual([...new Set(all.map(({ media }) => media?.seconds))], [3])
})

test('no cut of a video and no flipped byte in it makes more than a wrong measure', async () => {
  const film = readFixture('portrait.mp4')
  const moov = film.indexOf('moov')
  let seed = 7
  const next = (max: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed % max
  }
  for (let round = 0; round < 60; round++) {
    const damaged = Buffer.from(film.subarray(0, round % 3 === 0 ? next(film.length) + 1 : film.length))
    for (let flips = 0; flips < 8; flips++) {
      const at = moov + next(3000)
      if (at < damaged.length) damaged[at] = next(256)
    }
    const { media, looksLike } = await probe(disk, await store(damaged))
    assert.ok(looksLike.length > 0)
    for (const value of [media?.seconds, media?.width, media?.height, media?.video?.framesPerSecond]) {
      assert.ok(value === undefined || (value > 0 && Number.isFinite(value)), JSON.stringify(media))
    }
  }
})
