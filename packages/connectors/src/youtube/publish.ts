import type { Answer, Post, Progress, Publisher } from '../connector.ts'
import { retryAfter } from '../failures.ts'
import { chunkEnd, plain } from '../http.ts'
import type { YoutubeOptions } from './options.ts'
import { search } from './search.ts'
import { Video, YoutubeState } from './shapes.ts'
import { made, watch } from './watch.ts'

type Where = Progress<YoutubeState>

/** A multiple of 262,144, as every chunk but the last must be; the size that most of Google's clients use. */
const CHUNK = 8 * 2 ** 20
/** Every chunk costs a round trip and two writes: of a large file it is a 32nd, up to 64 MiB. What a broken one brought is kept anyway. */
const chunkOf = (bytes: number): number => CHUNK * Math.min(8, Math.max(1, Math.ceil(bytes / (32 * CHUNK))))

/** Google's resumable protocol. No `commit`: the last chunk makes the video. */
export const publisher: Publisher<YoutubeOptions, YoutubeState> = {
  state: YoutubeState,
  settleSeconds: 30,

  async prepare(_state, post, { http }) {
    const slug = `u24-${post.marker}.${extension(post.media.fileName)}`
    const type = post.media.contentType
    const { notifySubscribers } = post.options
    // Without bytes a session never makes a video: an orphan costs one of the day's uploads and nothing else.
    const res = await http(
      'api',
      `/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status&notifySubscribers=${notifySubscribers}`,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=UTF-8',
          'x-upload-content-type': type,
          'x-upload-content-length': String(post.media.bytes),
          slug
        },
        body: JSON.stringify(resource(post))
      }
    )
    const session = res.headers.get('location') ?? ''
    const state = YoutubeState.parse({ session, bytes: post.media.bytes, type, title: post.title, slug })
    return transfer(state, 0)
  },

  async send(state, chunk, { http, now }) {
    const range = `bytes ${chunk.start}-${chunk.end - 1}/${chunk.total}`
    const init = {
      method: 'PUT' as const,
      expect: [308],
      headers: { 'content-range': range },
      body: plain(chunk, state.type)
    }
    return where(state, await http('api', new URL(state.session), init), now)
  },

  async check(state, { http, account, now }, doubt) {
    if (state.id !== undefined) return watch({ ...state, id: state.id }, http)
    const headers = { 'content-range': `bytes */${state.bytes}` }
    const init = { method: 'PUT' as const, expect: [308, 404, 410], headers, body: '' }
    const res = await http('api', new URL(state.session), init)
    if (res.status !== 404 && res.status !== 410) return where(state, res, now)
    return doubt?.commits ? search(state, { http, account, now }, doubt) : { at: 'gone' }
  }
}

/** The video resource of the insert. Every member that is set is in a part that the query names. */
function resource({ title, description, options }: Post<YoutubeOptions>) {
  const { categoryId, defaultLanguage, defaultAudioLanguage, tags, madeForKids } = options
  const { privacyStatus, publishAt, containsSyntheticMedia, embeddable, license, publicStatsViewable } = options
  return {
    snippet: { title, description, tags, categoryId, defaultLanguage, defaultAudioLanguage },
    status: {
      privacyStatus,
      publishAt,
      selfDeclaredMadeForKids: madeForKids,
      containsSyntheticMedia,
      embeddable,
      license,
      publicStatsViewable
    }
  }
}

/** 308 tells how much arrived; 200 and 201 bring the video. */
function where(state: YoutubeState, res: Answer, now: Date): Where {
  if (res.status !== 308) return made({ ...state, id: Video.parse(JSON.parse(res.text)).id })
  const last = /^(?:bytes=)?0-(\d+)$/.exec(res.headers.get('range')?.trim() ?? '')?.[1]
  const sent = last === undefined ? 0 : Number(last) + 1
  const after = retryAfter(res.headers, now)
  // Every byte is there and the result is not: the video is being made. Asking again is all there is to do.
  if (sent >= state.bytes) return { at: 'processing', state, askAgainIn: after ?? 5 }
  return { ...transfer(state, sent), ...(after === undefined ? {} : { askAgainIn: after }) }
}

const transfer = (state: YoutubeState, sent: number): Where => ({
  at: 'transfer',
  state,
  sent,
  end: chunkEnd(sent, state.bytes, chunkOf(state.bytes), 'short')
})

const extension = (fileName: string): string => /\.([a-zA-Z0-9]{1,8})$/.exec(fileName)?.[1]?.toLowerCase() ?? 'mp4'
