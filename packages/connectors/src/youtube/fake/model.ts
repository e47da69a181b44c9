import type { Documents } from '../../sandbox/documents.ts'
import type { FaultBook } from '../../sandbox/faults.ts'
import type { TestAccount } from '../../sandbox/page.ts'
import type { SandboxDeps } from '../../sandbox/sandbox.ts'
import { digest } from '../../sandbox/secrets.ts'
import { makeAccounts, type SignIn } from '../../sandbox/sign-in.ts'
import type { YoutubeFaults } from './faults.ts'

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
  readonly isShort: boolean
  readonly processing: {
    readonly seconds: number
    /** Seconds until its file is described. */
    readonly fileSeconds?: number | undefined
    readonly failureReason?: string | undefined
    readonly rejectionReason?: string | undefined
  }
}

/** By the video's id. */
export interface ThumbnailDoc {
  readonly bytes: number
  readonly sha256: string
  readonly type: string
  readonly createdAt: string
}
export interface CaptionDoc {
  readonly video: string
  readonly language: string
  readonly name: string
  readonly isDraft: boolean
  readonly bytes: number
  readonly sha256: string
  readonly createdAt: string
}
/** A video in a playlist. */
export interface ItemDoc {
  readonly playlist: string
  readonly video: string
  readonly createdAt: string
}
export interface CommentDoc {
  readonly video: string
  readonly author: string
  readonly text: string
  readonly createdAt: string
}

export interface Docs {
  session: Session
  video: VideoDoc
  thumbnail: ThumbnailDoc
  caption: CaptionDoc
  item: ItemDoc
  comment: CommentDoc
  ledger: { readonly uploads: number; readonly units: number }
}

/** What every part of the platform works with. */
export interface World {
  readonly deps: SandboxDeps
  readonly model: Documents<Docs>
  readonly faults: FaultBook<YoutubeFaults>
  readonly signIn: SignIn
  /** Sessions whose video is being made in this process: nobody makes it twice at once. */
  readonly finishing: Map<string, Promise<unknown>>
}

export interface Channel extends TestAccount {
  readonly uploads: string
  readonly country: string | null
  readonly playlists: readonly { readonly id: string; readonly title: string }[]
}

/** The five channels that a project is born with, each of its own test user. */
export const channelsOf = (project: string): readonly Channel[] =>
  makeAccounts(5, n => {
    const tail = digest(`${project}/channel/${n}`).slice(0, 22)
    return {
      id: `UC${tail}`,
      uploads: `UU${tail}`,
      country: n === 2 ? 'DE' : null,
      playlists: ['Teasers', 'Tutorials', 'Behind the scenes'].map((title, at) => ({
        id: `PL${digest(`${project}/playlist/${n}/${at}`).slice(0, 32)}`,
        title
      })),
      name: `Sandbox channel ${n}`,
      handle: `@sandbox-channel-${n}`,
      user: `sandbox-user-${n}@example.test`
    }
  })
