import type { Answer, Post, Progress, Publisher } from '../connector.ts'
import { Lost, Refused } from '../failures.ts'
import { chunkEnd, plain } from '../http.ts'
import { askCreator } from './creator.ts'
import { failureOf, NOT_OFFERED } from './errors.ts'
import type { TiktokOptions } from './options.ts'
import { type CreatorInfo, Opened, readData, TiktokState } from './shapes.ts'
import { taken, watch } from './watch.ts'

type Where = Progress<TiktokState>

/**
 * "Each chunk must be at least 5 MB but no greater than 64 MB, except for the final chunk": …/content-posting-api-media-transfer-guide. A file
 * of 64 to 128 MB in one piece is refused since August 2026, whatever the page says; this plan fits decimal and binary megabytes.
 */
const ONE_CHUNK = 64_000_000
const CHUNK = 10_000_000

/** FILE_UPLOAD. No `commit`: the last byte makes the post ("posting starts by itself"). */
export const publisher: Publisher<TiktokOptions, TiktokState> = {
  state: TiktokState,
  settleSeconds: 60,

  async prepare(_state, post, ctx) {
    const creator = await askCreator(ctx.http)
    checkCreator(creator, post)
    const { bytes } = post.media
    const chunk = bytes <= ONE_CHUNK ? bytes : CHUNK
    const count = Math.max(1, Math.floor(bytes / chunk))
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
    if (answer.status === 201) return taken(state)
    const told = uploadedIn(answer)
    if (answer.status === 404 || (answer.status === 416 && told === undefined))
      throw noSuchUpload(answer, chunk.end < chunk.total)
    return arrived(state, told ?? chunk.end)
  },

  check: (state, ctx, doubt) => watch(state, ctx, doubt, sent => arrived(state, sent))
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

const transfer = (state: TiktokState, sent: number): Where => ({
  at: 'transfer',
  state,
  sent,
  end: chunkEnd(sent, state.bytes, state.chunk, 'long')
})

/** "bytes 0-{UPLOADED_BYTES}/{TOTAL_BYTES}": a count by the words, the last index by the form. */
function uploadedIn({ headers }: Answer): number | undefined {
  const last = /^(?:bytes[ =])?0-(\d+)(?:\/|$)/.exec(headers.get('content-range')?.trim() ?? '')?.[1]
  return last === undefined ? undefined : Number(last)
}

/** Where to go on: at the border of the plan that a count, or the index of the last byte, stands for. */
function arrived(state: TiktokState, uploaded: number): Where {
  if (uploaded >= Math.max(1, state.bytes - 1)) return taken(state)
  const chunks = Math.min(Math.floor((uploaded + 1) / state.chunk), state.count - 1)
  return transfer(state, chunks * state.chunk)
}

/** Nothing of a chunk before the last can have made the post; of the last one only the status tells. */
function noSuchUpload({ status }: Answer, isMiddle: boolean): Error {
  if (!isMiddle || status === 416) return new Lost(`the upload was not found where it should be (${status})`)
  return new Refused(
    failureOf('upload_gone', ['restart', 'delivery', 'TikTok does not know the upload any more.']),
    status
  )
}
