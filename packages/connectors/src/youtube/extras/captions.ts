import { z } from 'zod'
import type { FollowUp, Post, Progress } from '../../connector.ts'
import { Refused } from '../../failures.ts'
import { plain, related } from '../../http.ts'
import { readJson } from '../../json.ts'
import type { YoutubeOptions } from '../options.ts'
import { Captions } from '../shapes.ts'
import { Looks, refusal, videoOf, waitForVideo } from './video.ts'

/** docs/captions/insert: "Maximum file size: 100MB". */
const MAX_BYTES = 104_857_600

const State = Looks.extend({
  video: z.string(),
  language: z.string(),
  name: z.string(),
  bytes: z.number(),
  marker: z.string()
})
type State = z.infer<typeof State>
type Track = NonNullable<YoutubeOptions['captions']>[number]

const nameOf = ({ language, name }: Track): string => `captions:${language}${name === '' ? '' : `:${name}`}`

/** One row for each track. YouTube refuses a second track of the same language and name: then it is there. */
export const captions: FollowUp<YoutubeOptions> = {
  wanted: options => (options.captions ?? []).map(track => ({ name: nameOf(track), file: track.file })),
  accepts: ['application/x-subrip', 'text/vtt', 'text/x-sbv', 'application/ttml+xml'],
  maxBytes: MAX_BYTES,
  publisher: {
    state: State,
    settleSeconds: 60,

    async prepare(state: State | null, post, ctx) {
      const { language, name } = trackOf(post)
      const { bytes } = post.media
      if (bytes === 0 || bytes > MAX_BYTES)
        throw new Refused(refusal('youtube_invalid_captions', 'YouTube takes caption files of at most 100 MB.'))
      const now: State = {
        video: videoOf(post),
        language,
        name,
        bytes,
        marker: post.marker,
        looks: state?.looks,
        misses: state?.misses
      }
      return (await waitForVideo(now, post, ctx)) ?? fromStart(now)
    },

    async send(state: State, chunk, { http }) {
      const { video, language, name, marker } = state
      const body = related(`u24-${marker}`, { snippet: { videoId: video, language, name } }, plain(chunk, 'text/plain'))
      const path = '/upload/youtube/v3/captions?part=snippet&uploadType=multipart'
      await http('captions', path, { method: 'POST', expect: [409], body })
      return { at: 'published' }
    },

    async check(state: State, { http }) {
      const res = await http('captions', `/youtube/v3/captions?part=snippet&videoId=${encodeURIComponent(state.video)}`)
      // YouTube's own recognition makes a track of the same language, which is not ours and does not stand in the way.
      const isThere = Captions.parse(readJson(res.text)).items.some(
        ({ snippet }) =>
          snippet.trackKind?.toUpperCase() !== 'ASR' &&
          snippet.language === state.language &&
          snippet.name === state.name
      )
      return isThere ? { at: 'published' } : fromStart(state)
    }
  }
}

function trackOf({ options, part }: Post<YoutubeOptions>): Track {
  const track = options.captions?.find(one => nameOf(one) === part)
  if (!track) throw new Error(`no captions are called ${part}`)
  return track
}

const fromStart = (state: State): Progress<State> => ({ at: 'transfer', state, sent: 0, end: state.bytes })
