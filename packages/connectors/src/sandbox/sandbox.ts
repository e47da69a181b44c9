import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'

/** Durable JSON documents. `list` gives the oldest first. `update` is atomic; its function is pure, may run twice, and null means "as it is". */
export interface Shelf {
  get(kind: string, id: string): Promise<unknown>
  put(kind: string, id: string, doc: unknown, at: { readonly project: string }): Promise<void>
  update(
    kind: string,
    id: string,
    change: (doc: unknown) => unknown,
    at: { readonly project: string }
  ): Promise<unknown>
  list(kind: string, project: string): Promise<readonly { readonly id: string; readonly doc: unknown }[]>
  remove(kind: string, id: string): Promise<void>
}

/** The received bytes of upload sessions. */
export interface ByteStore {
  /** What is stored of a session: 0 when nothing is. */
  size(session: string): Promise<number>
  /**
   * Adds a stream at `offset` and returns the size then. Anything but the stored size as `offset` stores nothing. A stream that breaks, or
   * is longer than `limit` allows, leaves a multiple of `unit` bytes. A second stream for a session cuts the first.
   */
  append(session: string, part: Incoming): Promise<number>
  /** Of the whole of what is stored. */
  sha256(session: string): Promise<string>
  remove(session: string): Promise<void>
}
export interface Incoming {
  readonly offset: number
  /** The size that the session must not pass. */
  readonly limit: number
  /** Broken streams leave a multiple of this many bytes. */
  readonly unit: number
  readonly stream: AsyncIterable<Uint8Array>
  /** Makes the stream end or break. */
  readonly stop: () => void
}

export interface SandboxDeps {
  /** Where workers reach it, without a slash at the end: `http://127.0.0.1:3000/sandbox/youtube`. */
  readonly base: string
  readonly shelf: Shelf
  readonly bytes: ByteStore
  /** Which apps exist. The client id is the project: it has its own channels, posts, quota and faults. */
  project(
    clientId: string
  ): Promise<{ readonly secret: string; readonly redirectUris?: readonly string[] | undefined } | null>
  now(): Date
  /** Besides that of `base`: where the videos lie that a platform fetches by itself. Nothing else is fetched. */
  readonly origins?: readonly string[]
  /** Per project and day of the platform. Absent: the platform's own. */
  readonly quota?: { readonly uploads: number; readonly units: number }
}

/** What was posted. `metadata` is the platform's own resource. */
export interface SandboxPost {
  readonly id: string
  readonly channel: string
  readonly title: string
  readonly metadata: unknown
  readonly bytes: number
  readonly sha256: string
  readonly state: string
  readonly createdAt: string
}

/** A platform to practise on: durable, and as strict as the real one. */
export interface Sandbox {
  /** Serves every address that holds `/h/<real host>/`. The body must not have been read. */
  handler(req: IncomingMessage, res: ServerResponse): Promise<void>
  /** Addresses in place of the real hosts, below `base`. */
  hostMap(base: string): Readonly<Record<string, string>>
  posts(project: string): Promise<SandboxPost[]>
  /** Forgets posts and uploads under way. Grants and faults stay. */
  clear(project: string): Promise<void>
  /** What is left of the faults: those that are used up are gone. */
  getFaults(project: string): Promise<unknown>
  /** Replaces all faults. Throws a ZodError. */
  setFaults(project: string, faults: unknown): Promise<unknown>
  readonly faultsSchema: z.ZodType
}
