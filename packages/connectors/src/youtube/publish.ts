import type { Answer, Context, Doubt, Http, Post, Progress, Publisher } from '../connector.ts'
import { Refused, retryAfter } from '../failures.ts'
import { chunkEnd, plain } from '../http.ts'
import type { YoutubeOptions } from './options.ts'
import { Files, PlaylistPage, Statuses, Video, YoutubeState } from './shapes.ts'

type Where = Progress<YoutubeState>

/** A multiple of 262,144, as every chunk but the last must be; the size that most of Google's clients use. */
const CHUNK = 8 * 2 ** 20
/** The uploads playlist is late: "none" counts only after this. */
const LIST_SECONDS = 900
/** Looks (some two minutes) during which a video that is not listed may be too new to be listed. */
const NEW_POLLS = 6

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
  // No `processing` here: on the way of the last chunk it would say that the video is made.
  if (after !== undefined) throw new Refused(slowDown(after), 308)
  return transfer(state, sent)
}

const transfer = (state: YoutubeState, sent: number): Where => ({
  at: 'transfer',
  state,
  sent,
  end: chunkEnd(sent, state.bytes, CHUNK, 'short')
})

const slowDown = (after: number) =>
  ({
    kind: 'retry',
    scope: 'delivery',
    code: 'youtube_busy',
    message: 'YouTube asks us to wait with the next bytes.',
    after
  }) as const

const postOf = (id: string) => ({ id, url: `https://www.youtube.com/watch?v=${id}` })

/** The video is on the channel. It is published for us when it plays. Looks come after 2, 2, 4, 8 … 300 seconds. */
function made(state: YoutubeState & { id: string }): Where {
  const polls = state.polls ?? 0
  const askAgainIn = Math.min(300, 2 ** Math.max(1, polls))
  return { at: 'processing', state: { ...state, polls: polls + 1 }, askAgainIn, post: postOf(state.id) }
}

async function watch(state: YoutubeState & { id: string }, http: Http): Promise<Where> {
  const res = await http('api', `/youtube/v3/videos?part=status,processingDetails&id=${encodeURIComponent(state.id)}`)
  const status = Statuses.parse(JSON.parse(res.text)).items[0]?.status
  if (status === undefined && (state.polls ?? 0) < NEW_POLLS) return made(state)
  switch (status?.uploadStatus) {
    case 'uploaded':
      return made(state)
    case 'processed':
      return { at: 'published', post: postOf(state.id) }
    case undefined:
    case 'deleted':
      return rejected('deleted', 'The video was deleted from the channel before YouTube had finished with it.')
    case 'failed':
      return rejected(status.failureReason ?? 'failed', FAILED[status.failureReason ?? ''])
    case 'rejected':
      return rejected(status.rejectionReason ?? 'rejected', REJECTED[status.rejectionReason ?? ''])
    default:
      return made(state)
  }
}

const rejected = (reason: string, message = 'YouTube took the video and then refused it.'): Where => ({
  at: 'rejected',
  failure: {
    kind: 'permanent',
    scope: reason.startsWith('uploaderAccount') ? 'account' : 'delivery',
    code: `youtube_${reason.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)}`,
    message
  }
})

/** developers.google.com/youtube/v3/docs/videos#status.failureReason */
const FAILED: Record<string, string> = {
  codec: 'YouTube cannot read the codec of this video.',
  conversion: 'YouTube could not convert this video.',
  emptyFile: 'YouTube found the file empty.',
  invalidFile: 'YouTube cannot read this file as a video.',
  tooSmall: 'YouTube found the file too small.',
  uploadAborted: 'YouTube says that the upload was broken off.'
}
/** developers.google.com/youtube/v3/docs/videos#status.rejectionReason */
const REJECTED: Record<string, string> = {
  claim: 'YouTube rejected the video: somebody claims its content.',
  copyright: 'YouTube rejected the video for copyright.',
  duplicate: 'YouTube rejected the video: the channel has it already.',
  inappropriate: 'YouTube rejected the video as inappropriate.',
  legal: 'YouTube rejected the video for legal reasons.',
  length: 'YouTube rejected the video: it is longer than this channel may upload. Verify the channel by phone.',
  termsOfUse: 'YouTube rejected the video: it breaks the terms of use.',
  trademark: 'YouTube rejected the video for a trademark.',
  uploaderAccountClosed: 'YouTube has closed this channel.',
  uploaderAccountSuspended: 'YouTube has suspended this channel.'
}

/** The session is forgotten: look for the video among the channel's newest. */
async function search(state: YoutubeState, { http, account, now }: Context, doubt: Doubt): Promise<Where> {
  const late = now.getTime() - doubt.since.getTime() > LIST_SECONDS * 1000
  const none: Where = late ? { at: 'gone' } : { at: 'unclear', askAgainIn: 60 }
  const ids = await newest(http, String(account.facts.uploads), new Date(doubt.since.getTime() - 60_000))
  const free = ids.filter(id => !doubt.taken.includes(id))
  const files = []
  for (let i = 0; i < free.length; i += 50) {
    const some = free
      .slice(i, i + 50)
      .map(encodeURIComponent)
      .join(',')
    const res = await http('api', `/youtube/v3/videos?part=snippet,fileDetails&id=${some}`)
    files.push(...Files.parse(JSON.parse(res.text)).items)
  }
  // The file name is our marker: it decides alone where YouTube kept it, for us and against us.
  const named = files.filter(f => f.fileDetails?.fileName === state.slug)
  const alike = files.filter(f => f.snippet.title === state.title && f.fileDetails?.fileSize === state.bytes)
  const ours = named.length > 0 ? named : alike.filter(f => !/^u24-[a-z0-9]{26}\./.test(f.fileDetails?.fileName ?? ''))
  if (ours.length > 1) return { at: 'unclear', askAgainIn: 60 }
  return ours[0] === undefined ? none : made({ ...state, id: ours[0].id })
}

/** Ids of the videos since then, of two pages: neither order nor freshness of the list is promised. */
async function newest(http: Http, playlist: string, since: Date): Promise<string[]> {
  const ids: string[] = []
  let page: string | undefined = ''
  for (let i = 0; i < 2 && page !== undefined; i++) {
    const token: string = page === '' ? '' : `&pageToken=${encodeURIComponent(page)}`
    const query = `part=snippet,contentDetails&maxResults=50&playlistId=${encodeURIComponent(playlist)}${token}`
    const list = PlaylistPage.parse(JSON.parse((await http('api', `/youtube/v3/playlistItems?${query}`)).text))
    for (const { contentDetails: video, snippet } of list.items)
      if ((video.videoPublishedAt ?? snippet.publishedAt) > since || snippet.publishedAt > since)
        ids.push(video.videoId)
    page = list.nextPageToken
  }
  return ids
}

const extension = (fileName: string): string => /\.([a-zA-Z0-9]{1,8})$/.exec(fileName)?.[1]?.toLowerCase() ?? 'mp4'
