import type { FollowUp, Post } from '../src/index.ts'
import type { Made, Subject } from './bench.ts'
import { deliver } from './driver.ts'
import { keepLaws } from './laws.ts'
import { contextOf, type Linked, PROJECT, postOf, type World } from './world.ts'

const FULL = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en' }
const video = Buffer.alloc(300, 7)

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
    const parent = postOf(world, video, linked.account, {}, wish)
    const { delivery } = await deliver(world, linked, parent, video)
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

function extra(
  name: string,
  options: (world: World, linked: Linked) => Promise<object>,
  made: (world: World) => Promise<readonly Made[]>,
  more: Pick<Subject, 'calls' | 'asking' | 'committing'> & Partial<Subject>
): void {
  keepLaws({
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
  })
}

extra(
  'thumbnail',
  async () => ({ thumbnail: 'file_1' }),
  async world => [(await metadataOf(world)).thumbnail ?? []].flat(),
  { calls: ['status', 'thumbnail'], asking: [], committing: 'thumbnail', isOverwriting: true }
)

extra(
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
extra('playlist', someList, inLists, {
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

extra(
  'comment',
  async () => ({ firstComment: 'First! ' }),
  async world => (await metadataOf(world)).comments.map(({ id }) => ({ id })),
  { calls: ['status', 'comments', 'comment'], asking: [], committing: 'comment', bytes: 0 }
)
