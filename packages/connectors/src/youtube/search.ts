import type { Context, Doubt, Http, Progress } from '../connector.ts'
import { fold } from '../text.ts'
import { type File, Files, type Listed, PlaylistPage, type YoutubeState } from './shapes.ts'
import { made } from './watch.ts'

/** The uploads playlist is late: "none" counts only after this, from the end of the try, which a slow chunk may draw out for longer. */
const LIST_SECONDS = 900

/** The session is forgotten: look for the video among the channel's newest. "None" is said only of videos that were told in full. */
export async function search(
  state: YoutubeState,
  { http, account, now }: Context,
  doubt: Doubt
): Promise<Progress<YoutubeState>> {
  const age = (now.getTime() - (doubt.until ?? doubt.since).getTime()) / 1000
  // The longer nothing changes, the rarer the look.
  const unclear: Progress<YoutubeState> = {
    at: 'unclear',
    askAgainIn: Math.round(Math.min(1800, Math.max(60, age / 4)))
  }
  const list = await newest(http, String(account.facts.uploads), new Date(doubt.since.getTime() - 60_000))
  const free = list.ids.filter(id => !doubt.taken.includes(id))
  const files = await describe(http, free)
  const like = (wanted: Likeness): string[] => free.filter(id => likenessOf(files.get(id), state) === wanted)
  const named = like('named')
  if (named.length > 1) return unclear
  if (named[0] !== undefined) return made({ ...state, id: named[0] })
  const alike = like('alike')
  if (alike.length > 1 || like('untold').length > 0 || !list.isWhole) return unclear
  if (alike[0] !== undefined) return made({ ...state, id: alike[0] })
  return age > LIST_SECONDS ? { at: 'gone' } : unclear
}

/** `untold`: it may be ours as far as YouTube tells. */
type Likeness = 'named' | 'alike' | 'other' | 'untold'

/** The file name is our marker: it decides alone where YouTube kept it, for us and against us. */
function likenessOf(video: File | undefined, { slug, title, bytes }: YoutubeState): Likeness {
  const { fileName, fileSize } = video?.fileDetails ?? {}
  const name = video?.snippet?.title
  if (fileName === slug) return 'named'
  if (/^u24-[a-z0-9]{26}\./.test(fileName ?? '')) return 'other'
  if ((name !== undefined && fold(name) !== fold(title)) || (fileSize !== undefined && fileSize !== bytes))
    return 'other'
  return name === undefined || fileName === undefined || fileSize === undefined ? 'untold' : 'alike'
}

async function describe(http: Http, ids: readonly string[]): Promise<ReadonlyMap<string, File>> {
  const files = new Map<string, File>()
  for (let i = 0; i < ids.length; i += 50) {
    const some = ids
      .slice(i, i + 50)
      .map(encodeURIComponent)
      .join(',')
    const res = await http('api', `/youtube/v3/videos?part=snippet,fileDetails&id=${some}`)
    for (const file of Files.parse(JSON.parse(res.text)).items) files.set(file.id, file)
  }
  return files
}

/**
 * Ids of the videos since then. Two pages, for neither order nor freshness of the list is promised, and more while they hold new ones.
 * `isWhole`: each page told what it holds.
 */
async function newest(
  http: Http,
  playlist: string,
  since: Date
): Promise<{ ids: readonly string[]; isWhole: boolean }> {
  const ids = new Set<string>()
  let isWhole = true
  let page: string | undefined = ''
  for (let i = 0; page !== undefined; i++) {
    const token: string = page === '' ? '' : `&pageToken=${encodeURIComponent(page)}`
    const query = `part=snippet,contentDetails&maxResults=50&playlistId=${encodeURIComponent(playlist)}${token}`
    const list = PlaylistPage.parse(JSON.parse((await http('api', `/youtube/v3/playlistItems?${query}`)).text))
    const fresh = list.items.filter(item => isSince(item, since)).map(item => item.contentDetails.videoId)
    for (const id of fresh) ids.add(id)
    isWhole &&= list.isTold
    page = i === 0 || fresh.length > 0 ? list.nextPageToken : undefined
  }
  return { ids: [...ids], isWhole }
}

/** Without a time it may be new. */
function isSince({ snippet, contentDetails }: Listed, since: Date): boolean {
  const times = [snippet?.publishedAt, contentDetails.videoPublishedAt].filter(time => time !== undefined)
  return times.length === 0 || times.some(time => time > since)
}
