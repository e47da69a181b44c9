import { json, type Reply } from '../../sandbox/reply.ts'
import { digest, newSecret } from '../../sandbox/secrets.ts'
import type { Holder } from '../../sandbox/sign-in.ts'
import { parseBody } from './body.ts'
import { refuse } from './errors.ts'
import { ownVideo } from './extras.ts'
import { list, pageOf, resource } from './lists.ts'
import { channelsOf, type ItemDoc, type World } from './model.ts'
import { partsOf } from './parts.ts'

const wrong = (reason: string, status = 400, message = reason): Error =>
  refuse(status, reason, { domain: 'youtube.playlistItem', message })
const notFound = (): Error =>
  wrong('playlistNotFound', 404, "The playlist identified with the request's playlistId parameter cannot be found.")

/** GET /youtube/v3/playlists, of the caller's channel: it has three. */
export async function listPlaylists(query: URLSearchParams, caller: Holder): Promise<Reply> {
  const parts = partsOf(query)
  if (query.get('mine') !== 'true') throw refuse(400, 'missingRequiredParameter', { message: 'No filter selected.' })
  const own = channelsOf(caller.project).find(({ id }) => id === caller.account)
  const { items, more } = pageOf(query, 5, 50, own?.playlists ?? [])
  const shown = items.map(({ id, title }) =>
    resource('playlist', id, parts, {
      snippet: { channelId: caller.account, title, description: '', channelTitle: own?.name },
      status: { privacyStatus: 'public' }
    })
  )
  return list('playlistListResponse', shown, more)
}

/** POST /youtube/v3/playlistItems */
export async function addToPlaylist(
  query: URLSearchParams,
  text: string,
  caller: Holder,
  world: World
): Promise<Reply> {
  const parts = partsOf(query)
  const { snippet = {} } = parseBody(text)
  const { playlistId, position } = snippet
  const target = snippet.resourceId as { kind?: unknown; videoId?: unknown } | undefined
  if (typeof playlistId !== 'string') throw wrong('playlistIdRequired')
  if (typeof target?.videoId !== 'string') throw wrong('resourceIdRequired')
  if (target.kind !== 'youtube#video') throw wrong('invalidResourceType')
  const owner = channelsOf(caller.project).find(({ playlists }) => playlists.some(({ id }) => id === playlistId))
  if (!owner) throw notFound()
  if (owner.id !== caller.account) throw wrong('playlistItemsNotAccessible', 403)
  const { playlistSorts, playlistFull, playlistDuplicates } = await world.faults.get(caller.project)
  if (position !== undefined && playlistSorts) throw wrong('manualSortRequired')
  if (playlistFull) throw wrong('playlistContainsMaximumNumberOfVideos', 403)
  await ownVideo(target.videoId, caller, world)
  const item: ItemDoc = { playlist: playlistId, video: target.videoId, createdAt: world.deps.now().toISOString() }
  const id = playlistDuplicates === 'refuse' ? digest(`${playlistId}/${target.videoId}`) : newSecret('UEw')
  let isNew = false
  await world.model.update('item', id, caller.project, old => {
    isNew = old === null
    return old ? null : item
  })
  if (!isNew) throw wrong('videoAlreadyInPlaylist', 409)
  return json(200, resource('playlistItem', id, parts, { snippet: { ...snippet, publishedAt: item.createdAt } }))
}

/** GET /youtube/v3/playlistItems, for a list other than that of the uploads. */
export async function listItems(query: URLSearchParams, caller: Holder, world: World): Promise<Reply> {
  const parts = partsOf(query)
  const [playlist, video] = [query.get('playlistId'), query.get('videoId')]
  if (!channelsOf(caller.project).some(({ playlists }) => playlists.some(({ id }) => id === playlist))) throw notFound()
  const { showPostsAfterSeconds = 0 } = await world.faults.get(caller.project)
  const now = world.deps.now().getTime()
  const found = (await world.model.list('item', caller.project)).filter(
    ({ doc }) =>
      doc.playlist === playlist &&
      (video === null || doc.video === video) &&
      Date.parse(doc.createdAt) + showPostsAfterSeconds * 1000 <= now
  )
  const { items, more } = pageOf(query, 5, 50, found)
  const shown = items.map(({ id, doc }) =>
    resource('playlistItem', id, parts, {
      snippet: { playlistId: doc.playlist, resourceId: { kind: 'youtube#video', videoId: doc.video } },
      contentDetails: { videoId: doc.video }
    })
  )
  return list('playlistItemListResponse', shown, more)
}
