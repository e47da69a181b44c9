import { z } from 'zod'
import type { FollowUp, Progress } from '../../connector.ts'
import { Refused } from '../../failures.ts'
import { plain } from '../../http.ts'
import type { YoutubeOptions } from '../options.ts'
import { Looks, refusal, videoOf, waitForVideo } from './video.ts'

/** docs/thumbnails/set: "Maximum file size: 50MB. Accepted Media MIME types: image/jpeg, image/png, application/octet-stream". */
const MAX_BYTES = 52_428_800
const TYPES = ['image/jpeg', 'image/png', 'application/octet-stream']

const State = Looks.extend({ video: z.string(), type: z.string(), bytes: z.number() })
type State = z.infer<typeof State>

/** Setting it again leaves the same picture, so whatever is in doubt is sent again. */
export const thumbnail: FollowUp<YoutubeOptions> = {
  wanted: ({ thumbnail: file }) => (file === undefined ? [] : [{ name: 'thumbnail', file }]),
  accepts: ['image/jpeg', 'image/png'],
  maxBytes: MAX_BYTES,
  publisher: {
    state: State,
    settleSeconds: 0,

    async prepare(state: State | null, post, ctx) {
      const { bytes } = post.media
      const type = post.media.contentType.split(';')[0]?.trim().toLowerCase() ?? ''
      if (!TYPES.includes(type) || bytes === 0 || bytes > MAX_BYTES)
        throw new Refused(
          refusal('youtube_invalid_image', 'YouTube takes a JPEG or PNG of at most 50 MB as thumbnail.')
        )
      const now: State = { video: videoOf(post), type, bytes, looks: state?.looks, misses: state?.misses }
      return (await waitForVideo(now, post, ctx)) ?? fromStart(now)
    },

    async send(state: State, chunk, { http }) {
      const path = `/upload/youtube/v3/thumbnails/set?videoId=${encodeURIComponent(state.video)}&uploadType=media`
      await http('thumbnail', path, { method: 'POST', body: plain(chunk, state.type) })
      return { at: 'published' }
    },

    check: async (state: State) => fromStart(state)
  }
}

const fromStart = (state: State): Progress<State> => ({ at: 'transfer', state, sent: 0, end: state.bytes })
