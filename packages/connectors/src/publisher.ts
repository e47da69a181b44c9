import type { z } from 'zod'

/* ---- what a connector is told ------------------------------------------- */

/** The stored file. A follow-up's file is the picture or the captions. */
export interface Media {
  readonly bytes: number
  readonly contentType: string
  readonly fileName: string
  /** Of a video, measured when it arrived. */
  readonly seconds?: number
  readonly width?: number
  readonly height?: number
  readonly container?: string
  readonly video?: VideoTrack
  readonly audio?: AudioTrack
  /** A public address for a platform that fetches. It must outlive the platform's processing: ask for a day. */
  url(ttlSeconds: number): Promise<URL>
}

/** Measured when the file arrived. `codec` and `container` are the short words of `rules`: `avc`, `hevc`, `vp9`, `aac`; `mp4`, `mov`, `webm`. */
export interface VideoTrack {
  readonly codec: string
  readonly framesPerSecond?: number
  readonly bitsPerSecond?: number
}
export interface AudioTrack {
  readonly codec: string
  readonly channels?: number
  readonly samplesPerSecond?: number
}

/** What is to be published. It cannot change once the delivery has started. */
export interface Post<O> {
  readonly title: string
  readonly description: string
  readonly options: O
  readonly media: Media
  /** Unique per delivery, the same over every restart, `[a-z0-9]{26}`: idempotency key, file name, search word. */
  readonly marker: string
  /** The post that a follow-up belongs to. Set for follow-ups only. */
  readonly of?: RemotePost
  /** Which of the wanted follow-ups this is: its `name`. */
  readonly part?: string
}

/** Bytes [start, end) of the file. `body` gives a fresh stream of exactly end − start bytes. */
export interface Chunk {
  readonly start: number
  readonly end: number
  readonly total: number
  /** A piece may be kept until the next one is asked for, not longer: its memory is used again. */
  body(): AsyncIterable<Uint8Array>
}

export interface Account {
  readonly remoteId: string
  readonly handle: string
  /** Which of the connector's `auths` it was linked with. */
  readonly auth: string
  /** What the owner really granted. */
  readonly scopes: readonly string[]
  /** What `identify` learned: instance address, board list, limits. Refreshed daily. */
  readonly facts: Readonly<Record<string, unknown>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** A body whose length is known before the first byte. `multipart()` in `http.ts` wraps a chunk into one. */
export interface Body {
  readonly contentType: string
  readonly bytes: number
  stream(): AsyncIterable<Uint8Array>
}

/**
 * One exchange with a named host: token, fence, deadline, journal and the host check are inside.
 * A status of 400 and above throws, classified, unless `expect` names it. Text, because ids of 19 digits must not pass JSON.parse.
 */
export type Http = (
  host: string,
  path: string | URL,
  init?: {
    readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string | Body
    readonly expect?: readonly number[]
  }
) => Promise<Answer>

export interface Context {
  readonly http: Http
  readonly account: Account
  /** The database's clock at the last statement before this call. Connectors have no other clock. */
  readonly now: Date
}

/** A changing call whose answer never came, or, while `committed`, a commit whose post is not seen yet. */
export interface Doubt {
  readonly call: 'prepare' | 'send' | 'commit'
  /** It may have made the post: look for the post itself, not only for the session. */
  readonly commits: boolean
  /** When the first of the unanswered tries began. Lists are read from a minute before it. */
  readonly since: Date
  /** When our side of the last unanswered try was over, at the latest: from here a list may be late. Absent: as `since`. */
  readonly until?: Date
  /** Post ids of this account that other deliveries hold. Never ours. */
  readonly taken: readonly string[]
}

/* ---- what a connector answers ------------------------------------------- */

/** `id` is absent while the platform does not tell it (TikTok private posts, Telegram `message_id` 0). */
export interface RemotePost {
  readonly id?: string
  readonly url?: string
  /** What the platform can be asked with for the missing id later (TikTok's publish_id). Never shown. */
  readonly trace?: string
}

/** Where this post is. Every verb returns one. Times are seconds. */
export type Progress<S> =
  /** More to prepare: call `prepare` with this state. */
  | { at: 'prepare'; state: S; askAgainIn?: number }
  /** The platform holds [0, sent). Send [sent, end) next, not before it wants them. The end is the platform's or the connector's choice. */
  | { at: 'transfer'; state: S; sent: number; end: number; askAgainIn?: number }
  /** The platform works. Ask again. Before the commit: on the media. After it: on the post. */
  | { at: 'processing'; state: S; askAgainIn: number; post?: RemotePost }
  /** Everything is there, `state` holds the commit's exact body: call `commit`. In doubt it also says "not posted". */
  | { at: 'ready'; state: S }
  | { at: 'published'; post?: RemotePost }
  /** The platform's own word that this try made no post and never will. The failure's kind says what next. */
  | { at: 'rejected'; failure: Failure }
  /** The session is not there any more and no post is seen. Absence, not proof. */
  | { at: 'gone' }
  /** Asked, and cannot tell. Without `askAgainIn`: asking will never tell (Telegram, LinkedIn members). */
  | { at: 'unclear'; askAgainIn?: number }

/**
 * Verbs. A verb may read as often as it needs; it makes at most ONE exchange that changes something, as its last.
 * No loop over time, no sleep, no retry, no refresh, no storage.
 */
export interface Publisher<O, S> {
  /** What is kept between calls. Parsed when read back, sealed at rest: it holds session addresses and tokens. */
  readonly state: z.ZodType<S>
  /** Anything that can be repeated with no public effect: open, finalise, read quota and watermark. `doubt`: the last try was not answered. */
  prepare(state: S | null, post: Post<O>, ctx: Context, doubt?: Doubt): Promise<Progress<S>>
  /** Send one chunk. Absent where nothing is sent. */
  send?(state: S, chunk: Chunk, ctx: Context): Promise<Progress<S>>
  /** The one call that makes the post, from `state` alone, so that a repeat is the same to the byte. Absent where the last byte makes it. */
  commit?(state: S, ctx: Context, doubt?: Doubt): Promise<Progress<S>>
  /** Where are you? Reads only. Resume, poll, and settle a lost answer: one question. */
  check(state: S, ctx: Context, doubt?: Doubt): Promise<Progress<S>>
  /** Seconds from the making of a post until `check` surely sees it. Measured, generous. */
  readonly settleSeconds: number
  /** Seconds in which the platform itself folds an identical `commit` into the first. The platform's memory less 180; `Infinity` where it never forgets. */
  readonly repeatableSeconds?: number
}

/* ---- failures ------------------------------------------------------------ */

/**
 * retry: the same call again, after `after` or the backoff · restart: the session is dead, begin anew · permanent: never ·
 * relink: the owner must sign in again · operator: our app's set-up; wait and alert · unknown: it may have worked; handled as lost.
 */
export type FailureKind = 'retry' | 'restart' | 'permanent' | 'relink' | 'operator' | 'unknown'

export interface Failure {
  readonly kind: FailureKind
  /** Whom it stops: this delivery, every delivery of the account, or of the platform's app. */
  readonly scope: 'delivery' | 'account' | 'app'
  /** A cap on new posts: what the scope has begun goes on. Absent: every call of it waits. */
  readonly stops?: 'starts'
  /** Our word, stable, shown as `errorCode`. */
  readonly code: string
  /** A sentence for the owner of the account. */
  readonly message: string
  /** Seconds, when the platform told a time: Retry-After, a reset, the next midnight of its zone. */
  readonly after?: number
}

/** `host`: the name in `hosts`. A 403 of an upload address says nothing about the token. */
export interface Refusal extends Answer {
  readonly call: 'prepare' | 'send' | 'commit' | 'check' | 'link' | 'choices'
  readonly host: string
}
