import type { Account, Context, Doubt, Progress } from '../connector.ts'
import { readFacts } from './creator.ts'
import { readData, type TiktokState, Videos } from './shapes.ts'

/** "title", "video_description": at most 150 characters of the caption: …/tiktok-api-v2-video-object. */
const SHOWN = 150
/** Moderation keeps a post off the list for so long, mostly. */
const LIST_SECONDS = 900

/** Public posts of accounts that let us read their list can be found again. Such deliveries run one after the other, so that none finds another's. */
export const isListed = (account: Account, isPublic: boolean): boolean =>
  isPublic && account.scopes.includes('video.list')

/**
 * TikTok forgot the publish id of bytes that may have become a post. The list of public videos can prove that there is one; that there is none
 * it cannot prove, so a person looks in the end.
 */
export async function search(
  state: TiktokState,
  { http, account, now }: Context,
  doubt: Doubt
): Promise<Progress<TiktokState>> {
  const age = (now.getTime() - (doubt.until ?? doubt.since).getTime()) / 1000
  const unclear: Progress<TiktokState> = age > LIST_SECONDS ? { at: 'unclear' } : { at: 'unclear', askAgainIn: 60 }
  if (!isListed(account, state.isPublic) || state.caption === '') return unclear
  const answer = await http('api', '/v2/video/list/?fields=id,title,video_description,create_time', {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: JSON.stringify({ max_count: 20 })
  })
  const caption = shown(state.caption)
  // Not a minute earlier: the delivery before this one may have posted the same text then.
  const from = Math.floor(Date.parse(state.openedAt) / 1000)
  const ours = readData(Videos, answer).videos.filter(
    video =>
      video.create_time >= from &&
      !doubt.taken.includes(video.id) &&
      [video.title, video.video_description].some(text => shown(text) === caption)
  )
  const [only] = ours
  if (ours.length !== 1 || only === undefined) return unclear
  const username = readFacts(account).username ?? account.handle.replace(/^@/, '')
  return {
    at: 'published',
    post: { id: only.id, url: `https://www.tiktok.com/@${encodeURIComponent(username)}/video/${only.id}` }
  }
}

const shown = (text: string): string => text.trim().slice(0, SHOWN)
