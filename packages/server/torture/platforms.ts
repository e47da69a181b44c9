import type { Seen } from './wire.ts'

/** What the suite must know of a platform to torture it. */
export interface Platform {
  readonly id: string
  readonly name: string
  /** Which of the consent page's people is taken, from 0. */
  readonly person: number
  /** Bytes of the film: several chunks. */
  readonly bytes: number
  /** Bytes that may be sent again for one death: the longest chunk, where the platform keeps none of a part of it. */
  readonly mayResend: number
  readonly options: Readonly<Record<string, unknown>>
  /** The exchanges that carry the file. */
  isTransfer(exchange: Seen): boolean
  /** The sandbox at its most hostile where the platform's documents promise nothing. */
  readonly hostile: Readonly<Record<string, unknown>>
}

const MiB = 2 ** 20
const AT_ONCE = { processing: { seconds: 0, times: 100_000 } }

export const PLATFORMS: Readonly<Record<string, Platform>> = {
  youtube: {
    id: 'youtube',
    name: 'YouTube',
    person: 0,
    bytes: 20 * MiB,
    mayResend: 8 * MiB,
    options: { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en', firstComment: 'First!' },
    isTransfer: ({ method, path }) => method === 'PUT' && /\/upload\/youtube\/v3\/videos/.test(path),
    hostile: AT_ONCE
  },
  tiktok: {
    id: 'tiktok',
    name: 'TikTok',
    person: 0,
    // Above 64 MB it goes in chunks of 10 MB; the remainder rides in the last one.
    bytes: 66_000_000,
    mayResend: 16_000_000,
    options: { privacyLevel: 'PUBLIC_TO_EVERYONE' },
    isTransfer: ({ method, path }) => method === 'PUT' && path.startsWith('open-upload'),
    hostile: { processing: { seconds: 0, idSeconds: 0, times: 100_000 } }
  },
  instagram: {
    id: 'instagram',
    name: 'Instagram',
    person: 1,
    bytes: 12 * MiB,
    // One body, and what arrived of it stays: all that may go twice is what was on its way in the moment of the death.
    mayResend: MiB,
    options: { firstComment: 'First!' },
    isTransfer: ({ path }) => path.startsWith('rupload'),
    hostile: { ...AT_ONCE, secondPublish: 'post', statusLateSeconds: 60, showPostsAfterSeconds: 60 }
  }
}
