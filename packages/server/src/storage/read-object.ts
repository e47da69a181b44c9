import { type FileHandle, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { codeOf, MediaChanged, Missing } from './errors.ts'
import type { Folders } from './folders.ts'
import { bytesOf, readManifest } from './manifest.ts'
import { TRAILER_BYTES } from './staged-part.ts'
import type { Frozen, ReadAbout } from './storage.ts'

const READ = 1 << 20
/** Where memory is used again: small enough to be sent while it is still in the processor's cache. */
const BLOCK = 128 << 10
/** The piece that the reader has, the one that waits for it, and the one that is being read. */
const RING = 3

interface Slice {
  readonly path: string
  readonly size: number
  readonly start: number
  readonly end: number
}

/** Streams `[start, end)` across the parts, one file open at once. */
export async function readObject(
  folders: Folders,
  object: Frozen,
  start: number,
  end: number,
  { reuse = false }: ReadAbout = {}
): Promise<Readable> {
  if (!(start >= 0 && start <= end && end <= object.bytes)) {
    throw new RangeError(`no bytes ${start} to ${end} in an object of ${object.bytes}`)
  }
  const folder = folders.frozen(object.key)
  const manifest = await readManifest(folder)
  if (!manifest) throw new Missing('the object is gone')
  if (manifest.etag !== object.etag || bytesOf(manifest) !== object.bytes)
    throw new MediaChanged('other bytes lie here')

  const slices: Slice[] = []
  let at = 0
  for (const { part, bytes } of manifest.parts) {
    const from = Math.max(start, at)
    const to = Math.min(end, at + bytes)
    if (from < to) slices.push({ path: join(folder, String(part)), size: bytes, start: from - at, end: to - at })
    at += bytes
  }
  for (const slice of slices) await checkPart(slice)
  return streamSlices(slices, reuse ? makeRing() : fresh)
}

async function checkPart({ path, size }: Slice): Promise<void> {
  const found = await stat(path).catch(error => {
    throw codeOf(error) === 'ENOENT' ? new Missing('the object is gone', { cause: error }) : error
  })
  if (found.size !== size + TRAILER_BYTES) throw new MediaChanged('a part has another size than when it was frozen')
}

interface Blocks {
  readonly size: number
  next(size: number): Buffer
}

const fresh: Blocks = { size: READ, next: size => Buffer.allocUnsafeSlow(size) }

/** A gigabyte of fresh memory costs more than sending it: each page is mapped and cleared, and the collector takes it back. */
function makeRing(): Blocks {
  const ring: Buffer[] = []
  let turn = 0
  return {
    size: BLOCK,
    // Short pieces may stand in line, as many as make a whole one: they have memory of their own.
    next(size) {
      if (size < BLOCK) return Buffer.allocUnsafeSlow(size)
      turn = (turn + 1) % RING
      const block = ring[turn] ?? Buffer.allocUnsafeSlow(BLOCK)
      ring[turn] = block
      return block
    }
  }
}

function streamSlices(slices: readonly Slice[], blocks: Blocks): Readable {
  let index = 0
  let position = slices[0]?.start ?? 0
  let file: FileHandle | undefined

  const next = async (): Promise<Buffer | null> => {
    const slice = slices[index]
    if (!slice) return null
    file ??= await open(slice.path, 'r')
    const size = Math.min(blocks.size, slice.end - position)
    const { bytesRead, buffer } = await file.read(blocks.next(size), 0, size, position)
    if (bytesRead === 0) throw new MediaChanged('a part was cut while it was read')
    position += bytesRead
    if (position === slice.end) {
      await file.close()
      file = undefined
      position = slices[++index]?.start ?? 0
    }
    return bytesRead === size ? buffer : Buffer.from(buffer.subarray(0, bytesRead))
  }
  return new Readable({
    highWaterMark: blocks.size,
    read() {
      next().then(
        chunk => this.push(chunk),
        error => this.destroy(codeOf(error) === 'ENOENT' ? new MediaChanged('a part is gone', { cause: error }) : error)
      )
    },
    destroy(error, done) {
      const open = file
      file = undefined
      if (open) open.close().then(() => done(error), done)
      else done(error)
    }
  })
}
