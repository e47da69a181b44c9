import { z } from 'zod'
import type { Context, FollowUp, Progress } from '../../connector.ts'
import { readJson } from '../../json.ts'
import type { YoutubeOptions } from '../options.ts'
import { Comment, Comments } from '../shapes.ts'
import { Looks, videoOf, waitForVideo } from './video.ts'

const State = Looks.extend({ video: z.string(), text: z.string() })
type State = z.infer<typeof State>

/** Not idempotent, and without a key of ours: the channel's own words under the video are what it is known by. */
export const comment: FollowUp<YoutubeOptions> = {
  wanted: ({ firstComment, publishAt }) =>
    firstComment === undefined ? [] : [{ name: 'comment', ...(publishAt ? { notBefore: publishAt } : {}) }],
  publisher: {
    state: State,
    // How late the list is was never measured; nobody is hurt by a comment that comes minutes later.
    settleSeconds: 300,

    async prepare(state: State | null, post, ctx) {
      const now = {
        video: videoOf(post),
        text: post.options.firstComment ?? '',
        looks: state?.looks,
        misses: state?.misses
      }
      return (await waitForVideo(now, post, ctx, true)) ?? look(now, ctx)
    },

    async commit({ video, text }: State, { http, account }) {
      const topLevelComment = { snippet: { textOriginal: text } }
      const snippet = { channelId: account.remoteId, videoId: video, topLevelComment }
      const headers = { 'content-type': 'application/json; charset=UTF-8' }
      const init = { method: 'POST' as const, headers, body: JSON.stringify({ snippet }) }
      const res = await http('comment', '/youtube/v3/commentThreads?part=snippet', init)
      return published(video, Comment.parse(readJson(res.text)).id)
    },

    check: (state: State, ctx) => look(state, ctx)
  }
}

/** Two pages of the newest: ours is among the first comments of its video. */
async function look(state: State, { http, account }: Context): Promise<Progress<State>> {
  let page: string | undefined = ''
  for (let i = 0; i < 2 && page !== undefined; i++) {
    const query = new URLSearchParams({ part: 'snippet', videoId: state.video, order: 'time', maxResults: '100' })
    if (page !== '') query.set('pageToken', page)
    const res = await http('comment', `/youtube/v3/commentThreads?${query}`)
    const list = Comments.parse(readJson(res.text))
    const ours = list.items.find(({ snippet: { topLevelComment: top } }) => {
      const text = top.snippet.textOriginal ?? top.snippet.textDisplay
      return top.snippet.authorChannelId?.value === account.remoteId && text?.trim() === state.text.trim()
    })
    if (ours) return published(state.video, ours.id)
    if (!list.isTold) return { at: 'unclear', askAgainIn: 60 }
    page = list.nextPageToken
  }
  return { at: 'ready', state }
}

const published = (video: string, id: string): Progress<State> => ({
  at: 'published',
  post: { id, url: `https://www.youtube.com/watch?v=${video}&lc=${id}` }
})
