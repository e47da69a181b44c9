import { createHash } from 'node:crypto'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, MediaChanged, Missing } from './errors.ts'
import type { Part } from './storage.ts'

/**
 * A staged part is its bytes and a trailer with their checksum. So one rename replaces bytes and ETag together, and
 * two PUTs of one part can end in any order. Frozen parts keep it: their length then shows whether they are whole.
 */
const MAGIC = 0x75323470
export const TRAILER_BYTES = 16

/** The id of the one-PUT flow's upload, and the number of its part; those of a list begin at 1. */
export const SINGLE = 'single'
export const WHOLE = 0

export function makeTrailer(bytes: number, crc: number): Buffer {
  const trailer = Buffer.alloc(TRAILER_BYTES)
  trailer.writeUInt32BE(MAGIC, 0)
  trailer.writeBigUInt64BE(BigInt(bytes), 4)
  trailer.writeUInt32BE(crc, 12)
  return trailer
}

/** What has the shape of S3's ETag of one PUT: the same for the same bytes, and nearly free. */
export const etagOf = (bytes: number, crc: number) =>
  `"${bytes.toString(16).padStart(24, '0')}${crc.toString(16).padStart(8, '0')}"`

/** As S3 does: a digest of the parts' ETags, and their number. */
export function etagOfParts(parts: readonly Part[]): string {
  const hash = createHash('sha256')
  for (const { etag } of parts) hash.update(etag)
  return `"${hash.digest('hex').slice(0, 32)}-${parts.length}"`
}

export const bareEtag = (etag: string) => etag.trim().replaceAll('"', '').toLowerCase()

/** A staged part, or null when it never arrived. Throws MediaChanged on a file that is not one: nothing of ours writes such. */
export async function readStagedPart(folder: string, part: number): Promise<Part | null> {
  try {
    const file = await open(join(folder, String(part)), 'r')
    try {
      const { size } = await file.stat()
      const trailer = Buffer.alloc(TRAILER_BYTES)
      const bytes = size - TRAILER_BYTES
      const { bytesRead } = await file.read(trailer, 0, TRAILER_BYTES, Math.max(0, bytes))
      const isWhole = bytesRead === TRAILER_BYTES && trailer.readUInt32BE(0) === MAGIC
      if (!isWhole || trailer.readBigUInt64BE(4) !== BigInt(bytes))
        throw new MediaChanged(`damaged part ${part} in ${folder}`)
      return { part, bytes, etag: etagOf(bytes, trailer.readUInt32BE(12)) }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Every staged part of a folder, by ascending number. Throws Missing when there is no such folder. */
export async function listStagedParts(folder: string): Promise<Part[]> {
  const names = await readdir(folder).catch(error => {
    throw codeOf(error) === 'ENOENT' ? new Missing('no such upload', { cause: error }) : error
  })
  const numbers = names.filter(name => /^\d+$/.test(name)).map(Number)
  const found: (Part | null)[] = []
  // A few at a time: there may be ten thousand.
  for (let at = 0; at < numbers.length; at += 64) {
    found.push(...(await Promise.all(numbers.slice(at, at + 64).map(part => readStagedPart(folder, part)))))
  }
  return found.filter(part => part !== null).sort((a, b) => a.part - b.part)
}
