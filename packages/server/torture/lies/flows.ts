import type { End } from '../law.ts'
import type { Strike } from './lies.ts'
import type { Place } from './tenant.ts'

/** What one platform is asked to do, and which of the exchanges are lied about. */
export interface Flow {
  readonly name: string
  /** The line of the table. */
  readonly platform: 'YouTube' | 'TikTok' | 'Instagram'
  readonly place: Place
  /** `upload`: a file is sent. `link`, `unlink`, `facts`, `renewal`, `choices`: that is done, and a small file sent afterwards as the proof. `pair`: two files at once. */
  readonly act: 'upload' | 'link' | 'unlink' | 'facts' | 'renewal' | 'choices' | 'pair'
  readonly bytes: number
  readonly options: Readonly<Record<string, unknown>>
  /** Pictures and captions go up first. */
  readonly hasExtras?: true
  readonly faults: Readonly<Record<string, unknown>>
  /** Seconds that the access token has left, of an hour. */
  readonly tokenLeft?: number
  /** For the choices of which option. */
  readonly field?: string
  /** Told in each history of this flow, so that what comes after it can be lied about. */
  readonly base: readonly Strike[]
  /** At which exchanges, by their label. */
  readonly at: (label: string) => boolean
  readonly end?: End
  /** Played by `npm test`, whatever the seed draws. */
  readonly isCore?: true
}

const MiB = 2 ** 20
/** The smallest film that every platform takes. */
const SMALL = 200_000
const any = (): boolean => true
export const first = (label: string, lie: Strike['lie']): Strike => ({ label, nth: 1, lie })

export const youtube = {
  platform: 'YouTube',
  place: { platform: 'youtube', person: 0 },
  act: 'upload',
  bytes: 17 * MiB,
  options: { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en' },
  faults: {},
  base: [],
  at: any
} as const satisfies Omit<Flow, 'name'>
const VIDEOS = 'www.googleapis.com/upload/youtube/v3/videos'
export const YT_LAST = `PUT ${VIDEOS} (from ${16 * MiB})`

export const tiktok = {
  platform: 'TikTok',
  place: { platform: 'tiktok', person: 0 },
  act: 'upload',
  // Above 64 MB it goes in chunks of 10 MB; the remainder rides in the last one.
  bytes: 65_000_000,
  options: { privacyLevel: 'PUBLIC_TO_EVERYONE' },
  faults: {},
  base: [],
  at: (label: string) => !/from [1234]0000000/.test(label)
} as const satisfies Omit<Flow, 'name'>
export const TT_LAST = 'PUT open-upload.tiktokapis.com/video/ (from 50000000)'

/** What Meta's pages do not promise, the sandbox does at its worst: a second publish call makes a second post, and lists are late. */
const HOSTILE = { secondPublish: 'post', statusLateSeconds: 60, showPostsAfterSeconds: 60 }
export const facebook = {
  platform: 'Instagram',
  place: { platform: 'instagram', auth: 'facebook', person: 2 },
  act: 'upload',
  bytes: 2 * MiB,
  options: { firstComment: 'First!' },
  faults: HOSTILE,
  base: [],
  at: any
} as const satisfies Omit<Flow, 'name'>
export const instagram = { ...facebook, place: { platform: 'instagram', auth: 'instagram', person: 0 } } as const
export const publishOn = (host: string) => `POST ${host}/v25.0/*/media_publish`

const isRefresh = (label: string): boolean => /refresh|oauth\/token|oauth2|\/token/.test(label)

const isRevoke = (label: string): boolean => /revoke|DELETE/.test(label)

export const FLOWS: readonly Flow[] = [
  {
    ...youtube,
    name: 'youtube with follow-ups',
    hasExtras: true,
    options: { ...youtube.options, firstComment: 'First!' }
  },
  {
    ...youtube,
    name: 'youtube, last chunk unanswered',
    base: [first(YT_LAST, 'answer lost')],
    at: label => /how much/.test(label)
  },
  {
    ...youtube,
    name: 'youtube, session forgotten with the last chunk',
    base: [first(YT_LAST, 'answer lost')],
    faults: { forgetSessions: { at: 'lastChunk', when: 'after' } },
    at: label => /how much|playlistItems|fileDetails/.test(label)
  },
  {
    ...youtube,
    name: 'youtube, a chunk cut',
    base: [first(`PUT ${VIDEOS} (from ${8 * MiB})`, 'request cut')],
    at: label => /how much/.test(label)
  },
  {
    ...youtube,
    name: 'youtube, captions unanswered',
    bytes: SMALL,
    hasExtras: true,
    base: [first('POST www.googleapis.com/upload/youtube/v3/captions (snippet)', 'answer lost')],
    at: label => /captions/.test(label)
  },
  { ...youtube, name: 'youtube, unlinking', act: 'unlink', bytes: SMALL, at: isRevoke },
  { ...youtube, name: 'youtube, token due', tokenLeft: 60, at: isRefresh },
  { ...youtube, name: 'youtube, token over', tokenLeft: -10, at: isRefresh },
  { ...youtube, name: 'youtube, linking', act: 'link', bytes: SMALL },
  { ...youtube, name: 'youtube, daily facts', act: 'facts', bytes: SMALL },
  { ...youtube, name: 'youtube, playlists', act: 'choices', field: 'playlistId', bytes: SMALL },

  { ...tiktok, name: 'tiktok' },
  {
    ...tiktok,
    name: 'tiktok, last chunk unanswered',
    base: [first(TT_LAST, 'answer lost')],
    at: label => /status/.test(label)
  },
  {
    ...tiktok,
    name: 'tiktok, publish id forgotten with the last chunk',
    base: [first(TT_LAST, 'answer lost')],
    faults: { forgetSessions: { at: 'lastChunk', when: 'after' } },
    at: label => /status|list/.test(label)
  },
  {
    ...tiktok,
    name: 'tiktok, a chunk cut',
    base: [first('PUT open-upload.tiktokapis.com/video/ (from 20000000)', 'request cut')],
    at: label => /status|from 20000000/.test(label)
  },
  { ...tiktok, name: 'tiktok, unlinking', act: 'unlink', bytes: SMALL, at: isRevoke },
  { ...tiktok, name: 'tiktok, token due', tokenLeft: 60, at: isRefresh },
  { ...tiktok, name: 'tiktok, token over', tokenLeft: -10, at: isRefresh },
  { ...tiktok, name: 'tiktok, linking', act: 'link', bytes: SMALL },
  { ...tiktok, name: 'tiktok, daily facts', act: 'facts', bytes: SMALL },
  { ...tiktok, name: 'tiktok, privacy levels', act: 'choices', field: 'privacyLevel', bytes: SMALL },

  { ...facebook, name: 'instagram by facebook' },
  {
    ...facebook,
    name: 'instagram by facebook, publish unanswered',
    base: [first(publishOn('graph.facebook.com'), 'answer lost')]
  },
  {
    ...facebook,
    name: 'instagram by facebook, publish lost',
    base: [first(publishOn('graph.facebook.com'), 'request lost')]
  },
  {
    ...facebook,
    name: 'instagram by facebook, the bytes cut',
    base: [first('POST rupload.facebook.com/ig-api-upload/v25.0/*', 'request cut')],
    at: label => /rupload|status_code/.test(label)
  },
  { ...facebook, name: 'instagram by facebook, unlinking', act: 'unlink', bytes: SMALL, at: isRevoke },
  { ...facebook, name: 'instagram by facebook, linking', act: 'link', bytes: SMALL },
  { ...facebook, name: 'instagram by facebook, daily facts', act: 'facts', bytes: SMALL },
  { ...facebook, name: 'instagram by facebook, renewal', act: 'renewal', bytes: SMALL },
  { ...instagram, name: 'instagram' },
  {
    ...instagram,
    name: 'instagram, publish unanswered',
    base: [first(publishOn('graph.instagram.com'), 'answer lost')]
  },
  { ...instagram, name: 'instagram, linking', act: 'link', bytes: SMALL },
  { ...instagram, name: 'instagram, daily facts', act: 'facts', bytes: SMALL },
  { ...instagram, name: 'instagram, renewal', act: 'renewal', bytes: SMALL }
]
