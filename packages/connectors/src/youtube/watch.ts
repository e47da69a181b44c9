import type { Http, Progress } from '../connector.ts'
import { Statuses, type YoutubeState } from './shapes.ts'

/** Looks in a row, over more than half an hour, after which a video that is not shown is not looked for any more. */
const MAX_MISSES = 15

const postOf = (id: string) => ({ id, url: `https://www.youtube.com/watch?v=${id}` })

/** The video is on the channel. It is published for us when it plays. Looks come after 2, 2, 4, 8 … 300 seconds. */
export function made(state: YoutubeState & { id: string }): Progress<YoutubeState> {
  const polls = state.polls ?? 0
  const askAgainIn = Math.min(300, 2 ** Math.max(1, polls))
  return { at: 'processing', state: { ...state, polls: polls + 1 }, askAgainIn, post: postOf(state.id) }
}

export async function watch(state: YoutubeState & { id: string }, http: Http): Promise<Progress<YoutubeState>> {
  const res = await http('api', `/youtube/v3/videos?part=status,processingDetails&id=${encodeURIComponent(state.id)}`)
  const status = Statuses.parse(JSON.parse(res.text)).items[0]?.status
  if (status === undefined) return missed(state)
  switch (status.uploadStatus) {
    case 'processed':
      return { at: 'published', post: postOf(state.id) }
    case 'deleted':
      return rejected('deleted', 'The video was deleted from the channel before YouTube had finished with it.')
    case 'failed':
      return rejected(status.failureReason ?? 'failed', FAILED[status.failureReason ?? ''])
    case 'rejected':
      return rejected(status.rejectionReason ?? 'rejected', REJECTED[status.rejectionReason ?? ''])
    default:
      return made({ ...state, misses: 0 })
  }
}

/**
 * Too new to be shown, left out of this answer, or deleted: YouTube does not say which. Absence is no word of its own, so it never makes a
 * failure, which would invite a second upload: the video was made, and no more can be learnt of it.
 */
function missed(state: YoutubeState & { id: string }): Progress<YoutubeState> {
  const misses = (state.misses ?? 0) + 1
  return misses < MAX_MISSES ? made({ ...state, misses }) : { at: 'unclear' }
}

const rejected = (reason: string, message = 'YouTube took the video and then refused it.'): Progress<YoutubeState> => ({
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
