import { randomInt } from 'node:crypto'
import type { Documents } from '../../sandbox/documents.ts'
import type { FaultBook } from '../../sandbox/faults.ts'
import type { TestAccount } from '../../sandbox/page.ts'
import type { SandboxDeps } from '../../sandbox/sandbox.ts'
import { digest, later } from '../../sandbox/secrets.ts'
import { type Holder, makeAccounts, type SignIn } from '../../sandbox/sign-in.ts'
import type { InstagramFaults } from './faults.ts'
import type { FilmReader } from './film.ts'

export interface ContainerDoc {
  readonly project: string
  readonly account: string
  readonly params: Readonly<Record<string, unknown>>
  /** Where Instagram fetches the video. Null: it is uploaded. */
  readonly source: string | null
  /** `file_size` of the first upload request. */
  readonly total: number | null
  readonly createdAt: string
  /** Every byte is there. */
  readonly received: { readonly at: string; readonly bytes: number; readonly sha256: string } | null
  readonly processing: { readonly seconds: number; readonly error?: string | undefined } | null
  /** A subcode. */
  readonly error: string | null
  readonly published: { readonly media: string; readonly at: string } | null
}
export interface MediaDoc {
  readonly project: string
  readonly account: string
  readonly container: string
  readonly shortcode: string
  readonly params: Readonly<Record<string, unknown>>
  readonly bytes: number
  readonly sha256: string
  readonly createdAt: string
}
export interface CommentDoc {
  readonly project: string
  readonly media: string
  readonly username: string
  readonly text: string
  readonly createdAt: string
}

export interface Docs {
  container: ContainerDoc
  media: MediaDoc
  comment: CommentDoc
  /** Calls of an account in its hour, and until when it is blocked. */
  ledger: { readonly since: string; readonly calls: number; readonly blockedUntil: string | null }
  /** Tokens that were ended, and why: a subcode of 190. */
  dead: { readonly subcode: number }
}

/** The kinds of tokens. Each works on its own login's hosts alone. */
export type TokenKind = 'igShort' | 'igLong' | 'fbShort' | 'fbLong' | 'fbPage'

/** What every part of the platform works with. */
export interface World {
  readonly deps: SandboxDeps
  readonly model: Documents<Docs>
  readonly faults: FaultBook<InstagramFaults>
  readonly signIns: Readonly<Record<TokenKind, SignIn>>
  /** Downloads under way in this process. */
  readonly pulls: Map<string, Promise<unknown>>
  /** What was seen of the films whose bytes passed in this process. */
  readonly films: Map<string, FilmReader>
  /** Containers whose bytes come in, or are counted, in this process. */
  readonly arriving: Set<string>
}

/** A signed-in request. */
export interface Caller extends Holder {
  readonly kind: TokenKind
}

export interface Profile extends TestAccount {
  readonly pageId: string
  readonly username: string
}

const digits = (text: string, count: number): string =>
  [...digest(text)]
    .map(c => String((c.codePointAt(0) ?? 0) % 10))
    .join('')
    .slice(0, count)

/** The Instagram accounts of a project, as Instagram Login shows them. */
export const profilesOf = (project: string): readonly Profile[] =>
  makeAccounts(5, n => ({
    id: `178414${digits(`${project}/instagram/${n}`, 11)}`,
    user: `sandbox-person-${n}@example.test`,
    name: `Sandbox creator ${n}`,
    handle: `@sandbox.creator.${n}`,
    username: `sandbox.creator.${n}`,
    pageId: `1000${digits(`${project}/page/${n}`, 11)}`
  }))

export interface Person extends TestAccount {
  /** Whose accounts' Pages this person manages. */
  readonly profiles: readonly Profile[]
}

/** The people of Facebook Login. The first one manages the Pages of two accounts. */
export const peopleOf = (project: string): readonly Person[] => {
  const profiles = profilesOf(project)
  return makeAccounts(5, n => {
    const own = profiles.filter((_, at) => at === n - 1 || (n === 1 && at === 1))
    return {
      id: `3${digits(`${project}/person/${n}`, 15)}`,
      user: `sandbox-person-${n}@example.test`,
      name: `Sandbox person ${n}`,
      handle: own.map(p => p.handle).join(', '),
      profiles: own
    }
  })
}

/** The accounts that a token may work for. */
export const accountsOf = (caller: Caller): readonly Profile[] =>
  caller.kind === 'fbShort' || caller.kind === 'fbLong'
    ? (peopleOf(caller.project).find(p => p.id === caller.account)?.profiles ?? [])
    : profilesOf(caller.project).filter(p => p.id === caller.account)

export const isFacebook = (kind: TokenKind): boolean => kind.startsWith('fb')

/** Ids of seventeen digits: beyond 2^53. */
export const newId = (prefix: '178' | '179'): string =>
  prefix + Array.from({ length: 14 }, () => String(randomInt(10))).join('')

const DAY = 86_400

export type StatusCode = 'IN_PROGRESS' | 'FINISHED' | 'PUBLISHED' | 'ERROR' | 'EXPIRED'

/** Where a container is. `lateSeconds`: publishing shows so much later. */
export function statusOf(doc: ContainerDoc, now: Date, daySeconds = DAY, lateSeconds = 0): StatusCode {
  const isPast = (time: string, seconds: number): boolean => later(new Date(time), seconds) <= now.toISOString()
  if (doc.published && isPast(doc.published.at, lateSeconds)) return 'PUBLISHED'
  if (doc.error !== null) return 'ERROR'
  if (isPast(doc.createdAt, daySeconds)) return 'EXPIRED'
  if (!doc.received || !doc.processing || !isPast(doc.received.at, doc.processing.seconds)) return 'IN_PROGRESS'
  return doc.processing.error === undefined ? 'FINISHED' : 'ERROR'
}
