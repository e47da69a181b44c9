import { z } from 'zod'
import type { FollowUp, Http, Progress } from '../../connector.ts'
import { readJson } from '../../json.ts'
import type { YoutubeOptions } from '../options.ts'
import { Items } from '../shapes.ts'
import { videoOf } from './video.ts'

const State = z.object({ playlist: z.string(), video: z.string() })
type State = z.infer<typeof State>

/** Not idempotent: a list may hold a video twice. So it is looked at before, and after every doubt. */
export const playlist: FollowUp<YoutubeOptions> = {
  wanted: ({ playlistId }) => (playlistId === undefined ? [] : [{ name: 'playlist' }]),
  publisher: {
    state: State,
    settleSeconds: 120,

    async prepare(_state: State | null, post, { http }) {
      return look({ playlist: post.options.playlistId ?? '', video: videoOf(post) }, http)
    },

    async commit({ playlist, video }: State, { http }) {
      // Without a position: lists that sort themselves refuse one with manualSortRequired.
      const snippet = { playlistId: playlist, resourceId: { kind: 'youtube#video', videoId: video } }
      const headers = { 'content-type': 'application/json; charset=UTF-8' }
      const init = { method: 'POST' as const, expect: [409], headers, body: JSON.stringify({ snippet }) }
      await http('playlist', '/youtube/v3/playlistItems?part=snippet', init)
      return { at: 'published' }
    },

    check: (state: State, { http }) => look(state, http)
  }
}

async function look(state: State, http: Http): Promise<Progress<State>> {
  const query = new URLSearchParams({ part: 'id', playlistId: state.playlist, videoId: state.video })
  const res = await http('playlist', `/youtube/v3/playlistItems?${query}`)
  const { items, isTold } = Items.parse(readJson(res.text))
  if (items.length > 0) return { at: 'published' }
  return isTold ? { at: 'ready', state } : { at: 'unclear', askAgainIn: 60 }
}
