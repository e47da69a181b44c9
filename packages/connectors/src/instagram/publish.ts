import type { Context, Post, Progress, Publisher } from '../connector.ts'
import { Refused } from '../failures.ts'
import { plain } from '../http.ts'
import { readJson } from '../json.ts'
import { NO_ANSWER, PUBLISH_QUOTA, STILL_REFUSED, waitFor } from './errors.ts'
import { at, isPulled, post, VERSION } from './graph.ts'
import type { InstagramOptions } from './options.ts'
import { listMedia, readQuota } from './search.ts'
import { settle } from './settle.ts'
import { Created, InstagramState, Made, Permalink, read, Uploaded } from './shapes.ts'
import { transfer, watch } from './watch.ts'

type Where = Progress<InstagramState>

/** Instagram may fetch the file long after the container was made. */
const URL_SECONDS = 86_400
/** Publish calls that may fail without a trace. Repeating a blocked action lengthens the block. */
const MAX_REFUSALS = 5
/** Tries to learn the address of a post that exists. */
const MAX_LOOKS = 5

/** A container is made, filled and worked on; then quota and newest posts are read; then it is published. */
export const publisher: Publisher<InstagramOptions, InstagramState> = {
  state: InstagramState,
  // The list of posts was seen to be up to a minute late.
  settleSeconds: 90,

  prepare: (state, wanted, ctx) => (state === null ? open(wanted, ctx) : arm(state, ctx)),

  async send(state, chunk, { http }) {
    const headers = { offset: String(chunk.start), file_size: String(chunk.total) }
    const body = plain(chunk, 'application/octet-stream')
    const res = await http('upload', new URL(state.uri ?? ''), { method: 'POST', headers, body })
    // Without a clear word the container is asked how much arrived.
    const isSent = Uploaded.safeParse(readJson(res.text)).success
    return { at: 'processing', state: { ...state, isSent }, askAgainIn: isSent ? 5 : 1 }
  },

  async commit(state, { http, account, now }) {
    if ((state.refusals ?? 0) >= MAX_REFUSALS) throw new Refused(STILL_REFUSED)
    if (state.notBefore !== undefined) {
      const seconds = Math.ceil((Date.parse(state.notBefore) - now.getTime()) / 1000)
      if (seconds > 0) throw new Refused(waitFor(seconds))
    }
    // No repeat with another token behind our back: whatever it answers, the post may be live.
    const init = { ...post(state.publish?.body ?? ''), expect: [401] }
    const res = await http('publish', at(`${account.remoteId}/media_publish`), init)
    const made = Made.safeParse(readJson(res.text))
    if (res.status === 401 || !made.success) throw new Refused(NO_ANSWER, res.status)
    const { id } = made.data
    return { at: 'processing', state: { ...state, media: id }, askAgainIn: 1, post: { id } }
  },

  check(state, ctx, doubt) {
    if (state.media !== undefined) return addressOf({ ...state, media: state.media }, ctx)
    return doubt?.commits ? settle(state, ctx, doubt) : watch(state, ctx)
  }
}

/** Containers are seen by nobody: one that is forgotten costs one of 400 a day. */
async function open({ title, options, media }: Post<InstagramOptions>, { http, account }: Context): Promise<Where> {
  const source = isPulled(account)
    ? { video_url: (await media.url(URL_SECONDS)).href }
    : { upload_type: 'resumable' as const }
  const fields = { media_type: 'REELS', ...source, caption: title, ...fieldsOf(options) }
  const res = await http('api', at(`${account.remoteId}/media`), post(JSON.stringify(fields)))
  const { id, uri } = read(Created, res)
  const state: InstagramState = { container: id, bytes: media.bytes, caption: title }
  if (isPulled(account)) return { at: 'processing', state, askAgainIn: 5 }
  return transfer({ ...state, uri: uri ?? `https://rupload.facebook.com/ig-api-upload/${VERSION}/${id}` }, 0)
}

/** In Instagram's names. What is undefined leaves no trace in JSON. */
const fieldsOf = (options: InstagramOptions) => ({
  share_to_feed: options.shareToFeed,
  cover_url: options.coverUrl,
  thumb_offset: options.thumbOffset,
  audio_name: options.audioName,
  collaborators: options.collaborators,
  user_tags: options.userTags?.map(username => ({ username })),
  location_id: options.locationId,
  trial_params: options.trialReel && { graduation_strategy: options.trialReel },
  is_ai_generated: options.isAiGenerated
})

/** The container is ready. What is read here is what a lost answer is judged by. */
async function arm(state: InstagramState, ctx: Context): Promise<Where> {
  const { used, total } = await readQuota(ctx)
  if (used >= total) throw new Refused(PUBLISH_QUOTA)
  const seen = (await listMedia(ctx, 10)).map(item => item.id)
  return { at: 'ready', state: { ...state, publish: { body: JSON.stringify({ creation_id: state.container }), seen } } }
}

/** The post exists, whatever this read says. */
async function addressOf(state: InstagramState & { media: string }, { http }: Context): Promise<Where> {
  const id = state.media
  const looks = (state.looks ?? 0) + 1
  try {
    const { permalink } = read(Permalink, await http('api', at(id, { fields: 'permalink,shortcode,timestamp' })))
    return { at: 'published', post: permalink === undefined ? { id } : { id, url: permalink } }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    if (looks >= MAX_LOOKS) return { at: 'published', post: { id } }
    return { at: 'processing', state: { ...state, looks }, askAgainIn: 5 * 2 ** looks, post: { id } }
  }
}
