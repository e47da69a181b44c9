import type { Readable } from 'node:stream'
import type { Chunk, Media } from '@upload24/connectors'
import type { App } from '../app.ts'
import * as queries from './queries.ts'
import type { Claimed } from './rows.ts'

export interface OpenMedia {
  readonly about: Media
  /** The stream is open when this returns: a file that is missing or changed throws here, before anything is begun. */
  open(start: number, end: number, total: number): Promise<Chunk>
  close(): void
}

/** The file of a delivery, as connectors know it. */
export async function openMedia(app: App, claimed: Claimed): Promise<OpenMedia> {
  const file = await queries.readMedia(app.database.db, claimed.tenantId, claimed.uploadId)
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
      url: async seconds => new URL((await app.storage.signGet(object, seconds, file.contentType)).url)
    },
    async open(start, end, total) {
      ready?.destroy()
      ready = await app.storage.read(object, start, end)
      return {
        start,
        end,
        total,
        body() {
          const first = ready
          ready = undefined
          return first ?? again(() => app.storage.read(object, start, end))
        }
      }
    },
    close: () => ready?.destroy()
  }
}

/** A second try of the same chunk, after a 401: a fresh stream. */
async function* again(open: () => Promise<Readable>): AsyncGenerator<Uint8Array> {
  yield* await open()
}
