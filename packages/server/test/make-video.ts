import { createCipheriv } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const fixtures = join(import.meta.dirname, 'fixtures')

/** A file of test/fixtures. */
export const readFixture = (name: string): Buffer => readFileSync(join(fixtures, name))

const film = readFixture('video.mp4')
const tiny = readFixture('tiny.mp4')
export const SMALLEST_VIDEO = tiny.length + 8

/**
 * A true mp4 of exactly so many bytes: three seconds of 640 × 360 where they fit, else one picture of 16 × 16. What is
 * left is a `free` box of noise, so that no two seeds and no two pieces of it have the same digest.
 */
export function makeVideo(bytes: number, seed = 1): Buffer {
  const base = bytes >= film.length + 8 ? film : tiny
  const rest = bytes - base.length
  if (rest < 8) throw new Error(`the smallest video has ${SMALLEST_VIDEO} bytes`)
  const box = Buffer.alloc(8)
  box.writeUInt32BE(rest, 0)
  box.write('free', 4, 'latin1')
  return Buffer.concat([base, box, noise(rest - 8, seed)])
}

function noise(bytes: number, seed: number): Buffer {
  const key = Buffer.alloc(16)
  key.writeUInt32BE(seed, 0)
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes))
}
