import type { Documents } from '../../sandbox/documents.ts'
import type { FaultBook } from '../../sandbox/faults.ts'
import type { TestAccount } from '../../sandbox/page.ts'
import type { SandboxDeps } from '../../sandbox/sandbox.ts'
import { digest } from '../../sandbox/secrets.ts'
import { makeAccounts, type SignIn } from '../../sandbox/sign-in.ts'
import type { TiktokFaults } from './faults.ts'

export interface PostInfo {
  readonly privacy_level: string
  readonly title?: string | undefined
  readonly [name: string]: unknown
}

/** One init: its number is in the publish id and in the upload's address. */
export interface Session {
  readonly project: string
  readonly account: string
  readonly postInfo: PostInfo
  readonly total: number
  readonly chunk: number
  readonly count: number
  readonly token: string
  readonly createdAt: string
  /** The post of its last byte. */
  readonly video: string | null
  readonly isForgotten: boolean
}

export interface VideoDoc {
  readonly project: string
  readonly account: string
  readonly postInfo: PostInfo
  readonly bytes: number
  readonly sha256: string
  readonly type: string
  readonly createdAt: string
  /** Seconds until it is published, and from then until its id is told. */
  readonly seconds: number
  readonly idSeconds: number
  readonly failReason: string | null
}

export interface Docs {
  session: Session
  video: VideoDoc
  /** The calls of the last minute, by token and call: times. */
  ledger: readonly string[]
}

/** What every part of the platform works with. */
export interface World {
  readonly deps: SandboxDeps
  readonly model: Documents<Docs>
  readonly faults: FaultBook<TiktokFaults>
  readonly signIn: SignIn
  /** The same tokens, but a refresh keeps the old one. */
  readonly lenientSignIn: SignIn
  /** Uploads whose post is being made in this process: nobody makes it twice at once. */
  readonly finishing: Map<string, Promise<unknown>>
}

export interface Creator extends TestAccount {
  readonly username: string
  readonly isPrivate: boolean
  readonly commentDisabled: boolean
  readonly maxSeconds: number
}

/** The five creators that a project is born with: the third is private, the fourth takes no comments, the fifth one minute at most. */
export const creatorsOf = (project: string): readonly Creator[] =>
  makeAccounts(5, n => ({
    id: `-000${digest(`${project}/creator/${n}`).slice(0, 32)}`,
    user: `sandbox-user-${n}@example.test`,
    name: `Sandbox creator ${n}`,
    handle: `@sandbox.creator.${n}`,
    username: `sandbox.creator.${n}`,
    isPrivate: n === 3,
    commentDisabled: n === 4,
    maxSeconds: n === 5 ? 60 : 600
  }))

export const creatorOf = (project: string, id: string): Creator => {
  const found = creatorsOf(project).find(creator => creator.id === id)
  if (!found) throw new Error('a token without a creator')
  return found
}

export const PUBLISH_PREFIX = 'v_pub_file~v2-1.'

/** 19 digits, as TikTok's. */
export function makeNumber(seed: string): string {
  const digits = BigInt(`0x${Buffer.from(digest(seed), 'base64url').toString('hex')}`) % 10n ** 16n
  return `760${String(digits).padStart(16, '0')}`
}

const ageOf = (video: VideoDoc, now: Date): number => (now.getTime() - Date.parse(video.createdAt)) / 1000

/** Where a post stands: a function of the clock alone. */
export const isDone = (video: VideoDoc, now: Date): boolean => ageOf(video, now) >= video.seconds
export const isPublic = (video: VideoDoc): boolean => video.postInfo.privacy_level === 'PUBLIC_TO_EVERYONE'
/** "Only for public posts, after moderation." */
export const hasId = (video: VideoDoc, now: Date, moreSeconds = 0): boolean =>
  isPublic(video) && video.failReason === null && ageOf(video, now) >= video.seconds + video.idSeconds + moreSeconds
