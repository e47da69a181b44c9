import { z } from 'zod'
import type { Context, Doubt, FollowUp, Progress } from '../connector.ts'
import { Refused } from '../failures.ts'
import { fold } from '../text.ts'
import { at, post } from './graph.ts'
import type { InstagramOptions } from './options.ts'
import { timeOf } from './search.ts'
import { Comments, Made, read } from './shapes.ts'

/** One of them is needed: of Instagram Login, of Facebook Login. */
export const COMMENT_SCOPES = ['instagram_business_manage_comments', 'instagram_manage_comments']

const CommentState = z.object({ media: z.string(), text: z.string(), body: z.string() })
type CommentState = z.infer<typeof CommentState>

/** The first comment. It is not idempotent: in doubt the comments below the reel are read for our own text. */
export const firstComment: FollowUp<InstagramOptions> = {
  wanted: options => (options.firstComment === undefined ? [] : [{ name: 'firstComment' }]),
  publisher: {
    state: CommentState,
    settleSeconds: 90,
    // A retry that a person asked for finds the comment that is there already.
    async prepare(_state, { of, options }, ctx) {
      const text = options.firstComment ?? ''
      if (of?.id === undefined) throw new Refused(NO_ID)
      return look({ media: of.id, text, body: JSON.stringify({ message: text }) }, ctx)
    },
    async commit(state, { http }) {
      const res = await http('api', at(`${state.media}/comments`), post(state.body))
      return { at: 'published', post: { id: read(Made, res).id } }
    },
    check: (state, ctx, doubt) => look(state, ctx, doubt)
  }
}

async function look(state: CommentState, { http, account }: Context, doubt?: Doubt): Promise<Progress<CommentState>> {
  const query = { fields: 'id,text,timestamp,username', limit: '50' }
  const { data } = read(Comments, await http('api', at(`${state.media}/comments`, query)))
  const since = (doubt?.since.getTime() ?? 0) - 60_000
  const own = account.handle.replace(/^@/, '')
  const found = data.find(
    ({ id, text, timestamp, username }) =>
      fold(text ?? '') === fold(state.text) &&
      timeOf(timestamp) >= since &&
      (username === undefined || username === own) &&
      !doubt?.taken.includes(id)
  )
  return found ? { at: 'published', post: { id: found.id } } : { at: 'ready', state }
}

const NO_ID = {
  kind: 'permanent',
  scope: 'delivery',
  code: 'instagram_no_post_id',
  message: 'Instagram did not tell which post is ours, so it cannot be commented on.'
} as const
