import type { Readable } from 'node:stream'
import type { Chunk, Media } from '@upload24/connectors'
import type { App } from '../app.ts'
import type { MediaMeasures } from '../media/measures.ts'
import { Missing } from '../storage/errors.ts'
import type { Claimed } from './rows.ts'

/** What is known of a stored file. */
export interface MediaRow {
  readonly storageKey: string
  readonly etag: string
  readonly bytes: number
  readonly name: string
  readonly contentType: string
  readonly durationSeconds: number | null
  readonly width: number | null
  readonly height: number | null
  readonly media: MediaMeasures | null
}

export interface OpenMedia {
  readonly about: Media
  /** The stream is open when this returns: a file that is missing or changed throws here, before anything is begun. */
  open(start: number, end: number, total: number): Promise<Chunk>
  close(): void
}

/** The file of a delivery, as connectors know it. Throws Missing when it is gone. */
export function openMedia(app: App, claimed: Claimed, file: MediaRow | null): OpenMedia {
  if (claimed.parentId !== null && claimed.fileId === null) return NO_FILE
  if (!file) throw new Missing('the file of a follow-up is gone')
  const object = { key: file.storageKey, etag: file.etag, bytes: file.bytes }
  let ready: Readable | undefined
  return {
    about: {
      bytes: file.bytes,
      contentType: file.contentType,
      fileName: file.name,
      ...(file.durationSeconds !== null && { seconds: file.durationSeconds }),
      ...(file.width !== null && { width: file.width }),
      ...(file.height !== null && { height: file.height }),
      ...(file.media && tracksOf(file.media)),
      url: async seconds => new URL((await app.storage.signGet(object, seconds, file.contentType)).url)
    },
    async open(start, end, total) {
      ready?.destroy()
      ready = await app.storage.read(object, start, end, PIECEWISE)
      return {
        start,
        end,
        total,
        body() {
          const first = ready
          ready = undefined
          return first ?? again(() => app.storage.read(object, start, end, PIECEWISE))
        }
      }
    },
    close: () => ready?.destroy()
  }
}

/** A body is pulled for one piece, and for the next when that is away: `exchange` of the connectors, and undici below it. */
const PIECEWISE = { reuse: true }

const tracksOf = ({ container, video, audio }: MediaMeasures) => ({
  container,
  ...(video && { video }),
  ...(audio && { audio })
})

const none = async (): Promise<never> => {
  throw new TypeError('This follow-up has no file.')
}

const NO_FILE: OpenMedia = {
  about: { bytes: 0, contentType: 'application/octet-stream', fileName: '', url: none },
  open: none,
  close() {}
}

/** A second try of the same chunk, after a 401: a fresh stream. */
async function* again(open: () => Promise<Readable>): AsyncGenerator<Uint8Array> {
  yield* await open()
}
