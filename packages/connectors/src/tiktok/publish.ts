import type { Answer, Post, Publisher } from '../connector.ts'
import { Lost, Refused } from '../failures.ts'
import { plain } from '../http.ts'
import { planOf, transfer, uploadedIn, wholeOf } from './chunks.ts'
import { askCreator } from './creator.ts'
import { failureOf, NOT_OFFERED } from './errors.ts'
import type { TiktokOptions } from './options.ts'
import { type CreatorInfo, Opened, readData, TiktokState } from './shapes.ts'
import { taken, watch } from './watch.ts'

/** FILE_UPLOAD. No `commit`: the last byte makes the post ("posting starts by itself"). */
export const publisher: Publisher<TiktokOptions, TiktokState> = {
  state: TiktokState,
  settleSeconds: 60,

  async prepare(_state, post, ctx) {
    const creator = await askCreator(ctx.http)
    checkCreator(creator, post)
    const { bytes } = post.media
    const { chunk, count } = planOf(bytes)
    // Without bytes there is never a post: an orphan's address dies within the hour.
    const answer = await ctx.http('api', '/v2/post/publish/video/init/', {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=UTF-8' },
      body: JSON.stringify({
        post_info: postInfo(post, creator),
        source_info: { source: 'FILE_UPLOAD', video_size: bytes, chunk_size: chunk, total_chunk_count: count }
      })
    })
    const opened = readData(Opened, answer)
    const state: TiktokState = {
      publishId: opened.publish_id,
      uploadUrl: opened.upload_url,
      openedAt: ctx.now.toISOString(),
      bytes,
      chunk,
      count,
      type: contentType(post),
      caption: post.title,
      isPublic: post.options.privacyLevel === 'PUBLIC_TO_EVERYONE'
    }
    return transfer(state, 0)
  },

  async send(state, chunk, { http }) {
    const answer = await http('upload', new URL(state.uploadUrl), {
      method: 'PUT',
      expect: [404, 416],
      headers: { 'content-range': `bytes ${chunk.start}-${chunk.end - 1}/${chunk.total}` },
      body: plain(chunk, state.type)
    })
    const isLast = chunk.end === chunk.total
    const told = answer.status === 201 ? state.bytes : uploadedIn(answer)
    if (answer.status === 404 || (answer.status === 416 && told === undefined)) throw noSuchUpload(answer, isLast)
    const sent = wholeOf(state, told ?? chunk.end)
    // "Everything is there" in answer to another chunk is no acknowledgement of ours: the machine takes it for a post that may exist.
    return isLast && sent === state.bytes ? taken(state) : transfer(state, sent)
  },

  check: watch
}

/** "API clients must retrieve the latest creator info … and the choice must be one of its options": a stored choice may have gone. */
function checkCreator(creator: CreatorInfo, { options, media }: Post<TiktokOptions>): void {
  if (!creator.privacy_level_options.includes(options.privacyLevel))
    throw new Refused(failureOf('privacy_level_option_mismatch', NOT_OFFERED))
  const longest = creator.max_video_post_duration_sec
  if (longest === undefined || media.seconds === undefined || media.seconds <= longest) return
  const message = `TikTok takes at most ${longest} seconds of video from this account, and this has ${Math.ceil(media.seconds)}.`
  throw new Refused(failureOf('duration_check_failed', ['permanent', 'delivery', message]))
}

/** What the creator has switched off stays off. Both brand toggles are marked required, though the examples omit them. */
function postInfo({ title, options }: Post<TiktokOptions>, creator: CreatorInfo) {
  return {
    title,
    privacy_level: options.privacyLevel,
    disable_comment: !options.allowComment || creator.comment_disabled,
    disable_duet: !options.allowDuet || creator.duet_disabled,
    disable_stitch: !options.allowStitch || creator.stitch_disabled,
    ...(options.coverTimestampMs === undefined ? {} : { video_cover_timestamp_ms: options.coverTimestampMs }),
    brand_content_toggle: options.brandedContent,
    brand_organic_toggle: options.yourBrand,
    is_aigc: options.aiGenerated
  }
}

const TYPES = ['video/mp4', 'video/quicktime', 'video/webm']

/** The upload host takes three types. */
function contentType({ media }: Post<TiktokOptions>): string {
  const type = media.contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  return TYPES.includes(type) ? type : 'video/mp4'
}

/** Nothing of a chunk before the last can have made the post; of the last one only the status tells. */
function noSuchUpload({ status }: Answer, isLast: boolean): Error {
  if (isLast || status === 416) return new Lost(`the upload was not found where it should be (${status})`)
  return new Refused(
    failureOf('upload_gone', ['restart', 'delivery', 'TikTok does not know the upload any more.']),
    status
  )
}
