import { createHash, randomBytes } from 'node:crypto'
import type { SandboxDeps, Shelf } from '../../sandbox.ts'
import type { FaultBook } from '../../sandbox-faults.ts'
import type { YoutubeFaults } from './faults.ts'

export interface Code {
  readonly project: string
  readonly channel: string
  readonly user: string
  readonly redirectUri: string
  readonly challenge: string | null
  readonly scopes: readonly string[]
  readonly offline: boolean
  readonly consent: boolean
  readonly expiresAt: string
  readonly used: boolean
}
/** A refresh token. */
export interface Grant {
  readonly project: string
  readonly user: string
  readonly channel: string
  readonly scopes: readonly string[]
  readonly issuedAt: string
  readonly usedAt: string
  readonly expiresAt: string | null
}
export interface Access {
  readonly project: string
  readonly user: string
  readonly channel: string
  readonly scopes: readonly string[]
  readonly grant: string | null
  readonly expiresAt: string
}
export interface Session {
  readonly project: string
  readonly channel: string
  readonly total: number | null
  readonly type: string
  readonly fileName: string
  readonly parts: readonly string[]
  readonly body: VideoBody
  readonly notify: boolean
  readonly createdAt: string
  readonly video: string | null
  /** Every byte is there; the result is given from then on. */
  readonly resultAt: string | null
}
export interface VideoBody {
  readonly snippet?: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
  readonly localizations?: unknown
  readonly recordingDetails?: unknown
}
export interface VideoDoc {
  readonly project: string
  readonly channel: string
  readonly body: VideoBody
  readonly bytes: number
  readonly sha256: string
  readonly type: string
  readonly fileName: string
  readonly notify: boolean
  readonly createdAt: string
  readonly processing: {
    readonly seconds: number
    readonly failureReason?: string | undefined
    readonly rejectionReason?: string | undefined
  }
}

interface Docs {
  code: Code
  grant: Grant
  access: Access
  session: Session
  video: VideoDoc
  ledger: { readonly uploads: number; readonly units: number }
}

/** The shelf with the shapes of this platform. */
export interface Model {
  get<K extends keyof Docs>(kind: K, id: string): Promise<Docs[K] | null>
  put<K extends keyof Docs>(kind: K, id: string, doc: Docs[K], project: string): Promise<void>
  update<K extends keyof Docs>(
    kind: K,
    id: string,
    project: string,
    change: (doc: Docs[K] | null) => Docs[K] | null
  ): Promise<Docs[K] | null>
  list<K extends keyof Docs>(kind: K, project: string): Promise<readonly { id: string; doc: Docs[K] }[]>
  remove(kind: keyof Docs, id: string): Promise<void>
}

export function openModel(shelf: Shelf): Model {
  const name = (kind: string): string => `youtube.${kind}`
  return {
    get: async (kind, id) => (await shelf.get(name(kind), id)) as never,
    put: (kind, id, doc, project) => shelf.put(name(kind), id, doc, { project }),
    update: async (kind, id, project, change) =>
      (await shelf.update(name(kind), id, doc => change(doc as never), { project })) as never,
    list: async (kind, project) => (await shelf.list(name(kind), project)) as never,
    remove: (kind, id) => shelf.remove(name(kind), id)
  }
}

/** What every part of the platform works with. */
export interface World {
  readonly deps: SandboxDeps
  readonly model: Model
  readonly faults: FaultBook<YoutubeFaults>
  /** Sessions whose video is being made in this process: nobody makes it twice at once. */
  readonly finishing: Map<string, Promise<unknown>>
}

/** A signed-in request. */
export interface Caller {
  readonly project: string
  readonly user: string
  readonly channel: string
  readonly scopes: readonly string[]
  readonly grant: string | null
}

export interface Channel {
  readonly id: string
  readonly uploads: string
  readonly title: string
  readonly handle: string
  readonly user: string
}

/** The five channels that a project is born with, each of its own test user. */
export const channelsOf = (project: string): readonly Channel[] =>
  [1, 2, 3, 4, 5].map(n => {
    const tail = digest(`${project}/channel/${n}`).slice(0, 22)
    return {
      id: `UC${tail}`,
      uploads: `UU${tail}`,
      title: `Sandbox channel ${n}`,
      handle: `@sandbox-channel-${n}`,
      user: `sandbox-user-${n}@example.test`
    }
  })

export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')
export const newSecret = (prefix: string): string => prefix + randomBytes(32).toString('base64url')
export const isPast = (time: string, now: Date): boolean => Date.parse(time) <= now.getTime()
export const later = (now: Date, seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString()
