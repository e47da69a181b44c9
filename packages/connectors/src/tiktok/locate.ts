import { z } from 'zod'
import type { Context, FollowUp, Progress, Publisher } from '../connector.ts'
import type { TiktokOptions } from './options.ts'
import { askStatus, postOf } from './watch.ts'

/** Hours during which moderation may still give a public post its id. */
const PATIENCE_SECONDS = 6 * 3600

const LocateState = z.object({ publishId: z.string(), since: z.iso.datetime(), looks: z.number() })
type LocateState = z.infer<typeof LocateState>

/** Reads only. It ends without an id where TikTok gives none: the profile's address stays. */
const publisher: Publisher<TiktokOptions, LocateState> = {
  state: LocateState,
  settleSeconds: 0,
  async prepare(_state, { of }, ctx) {
    if (of?.id !== undefined || of?.trace === undefined) return { at: 'published', ...(of ? { post: of } : {}) }
    return look({ publishId: of.trace, since: ctx.now.toISOString(), looks: 0 }, ctx)
  },
  check: look
}

async function look(state: LocateState, ctx: Context): Promise<Progress<LocateState>> {
  const status = await askStatus(state.publishId, ctx.http)
  const post = status && postOf(status, state.publishId, ctx)
  const age = (ctx.now.getTime() - Date.parse(state.since)) / 1000
  if (post?.id !== undefined || status === undefined || age > PATIENCE_SECONDS)
    return { at: 'published', ...(post ? { post } : {}) }
  return {
    at: 'processing',
    state: { ...state, looks: state.looks + 1 },
    askAgainIn: Math.min(600, 30 * 2 ** Math.min(state.looks, 5))
  }
}

/** The id of a public post that TikTok told too late for the post's own delivery. */
export const locate: FollowUp<TiktokOptions> = {
  wanted: ({ privacyLevel }, post) =>
    privacyLevel === 'PUBLIC_TO_EVERYONE' && post?.id === undefined ? [{ name: 'locate' }] : [],
  locates: true,
  publisher
}
