import { createHash } from 'node:crypto'
import { makeVideo } from '../test/make-video.ts'

export interface Film {
  readonly bytes: Buffer
  /** The same bytes, for a form. */
  readonly blob: Blob
  readonly sha256: string
}

const made = new Map<string, Film>()

/** A film of so many bytes; `take` tells those of one size apart. Histories share them: each has a workspace of its own. */
export function filmOf(bytes: number, take = 1): Film {
  const key = `${bytes} ${take}`
  const known = made.get(key)
  if (known) return known
  const video = makeVideo(bytes, take)
  const film = {
    bytes: video,
    blob: new Blob([video as Uint8Array<ArrayBuffer>], { type: 'video/mp4' }),
    sha256: createHash('sha256').update(video).digest('hex')
  }
  made.set(key, film)
  return film
}

let asked = 0
/** One of three takes, each in its turn: what is sent for the upload before is another film. */
export const nextFilm = (bytes: number): Film => filmOf(bytes, 1 + (asked++ % 3))

export const PICTURE = new Blob([
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64'
  )
])
export const CAPTIONS = new Blob(['WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n'])
