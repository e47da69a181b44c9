import type { FollowUp, Post } from '../src/index.ts'
import type { Made, Subject } from './bench.ts'
import { deliver } from './driver.ts'
import { contextOf, type Linked, PROJECT, postOf, type World } from './world.ts'

const reasons = {
  failureReason: ['codec', 'conversion', 'emptyFile', 'invalidFile', 'tooSmall', 'uploadAborted'],
  rejectionReason: [
    'claim',
    'copyright',
    'duplicate',
    'inappropriate',
    'legal',
    'length',
    'termsOfUse',
    'trademark',
    'uploaderAccountClosed',
    'uploaderAccountSuspended'
  ]
}

/** A video. The same file in one chunk is enough for most laws, and sooner done. */
export const video: Subject = {
  platform: 'youtube',
  bytes: 8 * 2 ** 20 + 300_001,
  calls: ['insert', 'chunk', 'lastChunk', 'query', 'status', 'list'],
  asking: ['query', 'list'],
  committing: 'lastChunk',
  forgotten: { forgetSessions: { at: 'query' } },
  silence: 'believed',
  unmarked: { ignoreSlug: true },
  disguised: {
    'a server error after the last byte': { status: { at: 'lastChunk', code: 503, when: 'after' } },
    'an internal error after the last byte': { status: { at: 'lastChunk', code: 500, when: 'after' } },
    'every byte stored, and 308': { lateResult: { seconds: 30 } },
    'a session forgotten with the last byte': {
      forgetSessions: { at: 'lastChunk', when: 'after' },
      status: { at: 'lastChunk', code: 404, when: 'after' }
    },
    'a session forgotten with the last byte, and a file that is described late': {
      forgetSessions: { at: 'lastChunk', when: 'after' },
      status: { at: 'lastChunk', code: 404, when: 'after' },
      processing: { fileSeconds: 2000 }
    },
    'a range that is not satisfiable after the last byte': { status: { at: 'lastChunk', code: 416, when: 'after' } }
  },
  rejections: Object.entries(reasons).flatMap(([kind, words]) => words.map(word => ({ processing: { [kind]: word } }))),
  listSeconds: 900,
  secretOf: (state: { session: string }) => new URL(state.session).searchParams.get('upload_id') ?? ''
}

const FULL = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en' }
const small = Buffer.alloc(300, 7)

/** What the sandbox's `posts` tell of the first video. */
async function metadataOf(world: World) {
  const [post] = await world.sandbox.posts(PROJECT)
  return (post?.metadata ?? {}) as {
    thumbnail: { bytes: number; sha256: string } | null
    captions: { bytes: number; sha256: string }[]
    playlists: string[]
    comments: { id: string }[]
  }
}

/** A video that plays, and the extra of it that these options ask for. */
const after =
  (extra: string, options: (world: World, linked: Linked) => Promise<object>, contentType: string) =>
  async (world: World, linked: Linked, file: Buffer): Promise<Partial<Post<unknown>>> => {
    const wish = { ...FULL, ...(await options(world, linked)) }
    const parent = postOf(world, small, linked.account, {}, wish)
    const { delivery } = await deliver(world, linked, parent, small)
    const [wanted] = followUp(world, extra).wanted(parent.options)
    if (!delivery.post || !wanted) throw new Error(`no video, or no ${extra} was wanted`)
    const media = { bytes: file.length, contentType, fileName: 'file', url: async () => world.serve(file) }
    return { options: parent.options, of: delivery.post, part: wanted.name, media }
  }

function followUp(world: World, extra: string): FollowUp<unknown> {
  const found = world.connector.followUps?.[extra]
  if (!found) throw new Error(`no extra ${extra}`)
  return found
}

function extraOf(
  name: string,
  options: (world: World, linked: Linked) => Promise<object>,
  made: (world: World) => Promise<readonly Made[]>,
  more: Pick<Subject, 'calls' | 'asking' | 'committing'> & Partial<Subject>
): Subject {
  return {
    platform: 'youtube',
    name: `youtube's ${name}`,
    bytes: 400_000,
    forgotten: {},
    silence: 'believed',
    listSeconds: 0,
    rejections: [],
    disguised: { 'a server error, and yet it was done': { status: { at: more.committing, code: 503, when: 'after' } } },
    publisher: world => followUp(world, name).publisher,
    arrange: after(name, options, name === 'thumbnail' ? 'image/png' : 'text/plain'),
    made,
    ...more
  }
}

export const thumbnail = extraOf(
  'thumbnail',
  async () => ({ thumbnail: 'file_1' }),
  async world => [(await metadataOf(world)).thumbnail ?? []].flat(),
  { calls: ['status', 'thumbnail'], asking: [], committing: 'thumbnail', isOverwriting: true }
)

export const captions = extraOf(
  'captions',
  async () => ({ captions: [{ file: 'file_1', language: 'de', name: 'Deutsch' }] }),
  async world => (await metadataOf(world)).captions,
  {
    calls: ['status', 'caption', 'captions'],
    asking: ['captions'],
    committing: 'caption',
    disguised: {
      'a server error, and yet it was done': { status: { at: 'caption', code: 503, when: 'after' } },
      'a list that is too late, and then 409': { showPostsAfterSeconds: 3600, cutAnswer: 'caption' }
    }
  }
)

const someList = async (world: World, linked: Linked) => {
  const lists = await world.connector.choices?.playlistId?.(contextOf(world, linked, { call: 'choices' }))
  return { playlistId: lists?.[1]?.value }
}
const inLists = async (world: World) => (await metadataOf(world)).playlists.map(() => ({}))
export const playlist = extraOf('playlist', someList, inLists, {
  calls: ['inPlaylist', 'addToPlaylist'],
  asking: [],
  committing: 'addToPlaylist',
  bytes: 0,
  disguised: {
    'a server error, and yet it was done': { status: { at: 'addToPlaylist', code: 503, when: 'after' } },
    'a list that is too late, and then a duplicate that is refused': {
      playlistDuplicates: 'refuse',
      showPostsAfterSeconds: 3600,
      cutAnswer: 'addToPlaylist'
    }
  }
})

export const comment = extraOf(
  'comment',
  async () => ({ firstComment: 'First! ' }),
  async world => (await metadataOf(world)).comments.map(({ id }) => ({ id })),
  { calls: ['status', 'comments', 'comment'], asking: [], committing: 'comment', bytes: 0 }
)
