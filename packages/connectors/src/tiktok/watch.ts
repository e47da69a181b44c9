import type { Context, Doubt, Http, Progress, RemotePost } from '../connector.ts'
import { Refused } from '../failures.ts'
import { transfer, wholeOf } from './chunks.ts'
import { readFacts } from './creator.ts'
import { failReason, tooSlow } from './errors.ts'
import { search } from './search.ts'
import { readData, Status, type TiktokState } from './shapes.ts'

type Where = Progress<TiktokState>

/** The address for the bytes lives an hour from its making, which may be as late as the end of that call. */
const URL_SECONDS = 3600 + 120
/** Looks for the id of a public post before it counts as published without one. */
const ID_LOOKS = 3

/** TikTok has every byte: the post is being made. Looks come after 5, 10, 20, then 60 seconds, after an hour every ten minutes. */
export function taken(state: TiktokState, post?: RemotePost): Where {
  const polls = state.polls ?? 0
  const askAgainIn = [5, 10, 20][polls] ?? (polls < 63 ? 60 : 600)
  return { at: 'processing', state: { ...state, polls: polls + 1 }, askAgainIn, ...(post ? { post } : {}) }
}

/** A read, though it is a POST. Undefined: TikTok does not know the publish id (any more). */
export async function askStatus(publishId: string, http: Http): Promise<Status | undefined> {
  const init = {
    method: 'POST' as const,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: JSON.stringify({ publish_id: publishId })
  }
  try {
    return readData(Status, await http('api', '/v2/post/publish/status/fetch/', init))
  } catch (error) {
    if (error instanceof Refused && error.failure.code === 'tiktok_invalid_publish_id') return undefined
    throw error
  }
}

/** One question answers everything: how much arrived, whether the post exists, why it does not. */
export async function watch(state: TiktokState, ctx: Context, doubt?: Doubt): Promise<Where> {
  const status = await askStatus(state.publishId, ctx.http)
  // Before the last byte was sent there can be no post. After it, TikTok forgot a number that it gave: only the list may still tell.
  if (status === undefined) return doubt?.commits ? search(state, ctx, doubt) : { at: 'gone' }
  switch (status.status) {
    case 'PUBLISH_COMPLETE':
      return complete(state, status, ctx)
    case 'FAILED':
      return { at: 'rejected', failure: failReason(status.fail_reason) }
    case 'PROCESSING_UPLOAD':
      return uploading(state, status, ctx, doubt)
    default:
      return state.polls === undefined ? unclear(ctx, doubt) : taken(state)
  }
}

function uploading(
  state: TiktokState,
  { uploaded_bytes: uploaded }: Status,
  ctx: Context,
  doubt: Doubt | undefined
): Where {
  if (state.polls !== undefined) return taken(state)
  if (typeof uploaded !== 'number' && doubt?.commits) return unclear(ctx, doubt)
  const sent = wholeOf(state, uploaded ?? 0)
  if (sent === state.bytes) return doubt?.commits ? taken(state) : transfer(state, sent)
  const age = (ctx.now.getTime() - Date.parse(state.openedAt)) / 1000
  // Bytes are missing and nothing can bring them any more: this try is dead without a post.
  if (age < URL_SECONDS) return transfer(state, sent)
  return doubt?.commits ? { at: 'gone' } : { at: 'rejected', failure: tooSlow(state.bytes, sent) }
}

/** TikTok's word does not settle it: asked often for ten minutes, then seldom. */
function unclear({ now }: Context, doubt: Doubt | undefined): Where {
  const age = doubt ? (now.getTime() - doubt.since.getTime()) / 1000 : 0
  return { at: 'unclear', askAgainIn: age < 600 ? 30 : 600 }
}

/** "After moderation … usually within one minute, sometimes hours", and never for posts that are not public: no id is a success. */
function complete(state: TiktokState, status: Status, ctx: Context): Where {
  const post = postOf(status, state.publishId, ctx)
  const looks = state.idLooks ?? 0
  if (post.id !== undefined || !state.isPublic || looks >= ID_LOOKS) return { at: 'published', post }
  return {
    at: 'processing',
    state: { ...state, polls: (state.polls ?? 0) + 1, idLooks: looks + 1 },
    askAgainIn: 10,
    post
  }
}

/** The post as far as TikTok tells it. Without an id its address is the profile's. */
export function postOf(status: Status, publishId: string, { account }: Pick<Context, 'account'>): RemotePost {
  const username = readFacts(account).username ?? account.handle.replace(/^@/, '')
  const profile = `https://www.tiktok.com/@${encodeURIComponent(username)}`
  const id = status.publicaly_available_post_id?.[0]
  return id === undefined ? { url: profile, trace: publishId } : { id, url: `${profile}/video/${id}` }
}
