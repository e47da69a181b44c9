import type { z } from 'zod'
import type { Account, Answer, Context, Failure, Http, Publisher, Refusal, RemotePost } from './publisher.ts'

export type * from './publisher.ts'

/* ---- linking -------------------------------------------------------------- */

export interface Tokens {
  readonly access: string
  readonly refresh?: string
  readonly expiresAt?: Date
  readonly refreshExpiresAt?: Date
  readonly scopes: readonly string[]
}

/** One grant may bring several: the user picks. `tokens`: the account has its own (a Page). */
export interface RemoteAccount {
  readonly remoteId: string
  readonly handle: string
  readonly name: string
  readonly avatar?: string
  readonly facts?: Readonly<Record<string, unknown>>
  readonly tokens?: Tokens
}

/** This installation as the platform knows it. */
export interface AppCredentials {
  readonly clientId: string
  readonly clientSecret?: string
}

interface Auth {
  /** Its http knows the connector's hosts and the token. */
  readonly identify: (tokens: Tokens, http: Http) => Promise<readonly RemoteAccount[]>
  /**
   * Only where it is no `refresh_token` grant. Its http is as that of `identify`; of grants without a refresh token the access token is
   * what must be kept alive. A grant that is too young to be refreshed is returned as it is.
   */
  readonly refresh?: (tokens: Tokens, http: Http, app: AppCredentials, now: Date) => Promise<Tokens>
  /** A second use of a refresh token: `works` (Google), `dies` (TikTok: that token is dead), `kills` (Bluesky OAuth: the session dies). */
  readonly replay: 'works' | 'dies' | 'kills'
}
export interface OAuth extends Auth {
  readonly kind: 'oauth2'
  readonly authorize: { readonly url: string; readonly params?: Readonly<Record<string, string>> }
  /** `method`: GET sends the fields of a code's exchange as a query. */
  readonly token: { readonly url: string; readonly auth: 'body' | 'basic' | 'dpop'; readonly method?: 'GET' | 'POST' }
  /** `token`: which one it takes. Absent: the refresh token, where there is one. A function where it is no post of RFC 7009. */
  readonly revoke?:
    | { readonly url: string; readonly token?: 'access' }
    | ((tokens: Tokens, http: Http) => Promise<void>)
  /** What is asked for. A grant without one of them is refused, but for those that are optional: they switch features. */
  readonly scopes: readonly string[]
  readonly optionalScopes?: readonly string[]
  readonly pkce: boolean
  /** Reads the token endpoint's answer where it is not RFC 6749's: a wrapper, other names, HTTP 200 with an error inside. Throws Refused. */
  readonly readTokens?: (answer: Answer, now: Date) => Tokens
  /** After the code was exchanged: the short-lived token for a long-lived one. Its http is as that of `identify`. */
  readonly prolong?: (tokens: Tokens, http: Http, app: AppCredentials, now: Date) => Promise<Tokens>
  readonly names?: { readonly clientId?: string; readonly scopeSeparator?: string }
  /** Where each server registers the app anew (Mastodon), or the client is a public document (Bluesky). */
  readonly register?: (
    server: URL,
    http: Http
  ) => Promise<{ readonly clientId: string; readonly clientSecret?: string }>
}
/** App password, bot token, user and password. */
export interface Form<V> extends Auth {
  readonly kind: 'form'
  readonly fields: z.ZodType<V>
  readonly connect: (fields: V, http: Http) => Promise<Tokens>
}

/* ---- what a connector declares -------------------------------------------- */

/** `path`: the token is part of the address (Telegram). `none`: the address is the secret. */
export interface Host {
  readonly url: string
  readonly token: 'bearer' | 'oauth' | 'path' | 'dpop' | 'none'
  /** Absolute addresses from the platform are followed on these too: `.tiktokapis.com`. */
  readonly also?: readonly string[]
}

type Range = readonly [min: number, max: number]

/** What the platform takes, as data. What is absent is not limited, or not known. Codecs and containers: the words of `VideoTrack`. */
export interface Rules {
  /** The platform's page that says so. */
  readonly source: string
  readonly contentTypes: readonly string[]
  readonly containers?: readonly string[]
  readonly videoCodecs?: readonly string[]
  readonly audioCodecs?: readonly string[]
  readonly maxBytes: number
  readonly seconds?: Range
  readonly width?: Range
  readonly height?: Range
  /** Width ÷ height. */
  readonly aspect?: Range
  readonly framesPerSecond?: Range
  readonly audioChannels?: Range
  readonly samplesPerSecond?: Range
  readonly title: { readonly max: number; readonly unit: 'utf16' | 'bytes' | 'graphemes' | 'characters' }
}

export interface Choice {
  readonly value: string
  readonly label: string
}
export interface WantedFollowUp {
  readonly name: string
  readonly file?: string
  /** It cannot be done earlier: when it is due, and from when its deadline counts. ISO 8601. */
  readonly notBefore?: string
}
/** Something that is done once the post exists: a row of its own on the same machine. */
export interface FollowUp<O> {
  /**
   * One for each that these options ask for. `name` tells them apart (`captions:de`); `file` is the id of an uploaded file, which becomes the
   * post's media. `post`: how it ended, once it has.
   */
  readonly wanted: (options: O, post?: RemotePost) => readonly WantedFollowUp[]
  /** The types of `file` that fit: `image/png`, `image/*`, `text/vtt`. Absent: pictures and captions alike. */
  readonly accepts?: readonly string[]
  /** The most bytes that `file` may have. */
  readonly maxBytes?: number
  /** What it publishes is the post itself, told late: what was not known of it is filled in. A comment's id is not the post's. */
  readonly locates?: true
  /** A publisher like any other. Its `post.of` is the post, `post.part` the name; `post.options` are the parent's. */
  readonly publisher: Publisher<O, any>
}

/** What a person asks for on one account, merged from the upload and its overrides. `options` is unchecked. */
export interface Wish {
  readonly title: string
  readonly description?: string
  readonly options?: unknown
}
/** Something that was changed so that the platform takes it. `field` is the dotted path that the client wrote. */
export interface Adjustment {
  readonly field: string
  readonly rule: string
  readonly limit?: number
  readonly applied: string | boolean
}
/** Something that the platform will refuse and that cannot be changed without loss. */
export interface Fault {
  readonly field: string
  readonly code: string
  readonly message: string
  readonly limit?: number | string
  readonly measured?: number | string
  /** The file could be made to fit by encoding it anew. */
  readonly isMendable?: boolean
}
/** What will be posted: stored with the delivery when there are no faults. `options` is null when they have some. */
export interface Composed<O> {
  readonly title: string
  readonly description: string
  readonly options: O | null
  readonly adjustments: readonly Adjustment[]
  readonly faults: readonly Fault[]
}

export interface Connector<O = any, S = any> {
  readonly id: string
  readonly name: string
  /** For the dashboard: it knows no platform. `icon` is the `d` of an SVG path in a box of 24 × 24 (simple-icons). */
  readonly brand: { readonly colour: string; readonly icon: string }
  readonly auths: Readonly<Record<string, OAuth | Form<any>>>
  hosts(account: Account): Readonly<Record<string, Host>>
  /** Validation, OpenAPI, the dashboard's form, the CLI's flags. */
  readonly options: z.ZodType<O>
  /** From a wish to what the platform takes, at acceptance. Pure: the result is stored and never made again. */
  compose(wish: Wish, account: Account): Composed<O>
  rules(account: Account): Rules
  /** What only the account knows today (playlists, boards, privacy levels), by option name. Feeds the form and the validation. */
  readonly choices?: Readonly<Record<string, (ctx: Context) => Promise<readonly Choice[]>>>
  /** Options that this account cannot have, by name, and why: a form greys them out. What it does not say, `compose` decides. */
  closed?(account: Account): Readonly<Record<string, string>>
  /** HTTP 200 with an error inside (TikTok): an answer for which this is true is classified and thrown like a 4xx. */
  refuses?(answer: Answer): boolean
  /** What the platform's usage headers ask for: a pause of all calls in that scope. Read from every answer. */
  pace?(answer: Answer, now: Date): { readonly scope: 'account' | 'app'; readonly seconds: number } | undefined
  /** What the sender of a post declares by sending it (a music usage confirmation): kept with the delivery, with who and when. */
  consent?(options: O): string | undefined
  /** What a refusal means, also one of the token endpoint (`call: 'link'`, `host: 'token'`). Nothing returned: the house's rules by word and status. */
  classify(refusal: Refusal, now: Date): Failure | undefined
  readonly publisher: Publisher<O, S>
  /** After the post exists: thumbnail, playlist, first comment, `locate` for a missing id. Their failure never fails the post. */
  readonly followUps?: Readonly<Record<string, FollowUp<O>>>
  /** Starts per day for all tenants of one app together, and the zone whose midnight resets them (YouTube: 100, America/Los_Angeles). */
  readonly budget?: { readonly perDay: number; readonly zone: string }
  /** Deliveries with the same key run one after the other: where a lost post is found by comparing lists. Undefined: these options need no list. */
  alone?(account: Account, options: O): string | undefined
}

export const defineConnector = <O, S>(c: Connector<O, S>): Connector<O, S> => c
