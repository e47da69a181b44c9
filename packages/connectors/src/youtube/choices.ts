import type { Choice, Context } from '../connector.ts'
import { readJson } from '../json.ts'
import { Categories, Playlists } from './shapes.ts'

const MAX_PAGES = 4

/** What the account offers today, by option name. */
export const choices = { playlistId, categoryId }

/** The channel's own lists, at most 200. */
async function playlistId({ http }: Context): Promise<readonly Choice[]> {
  const found: Choice[] = []
  let page: string | undefined = ''
  for (let i = 0; i < MAX_PAGES && page !== undefined; i++) {
    const token: string = page === '' ? '' : `&pageToken=${encodeURIComponent(page)}`
    const res = await http('api', `/youtube/v3/playlists?part=snippet&mine=true&maxResults=50${token}`)
    const list = Playlists.parse(readJson(res.text))
    found.push(...list.items.map(({ id, snippet }) => ({ value: id, label: snippet.title })))
    page = list.nextPageToken
  }
  return found
}

/** Those of the channel's country that a video may have. */
async function categoryId({ http, account }: Context): Promise<readonly Choice[]> {
  const region = typeof account.facts.country === 'string' ? account.facts.country : 'US'
  const res = await http('api', `/youtube/v3/videoCategories?part=snippet&regionCode=${encodeURIComponent(region)}`)
  return Categories.parse(readJson(res.text))
    .items.filter(({ snippet }) => snippet.assignable)
    .map(({ id, snippet }) => ({ value: id, label: snippet.title }))
}
