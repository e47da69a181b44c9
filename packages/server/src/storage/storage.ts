import type { Readable } from 'node:stream'

/**
 * Where the bytes of videos live. `test/storage-laws.ts` holds a driver to it; nothing here is particular to one.
 *
 * Keys are made by us (`<tenant>/<file>`), never from a file name. A key is frozen at most once in its life.
 */
export interface Storage {
  /**
   * Streams a body of unknown length into `key` and freezes it; when it fails, nothing is left behind and `body` is
   * left to the caller. Throws TooLong at the first byte over `maxBytes`, StorageFull, AlreadyFrozen, or what `body`
   * itself threw. With `digest`, the answer holds the SHA-256 in hex.
   */
  put(key: string, body: Readable, about: PutAbout): Promise<Stored>
  /** The bytes from `start` up to, not including, `end`. Throws MediaChanged or Missing before the first byte. */
  read(object: Frozen, start: number, end: number, about?: ReadAbout): Promise<Readable>
  /** Removes whatever the key holds: staged, frozen, parts. That there is nothing is fine. */
  remove(key: string): Promise<void>
  /** Every key that holds anything (an object, an upload, parts), in any order; what comes or goes meanwhile may be missed. */
  list(): AsyncIterable<StoredKey>
  /** An address from which anybody may read the object, named `contentType`, until it expires; ranges are served. */
  signGet(object: Frozen, seconds: number, contentType?: string): Promise<Signed>
  /** One PUT for the whole object. */
  readonly single: {
    sign(key: string, about: { contentType: string; bytes: number }, seconds: number): Promise<Signed>
    /** What a finished PUT has left, or null. */
    head(key: string): Promise<{ bytes: number; etag: string } | null>
    /** Throws Missing when no PUT has finished. Repeated, it returns the same object. */
    freeze(key: string): Promise<Frozen>
  }
  /** One PUT a part, in any order, each as often as the client likes: the last one that finished counts. */
  readonly parts: {
    /** Returns the id that the other calls take. */
    begin(key: string, contentType: string): Promise<string>
    sign(key: string, id: string, part: number, bytes: number, seconds: number): Promise<Signed>
    /** The parts that have arrived whole, by ascending number; once frozen, those of the object. Throws Missing for an unknown id. */
    list(key: string, id: string): Promise<Part[]>
    /** Throws BadParts, with every fault, or Missing for an unknown id. Repeated, it returns the same object. */
    finish(key: string, id: string, parts: readonly { part: number; etag: string }[]): Promise<Frozen>
    /** Forgets the parts; repeatable. */
    abort(key: string, id: string): Promise<void>
  }
}

export interface StoredKey {
  readonly key: string
  /** When something last arrived there. */
  readonly changedAt: Date
}

/** An object whose bytes can no longer change: what is read always matches what was seen when it was frozen. */
export interface Frozen {
  readonly key: string
  /** Quoted, as in the ETag header. */
  readonly etag: string
  readonly bytes: number
}

export interface Stored extends Frozen {
  readonly sha256?: string
}

export interface PutAbout {
  readonly maxBytes: number
  readonly digest?: boolean
  /** The chunks of the body are nobody else's: a driver may give their memory back as soon as they are stored. */
  readonly disposable?: boolean
}

export interface ReadAbout {
  /**
   * A piece is only looked at until the next one is asked for: a driver may then put other bytes into its memory. For readers
   * that pull piece by piece and wait until each is away, as a request's body does; not for who keeps pieces, or pipes.
   */
  readonly reuse?: boolean
}

export interface Part {
  readonly part: number
  readonly bytes: number
  readonly etag: string
}

export interface Signed {
  readonly url: string
  readonly method: 'PUT' | 'GET'
  /** The client sends these as they are; they are part of what was signed. */
  readonly headers: Readonly<Record<string, string>>
  readonly expiresAt: Date
}
