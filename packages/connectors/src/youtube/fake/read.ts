import type { Reply } from '../../sandbox/reply.ts'
import type { Holder } from '../../sandbox/sign-in.ts'
import { refuse } from './errors.ts'
import { list, pageOf, resource } from './lists.ts'
import { channelsOf, type World } from './model.ts'
import { partsOf } from './parts.ts'
import { OWNER_PARTS, privacyOf, videoResource } from './video.ts'

/** GET /youtube/v3/channels */
export async function listChannels(query: URLSearchParams, caller: Holder, { faults }: World): Promise<Reply> {
  const parts = partsOf(query)
  const filters = ['mine', 'id', 'forHandle', 'forUsername'].filter(name => query.has(name))
  if (filters.length !== 1)
    throw refuse(400, filters.length === 0 ? 'missingRequiredParameter' : 'invalidCriteria', {
      message: 'No filter selected. Expected one of: mine, id, forHandle, forUsername'
    })
  const { noChannel, longUploads = 'allowed' } = await faults.get(caller.project)
  if (noChannel === 'error') throw refuse(401, 'youtubeSignupRequired')
  const isWanted = (id: string): boolean =>
    query.get('mine') === 'true' ? id === caller.account : (query.get('id')?.split(',').includes(id) ?? false)
  const found = noChannel === 'empty' ? [] : channelsOf(caller.project).filter(c => isWanted(c.id))
  const items = found.map(channel => {
    const all: Record<string, unknown> = {
      snippet: {
        title: channel.name,
        description: '',
        customUrl: channel.handle,
        publishedAt: '2026-01-01T00:00:00Z',
        thumbnails: {},
        ...(channel.country === null ? {} : { country: channel.country })
      },
      contentDetails: { relatedPlaylists: { likes: '', uploads: channel.uploads } },
      status: { privacyStatus: 'public', isLinked: true, longUploadsStatus: longUploads, madeForKids: false },
      statistics: { viewCount: '0', subscriberCount: '0', hiddenSubscriberCount: false, videoCount: '0' }
    }
    return resource('channel', channel.id, parts, all)
  })
  return list('channelListResponse', items)
}

/** GET /youtube/v3/videos */
export async function listVideos(query: URLSearchParams, caller: Holder, { model, deps }: World): Promise<Reply> {
  const parts = partsOf(query)
  const ids = query.get('id')?.split(',').filter(Boolean) ?? []
  if (ids.length === 0)
    throw refuse(400, 'missingRequiredParameter', { message: 'No filter selected. Expected one of: id, chart' })
  if (ids.length > 50) throw refuse(400, 'invalidParameter', { location: 'id', locationType: 'parameter' })
  const now = deps.now()
  const items = []
  for (const id of new Set(ids)) {
    const doc = await model.get('video', id)
    if (!doc || doc.project !== caller.project) continue
    const isOwner = doc.channel === caller.account
    if (!isOwner && privacyOf(doc, now) === 'private') continue
    if (!isOwner && parts.some(part => OWNER_PARTS.includes(part)))
      throw refuse(403, 'forbidden', { message: 'Access forbidden. The request may not be properly authorized.' })
    items.push(videoResource(id, doc, parts, now))
  }
  return list('videoListResponse', items)
}

/** GET /youtube/v3/playlistItems, for the list of uploads: newest first. */
export async function listUploads(
  query: URLSearchParams,
  caller: Holder,
  { model, deps, faults }: World
): Promise<Reply> {
  const parts = partsOf(query)
  const playlist = query.get('playlistId')
  if (playlist === null) throw refuse(400, 'playlistIdRequired', { domain: 'youtube.playlistItem' })
  const channel = channelsOf(caller.project).find(c => c.uploads === playlist)
  if (!channel)
    throw refuse(404, 'playlistNotFound', {
      domain: 'youtube.playlistItem',
      message: "The playlist identified with the request's playlistId parameter cannot be found.",
      location: 'playlistId',
      locationType: 'parameter'
    })
  const now = deps.now()
  const { showPostsAfterSeconds = 0 } = await faults.get(caller.project)
  const isShown = (createdAt: string): boolean => Date.parse(createdAt) + showPostsAfterSeconds * 1000 <= now.getTime()
  const videos = (await model.list('video', caller.project))
    .filter(({ doc }) => doc.channel === channel.id && isShown(doc.createdAt))
    .filter(({ doc }) => channel.id === caller.account || privacyOf(doc, now) === 'public')
    .sort((a, b) => b.doc.createdAt.localeCompare(a.doc.createdAt))
  const { from, items, more } = pageOf(query, 5, 50, videos)
  const shown = items.map(({ id, doc }, at) => {
    const all: Record<string, unknown> = {
      snippet: {
        publishedAt: doc.createdAt,
        channelId: doc.channel,
        title: doc.body.snippet?.title,
        description: doc.body.snippet?.description ?? '',
        playlistId: playlist,
        position: from + at,
        resourceId: { kind: 'youtube#video', videoId: id }
      },
      contentDetails: { videoId: id, videoPublishedAt: doc.createdAt },
      status: { privacyStatus: privacyOf(doc, now) }
    }
    return resource('playlistItem', `${playlist}.${id}`, parts, all)
  })
  return list('playlistItemListResponse', shown, more)
}
