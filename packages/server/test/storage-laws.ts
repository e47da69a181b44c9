import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { BadParts, MediaChanged, Missing, TooLong } from '../src/storage/errors.ts'
import type { Frozen, Signed, Storage } from '../src/storage/storage.ts'

/** What a driver brings to the laws; `partBytes` is the least that its middle parts may have. */
export interface UnderLaw {
  readonly storage: Storage
  readonly partBytes: number
}

const makeKey = () => `${randomUUID()}/${randomUUID()}`
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

const send = (signed: Signed, body: Buffer) =>
  fetch(signed.url, { method: signed.method, headers: { ...signed.headers }, body: new Uint8Array(body) })

async function sendWhole(signed: Signed, body: Buffer): Promise<string> {
  const answer = await send(signed, body)
  assert.equal(answer.status, 200, await answer.text())
  return answer.headers.get('etag') ?? ''
}

const readAll = async (storage: Storage, object: Frozen, start = 0, end = object.bytes) =>
  buffer(await storage.read(object, start, end))

/** What every driver of `Storage` must keep, over real HTTP where an address is concerned. */
export function declareLaws(open: () => UnderLaw): void {
  lawsOfPut(open)
  lawsOfSingle(open)
  lawsOfParts(open)
  lawsOfReading(open)
  lawsOfListing(open)
}

function lawsOfPut(open: () => UnderLaw): void {
  test('a stream of unknown length is stored as it came, with its digest', async () => {
    const { storage } = open()
    const body = randomBytes(3_000_017)
    const pieces = [body.subarray(0, 1), body.subarray(1, 70_000), body.subarray(70_000)]
    const stored = await storage.put(makeKey(), Readable.from(pieces), { maxBytes: body.length, digest: true })
    assert.equal(stored.bytes, body.length)
    assert.equal(stored.sha256, sha256(body))
    assert.match(stored.etag, /^"[0-9a-f]{32}/)
    assert.deepEqual(await readAll(storage, stored), body)
  })

  test('one byte over the limit is refused, and nothing is left of it', async () => {
    const { storage } = open()
    const key = makeKey()
    const body = Readable.from([Buffer.alloc(600), Buffer.alloc(401)])
    await assert.rejects(storage.put(key, body, { maxBytes: 1000 }), TooLong)
    await assert.rejects(storage.read({ key, etag: '"0"', bytes: 1000 }, 0, 1), Missing)
  })

  test('a stream that breaks off leaves nothing, and its own error is what is thrown', async () => {
    const { storage } = open()
    const key = makeKey()
    const broken = new Error('the line went dead')
    const body = Readable.from(
      (async function* () {
        yield Buffer.alloc(100_000)
        throw broken
      })()
    )
    await assert.rejects(storage.put(key, body, { maxBytes: 1_000_000 }), error => error === broken)
    await assert.rejects(storage.read({ key, etag: '"0"', bytes: 1 }, 0, 1), Missing)
  })
}

function lawsOfSingle(open: () => UnderLaw): void {
  test('one PUT, then frozen, then read back', async () => {
    const { storage } = open()
    const key = makeKey()
    const body = randomBytes(100_003)
    const signed = await storage.single.sign(key, { contentType: 'video/mp4', bytes: body.length }, 60)
    assert.equal(await storage.single.head(key), null)
    await assert.rejects(storage.single.freeze(key), Missing)
    const etag = await sendWhole(signed, body)
    assert.deepEqual(await storage.single.head(key), { bytes: body.length, etag })
    const frozen = await storage.single.freeze(key)
    assert.deepEqual(frozen, { key, etag, bytes: body.length })
    assert.deepEqual(await readAll(storage, frozen), body)
    assert.deepEqual(await storage.single.freeze(key), frozen, 'freezing again gives the same object')
    assert.deepEqual(await storage.single.head(key), { bytes: body.length, etag }, 'a repeated complete still sees it')
  })

  test('before the freeze a second PUT replaces the first, and equal bytes have equal ETags', async () => {
    const { storage } = open()
    const key = makeKey()
    const signed = await storage.single.sign(key, { contentType: 'video/mp4', bytes: 5000 }, 60)
    const [first, second] = [randomBytes(5000), randomBytes(5000)]
    const etag = await sendWhole(signed, first)
    assert.notEqual(await sendWhole(signed, second), etag)
    assert.equal(await sendWhole(signed, first), etag)
    assert.deepEqual(await readAll(storage, await storage.single.freeze(key)), first)
  })

  test('after the freeze an address that still lives cannot change what is read', async () => {
    const { storage } = open()
    const key = makeKey()
    const signed = await storage.single.sign(key, { contentType: 'video/mp4', bytes: 4 }, 60)
    await sendWhole(signed, Buffer.from('good'))
    const frozen = await storage.single.freeze(key)
    await (await send(signed, Buffer.from('evil'))).text()
    // Either the PUT was refused, or reading notices it: other bytes never come back.
    const read = await readAll(storage, frozen).catch(error => error)
    assert.ok(read instanceof MediaChanged || Buffer.from('good').equals(read as Buffer))
  })

  test('what is removed is gone, and removing nothing is fine', async () => {
    const { storage } = open()
    const key = makeKey()
    await storage.remove(key)
    await sendWhole(await storage.single.sign(key, { contentType: 'video/mp4', bytes: 4 }, 60), Buffer.from('good'))
    await storage.remove(key)
    assert.equal(await storage.single.head(key), null)
    await assert.rejects(storage.single.freeze(key), Missing)
  })
}

function lawsOfParts(open: () => UnderLaw): void {
  const sendParts = async ({ storage, partBytes }: UnderLaw, count = 3) => {
    const key = makeKey()
    const id = await storage.parts.begin(key, 'video/mp4')
    const bodies = Array.from({ length: count }, (_, i) => randomBytes(i === count - 1 ? 1000 : partBytes))
    const sent = bodies.map(async (body, i) => {
      const etag = await sendWhole(await storage.parts.sign(key, id, i + 1, body.length, 60), body)
      return { part: i + 1, etag }
    })
    return { storage, key, id, bodies, parts: await Promise.all(sent), whole: Buffer.concat(bodies) }
  }

  test('parts that came at once are joined in order, and finishing again gives the same object', async () => {
    const { storage, key, id, parts, whole, bodies } = await sendParts(open())
    const listed = parts.map(({ part, etag }, i) => ({ part, bytes: bodies[i]?.length ?? 0, etag }))
    assert.deepEqual(await storage.parts.list(key, id), listed)
    const frozen = await storage.parts.finish(key, id, parts)
    assert.equal(frozen.bytes, whole.length)
    assert.match(frozen.etag, /^"[0-9a-f]{32}-3"$/)
    assert.deepEqual(await storage.parts.list(key, id), listed, 'who lost the list gets it from there')
    assert.equal(sha256(await readAll(storage, frozen)), sha256(whole))
    assert.deepEqual(await storage.parts.finish(key, id, parts), frozen)
  })

  test('an ETag without its quotes is understood', async () => {
    const { storage, key, id, parts, whole } = await sendParts(open(), 1)
    const bare = parts.map(({ part, etag }) => ({ part, etag: etag.replaceAll('"', '') }))
    assert.equal((await storage.parts.finish(key, id, bare)).bytes, whole.length)
  })

  test('a part sent again counts as it came last', async () => {
    const { storage, key, id, parts, bodies } = await sendParts(open(), 2)
    const last = randomBytes(1000)
    const etag = await sendWhole(await storage.parts.sign(key, id, 2, 1000, 60), last)
    await assert.rejects(storage.parts.finish(key, id, parts), BadParts)
    const frozen = await storage.parts.finish(key, id, [...parts.slice(0, 1), { part: 2, etag }])
    assert.deepEqual(await readAll(storage, frozen), Buffer.concat([...bodies.slice(0, 1), last]))
  })

  test('wrong lists of parts are refused, and the right one still works after them', async () => {
    const { storage, key, id, parts, whole } = await sendParts(open())
    const [one, two, three] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0]]
    const wrong = `"${'0'.repeat(32)}"`
    const cases = [[], [{ ...one, etag: wrong }, two, three], [one, two, three, { part: 4, etag: wrong }]]
    for (const list of cases) await assert.rejects(storage.parts.finish(key, id, list), BadParts)
    assert.equal((await storage.parts.finish(key, id, parts)).bytes, whole.length)
  })

  test('an aborted upload takes no more parts and cannot be finished', async () => {
    const { storage, key, id, parts } = await sendParts(open(), 1)
    await storage.parts.abort(key, id)
    await storage.parts.abort(key, id)
    const late = await send(await storage.parts.sign(key, id, 2, 4, 60), Buffer.from('late'))
    assert.ok(late.status >= 400, `${late.status}`)
    await assert.rejects(storage.parts.list(key, id), Missing)
    await assert.rejects(storage.parts.finish(key, id, parts), Missing)
  })

  test('after finish an address of a part that still lives changes nothing', async () => {
    const { storage, key, id, parts, whole } = await sendParts(open(), 2)
    const living = await storage.parts.sign(key, id, 2, 1000, 60)
    const frozen = await storage.parts.finish(key, id, parts)
    const late = await send(living, randomBytes(1000))
    assert.ok(late.status >= 400, `${late.status}`)
    assert.deepEqual(await readAll(storage, frozen), whole)
  })
}

function lawsOfReading(open: () => UnderLaw): void {
  test('any range is read exactly, across parts too', async () => {
    const { storage, partBytes } = open()
    const key = makeKey()
    const id = await storage.parts.begin(key, 'video/mp4')
    const whole = randomBytes(partBytes * 2 + 10)
    const parts = []
    for (const part of [1, 2, 3]) {
      const body = whole.subarray((part - 1) * partBytes, part * partBytes)
      parts.push({ part, etag: await sendWhole(await storage.parts.sign(key, id, part, body.length, 60), body) })
    }
    const frozen = await storage.parts.finish(key, id, parts)
    const edge = partBytes
    const ranges = [
      [0, 0],
      [0, 1],
      [edge - 1, edge + 1],
      [edge, edge * 2],
      [edge * 2 + 9, edge * 2 + 10],
      [5, edge * 2 + 5]
    ]
    for (const [start = 0, end = 0] of ranges) {
      assert.deepEqual(await readAll(storage, frozen, start, end), whole.subarray(start, end), `${start}–${end}`)
    }
    await assert.rejects(storage.read(frozen, 0, frozen.bytes + 1), RangeError)
  })

  test('read piece by piece, each looked at before the next, the bytes are the same whatever memory they come in', async () => {
    const { storage } = open()
    const [one, small] = [randomBytes((5 << 20) + 77), randomBytes(3)]
    const parts = await storage.put(makeKey(), Readable.from([one, small, one]), { maxBytes: 2 ** 30 })
    const whole = Buffer.concat([one, small, one])
    for (const [start, end] of [
      [0, whole.length],
      [1, (5 << 20) + 80],
      [(5 << 20) + 70, whole.length - 1]
    ] as const) {
      const hash = createHash('sha256')
      for await (const piece of await storage.read(parts, start, end, { reuse: true })) {
        // Others have their turn while the piece is on its way.
        await new Promise(setImmediate)
        hash.update(piece)
      }
      assert.equal(hash.digest('hex'), createHash('sha256').update(whole.subarray(start, end)).digest('hex'))
    }
  })

  test('an object of another ETag is not read: the bytes that were seen, or none', async () => {
    const { storage } = open()
    const stored = await storage.put(makeKey(), Readable.from([Buffer.from('good')]), { maxBytes: 4 })
    await assert.rejects(storage.read({ ...stored, etag: '"ffffffffffffffffffffffffffffffff"' }, 0, 4), MediaChanged)
    await storage.remove(stored.key)
    await assert.rejects(storage.read(stored, 0, 4), Missing)
  })

  test('a signed address gives the bytes, a range of them, and the content type that was signed', async () => {
    const { storage } = open()
    const stored = await storage.put(makeKey(), Readable.from([Buffer.from('0123456789')]), { maxBytes: 10 })
    const { url } = await storage.signGet(stored, 60, 'video/mp4')
    const whole = await fetch(url)
    assert.equal(whole.headers.get('content-type'), 'video/mp4')
    assert.equal(await whole.text(), '0123456789')
    const part = await fetch(url, { headers: { range: 'bytes=2-4' } })
    assert.equal(part.status, 206)
    assert.equal(part.headers.get('content-range'), 'bytes 2-4/10')
    assert.equal(await part.text(), '234')
  })
}

function lawsOfListing(open: () => UnderLaw): void {
  test('every key that holds anything is listed with its age, and none that was removed', async () => {
    const { storage, partBytes } = open()
    const began = Date.now()
    const [frozen, staged, parts, gone] = [makeKey(), makeKey(), makeKey(), makeKey()]
    const about = { contentType: 'video/mp4', bytes: 4 }
    for (const key of [frozen, gone]) await storage.put(key, Readable.from([Buffer.from('four')]), { maxBytes: 4 })
    await sendWhole(await storage.single.sign(staged, about, 60), Buffer.from('four'))
    const id = await storage.parts.begin(parts, about.contentType)
    await sendWhole(await storage.parts.sign(parts, id, 1, partBytes, 60), randomBytes(partBytes))
    await storage.remove(gone)
    const found = new Map<string, Date>()
    for await (const { key, changedAt } of storage.list()) found.set(key, changedAt)
    for (const key of [frozen, staged, parts]) {
      // Clocks of stores are told in whole seconds, and not by ours.
      assert.ok(Math.abs((found.get(key)?.getTime() ?? 0) - began) < 60_000, `${key} ${found.get(key)}`)
    }
    assert.equal(found.has(gone), false)
  })
}
