import { createMethod, type Method, type OnlyPlatforms } from './call.ts'
import { createCredential, type Session } from './credential.ts'
import { type EventOptions, followEvents, type ReceivedEvent } from './events.ts'
import { createTransport, type Fetch } from './request.ts'
import { type Route, routes } from './routes.ts'
import type { UploadDescription } from './upload/description.ts'
import { startUpload, type UploadHandle, type UploadOptions } from './upload/upload.ts'

type Table = typeof routes

/** `client.<group>.<verb>(input, options)`, each typed by its endpoint. */
export type Methods = {
  readonly [G in keyof Table]: {
    readonly [V in keyof Table[G]]: Table[G][V] extends Route<infer R> ? Method<R> : never
  }
}

export interface Client extends Methods {
  /** What happens in the workspace, each event once, for as long as it is read. It survives broken lines. */
  events(options?: EventOptions): AsyncIterableIterator<ReceivedEvent>
  /**
   * Sends a video of up to 2 GiB and completes it: in parts, with pauses, through broken lines, and with a store also after
   * the program was started anew. The file is never held in memory.
   */
  upload<D extends UploadDescription>(
    source: Blob,
    description: D & OnlyPlatforms<D, UploadDescription>,
    options?: UploadOptions
  ): UploadHandle
}

export interface ClientOptions {
  /** Where the instance is: `https://upload.example.com`. In a page of the instance itself: an empty string. */
  readonly baseUrl: string
  /** For machines. Reads and sends uploads; what only a person may do is refused. */
  readonly apiKey?: string
  /** For people. Left out as well, only what needs no credential can be asked. */
  readonly session?: Session
  /** In place of the platform's own. */
  readonly fetch?: Fetch
  /** How often a request that is safe to repeat is repeated: 3 unless told otherwise. */
  readonly retries?: number
}

export function createClient(options: ClientOptions): Client {
  const { baseUrl, retries = 3, fetch = (url, init) => globalThis.fetch(url, init) } = options
  const transport = createTransport({ baseUrl, credential: createCredential(options), fetch, retries })
  const methods = Object.fromEntries(
    Object.entries(routes).map(([group, verbs]) => [
      group,
      Object.fromEntries(Object.entries(verbs).map(([verb, route]) => [verb, createMethod(transport, route as Route)]))
    ])
    // The table is what Methods is made of.
  ) as unknown as Methods
  return {
    ...methods,
    events: options => followEvents(transport, options),
    upload: (source, description, options) => startUpload(methods.uploads, source, description, options)
  }
}
