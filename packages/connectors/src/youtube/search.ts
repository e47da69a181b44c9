import type { Context, Doubt, Http, Progress } from '../connector.ts'
import { Files, PlaylistPage, type YoutubeState } from './shapes.ts'
import { made } from './watch.ts'

/** The uploads playlist is late: "none" counts only after this, from the end of the try, which a slow chunk may draw out for longer. */
const LIST_SECONDS = 900

/** The session is forgotten: look for the video among the channel's newest. */
export async function search(
  state: YoutubeState,
  { http, account, now }: Context,
  doubt: Doubt
): Promise<Progress<YoutubeState>> {
  const late = now.getTime() - (doubt.until ?? doubt.since).getTime() > LIST_SECONDS * 1000
  const none: Progress<YoutubeState> = late ? { at: 'gone' } : { at: 'unclear', askAgainIn: 60 }
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
