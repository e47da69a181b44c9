import type { Workspace } from '../test/workspace.ts'
import { CAPTIONS, PICTURE } from './films.ts'
import type { Seen } from './wire.ts'

/** What the suite must know of a platform to torture it. */
export interface Platform {
  readonly id: string
  readonly name: string
  /** Which of the consent page's people is taken, from 0. */
  readonly person: number
  /** Bytes of the film: several chunks. */
  readonly bytes: number
  /** Bytes of the longest body. */
  readonly body: number
  /** Bytes that may be sent again for one death: the longest body, where the platform keeps none of a part of it. */
  readonly mayResend: number
  readonly options: Readonly<Record<string, unknown>>
  /** More options, of what has to be stored or looked up in the workspace first. */
  prepare?(workspace: Workspace, accountId: string): Promise<Readonly<Record<string, unknown>>>
  /** The exchanges that carry the file. */
  isTransfer(exchange: Seen): boolean
  /** The sandbox at its most hostile where the platform's documents promise nothing. */
  readonly hostile: Readonly<Record<string, unknown>>
}

const MiB = 2 ** 20
const AT_ONCE = { processing: { seconds: 0, times: 100_000 } }

export const PLATFORMS = {
  youtube: {
    id: 'youtube',
    name: 'YouTube',
    person: 0,
    bytes: 20 * MiB,
    body: 8 * MiB,
    mayResend: 8 * MiB,
    options: { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en', firstComment: 'First!' },
    prepare: storeExtras,
    isTransfer: ({ method, path }) => method === 'PUT' && /\/upload\/youtube\/v3\/videos/.test(path),
    hostile: AT_ONCE
  },
  tiktok: {
    id: 'tiktok',
    name: 'TikTok',
    person: 0,
    // Above 64 MB it goes in chunks of 10 MB; the remainder rides in the last one.
    bytes: 66_000_000,
    body: 16_000_000,
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
    body: 12 * MiB,
    // What arrived of the body stays: all that may go twice is what was on its way in the moment of the death, in the kernel's buffers.
    mayResend: 4 * MiB,
    options: { firstComment: 'First!' },
    isTransfer: ({ path }) => path.startsWith('rupload'),
    hostile: { ...AT_ONCE, secondPublish: 'post', statusLateSeconds: 60, showPostsAfterSeconds: 60 }
  }
} as const satisfies Readonly<Record<string, Platform>>

/** A thumbnail, captions and a playlist: each is a follow-up. */
export async function storeExtras(
  { insist }: Pick<Workspace, 'insist'>,
  accountId: string
): Promise<Readonly<Record<string, unknown>>> {
  const store = async (blob: Blob, name: string): Promise<string> => {
    const form = new FormData()
    form.set('file', blob, name)
    return (await insist('POST', '/api/files', form)).fileId
  }
  const { items } = await insist('GET', `/accounts/${accountId}/choices?field=playlistId`)
  return {
    playlistId: items[0].value,
    thumbnail: await store(PICTURE, 'cover.png'),
    captions: [{ file: await store(CAPTIONS, 'english.vtt'), language: 'en', name: 'English' }]
  }
}
