import { json, type Reply } from '../../sandbox/reply.ts'
import { newSecret } from '../../sandbox/secrets.ts'
import type { Holder } from '../../sandbox/sign-in.ts'
import { parseBody } from './body.ts'
import { refuse } from './errors.ts'
import { list, pageOf, resource } from './lists.ts'
import type { CommentDoc, VideoDoc, World } from './model.ts'
import { partsOf } from './parts.ts'
import { privacyOf, uploadStatus } from './video.ts'

/** YouTube publishes no limit; ten thousand characters is what its pages take. */
const TEXT_MAX = 10_000

const wrong = (reason: string, status = 400, message = reason): Error =>
  refuse(status, reason, { domain: 'youtube.commentThread', message })

/** POST /youtube/v3/commentThreads. Refused while the video is private or not processed, and where comments are off. */
export async function insertComment(
  query: URLSearchParams,
  text: string,
  caller: Holder,
  world: World
): Promise<Reply> {
  const parts = partsOf(query)
  const { snippet = {} } = parseBody(text)
  const { videoId, channelId } = snippet
  const top = snippet.topLevelComment as { snippet?: { textOriginal?: unknown } } | undefined
  const words = top?.snippet?.textOriginal
  if (typeof videoId !== 'string' || typeof channelId !== 'string') throw wrong('channelOrVideoIdMissing')
  if (typeof words !== 'string' || words.trim() === '') throw wrong('commentTextRequired')
  if (words.length > TEXT_MAX) throw wrong('commentTextTooLong')
  const video = await openVideo(videoId, caller, world)
  if (video.channel !== channelId) throw wrong('channelNotFound', 404)
  const now = world.deps.now()
  const { commentsDisabled } = await world.faults.get(caller.project)
  if (commentsDisabled || video.body.status?.selfDeclaredMadeForKids === true) throw wrong('commentsDisabled', 403)
  if (privacyOf(video, now) === 'private' || uploadStatus(video, now) !== 'processed') throw wrong('forbidden', 403)
  const id = newSecret('Ug').slice(0, 26)
  const comment: CommentDoc = { video: videoId, author: caller.account, text: words, createdAt: now.toISOString() }
  await world.model.put('comment', id, comment, caller.project)
  return json(200, thread(id, comment, parts))
}

/** GET /youtube/v3/commentThreads: the newest first, whatever `order` says. */
export async function listComments(query: URLSearchParams, caller: Holder, world: World): Promise<Reply> {
  const parts = partsOf(query)
  const videoId = query.get('videoId')
  if (videoId === null) throw refuse(400, 'missingRequiredParameter', { message: 'No filter selected.' })
  await openVideo(videoId, caller, world)
  const { showPostsAfterSeconds = 0, commentsDisabled } = await world.faults.get(caller.project)
  if (commentsDisabled) throw wrong('commentsDisabled', 403)
  const now = world.deps.now().getTime()
  const found = (await world.model.list('comment', caller.project))
    .filter(({ doc }) => doc.video === videoId)
    .filter(({ doc }) => Date.parse(doc.createdAt) + showPostsAfterSeconds * 1000 <= now)
    .reverse()
  const { items, more } = pageOf(query, 20, 100, found)
  const shown = items.map(({ id, doc }) => thread(id, doc, parts))
  return list('commentThreadListResponse', shown, more)
}

async function openVideo(id: string, caller: Holder, { model }: World): Promise<VideoDoc> {
  const video = await model.get('video', id)
  if (!video || video.project !== caller.project) throw wrong('videoNotFound', 404)
  return video
}

const thread = (id: string, { video, author, text, createdAt }: CommentDoc, parts: readonly string[]) =>
  resource('commentThread', id, parts, {
    snippet: {
      channelId: author,
      videoId: video,
      topLevelComment: {
        kind: 'youtube#comment',
        id,
        snippet: {
          textDisplay: text,
          textOriginal: text,
          authorChannelId: { value: author },
          publishedAt: createdAt,
          updatedAt: createdAt
        }
      },
      canReply: true,
      totalReplyCount: 0,
      isPublic: true
    }
  })
