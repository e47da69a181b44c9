import { z } from 'zod'
import type { Context, Post, Progress } from '../../connector.ts'
import { Refused } from '../../failures.ts'
import { readJson } from '../../json.ts'
import { VideoStates } from '../shapes.ts'

/** Looks in a row, over minutes, after which a video that is not shown is there no more. */
const MAX_MISSES = 7

/** Looks at the video, and how many of them in a row did not find it. */
export const Looks = z.object({ looks: z.number().optional(), misses: z.number().optional() })
type Waiting = z.infer<typeof Looks>

/** The video that the extra belongs to. */
export function videoOf({ of }: Post<unknown>): string {
  if (of?.id === undefined) throw new Refused(refusal('youtube_video_unknown', 'The id of the video is not known.'))
  return of.id
}

/**
 * An extra's first read. Undefined: the video plays (and with `mustBeSeen` is not private), go on. "For Shorts … wait until processing
 * has succeeded": docs/thumbnails/set. Comments are refused as long as a video is private or unfinished.
 */
export async function waitForVideo<S extends Waiting>(
  state: S,
  post: Post<unknown>,
  { http, now }: Context,
  mustBeSeen = false
): Promise<Progress<S> | undefined> {
  const looks = state.looks ?? 0
  const later = (misses: number): Progress<S> => ({
    at: 'prepare',
    state: { ...state, looks: looks + 1, misses },
    askAgainIn: Math.min(300, 5 * 2 ** looks)
  })
  const res = await http('api', `/youtube/v3/videos?part=status&id=${encodeURIComponent(videoOf(post))}`)
  const status = VideoStates.parse(readJson(res.text)).items[0]?.status
  const misses = status ? 0 : (state.misses ?? 0) + 1
  if (status?.uploadStatus === 'uploaded' || (!status && misses < MAX_MISSES)) return later(misses)
  if (status?.uploadStatus !== 'processed')
    throw new Refused(refusal('youtube_video_not_found', 'The video is not on the channel any more, or does not play.'))
  if (!mustBeSeen || status.privacyStatus !== 'private') return undefined
  const seconds = status.publishAt === undefined ? 0 : Math.ceil((Date.parse(status.publishAt) - now.getTime()) / 1000)
  if (status.publishAt === undefined)
    throw new Refused(refusal('youtube_video_private', 'YouTube takes no comments on private videos.'))
  // YouTube's own clock makes it public: a little later than the time that it was given.
  const failure = refusal('youtube_video_private', 'The first comment waits until the video is public.')
  throw new Refused({ ...failure, kind: 'retry', after: Math.max(30, seconds + 30) })
}

export const refusal = (code: string, message: string) =>
  ({ kind: 'permanent', scope: 'delivery', code, message }) as const
