import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { auth, youtube } from '@googleapis/youtube'
import { consent, nthChannel, openWorld, PROJECT, redirectOf, type World } from './world.ts'

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())

/** Google's own client, of which nothing but the addresses is changed. */
async function signIn(scopes = ['youtube.upload', 'youtube.readonly']) {
  const map = world.sandbox.hostMap(world.base)
  const client = new auth.OAuth2({
    clientId: PROJECT,
    clientSecret: 'sandbox-secret',
    redirectUri: redirectOf('youtube'),
    forceRefreshOnFailure: true,
    endpoints: {
      oauth2AuthBaseUrl: `${map['accounts.google.com']}/o/oauth2/v2/auth`,
      oauth2TokenUrl: `${map['oauth2.googleapis.com']}/token`,
      oauth2RevokeUrl: `${map['oauth2.googleapis.com']}/revoke`
    }
  })
  const scope = scopes.map(name => `https://www.googleapis.com/auth/${name}`)
  const url = client.generateAuthUrl({ access_type: 'offline', prompt: 'consent', scope, state: 's' })
  const back = await consent(new URL(url), nthChannel(0))
  const { tokens } = await client.getToken(back.searchParams.get('code') ?? '')
  client.setCredentials(tokens)
  return {
    client,
    tokens,
    api: youtube({ version: 'v3', auth: client }),
    at: { rootUrl: `${map['youtube.googleapis.com']}/` }
  }
}

test("Google's own client signs in, uploads, polls, lists and revokes", async () => {
  const { client, tokens, api, at } = await signIn()
  assert.ok(tokens.refresh_token && tokens.access_token && (tokens.expiry_date ?? 0) > 0)
  const channels = await api.channels.list({ part: ['id', 'snippet', 'contentDetails'], mine: true }, at)
  const channel = channels.data.items?.[0]
  assert.equal(channel?.snippet?.title, 'Sandbox channel 1')

  const file = randomBytes(3 * 2 ** 20 + 7)
  const made = await api.videos.insert(
    {
      part: ['snippet', 'status'],
      requestBody: { snippet: { title: "Google's client", categoryId: '22' }, status: { privacyStatus: 'unlisted' } },
      media: { mimeType: 'video/mp4', body: Readable.from([file.subarray(0, 1_000_001), file.subarray(1_000_001)]) }
    },
    at
  )
  assert.equal(made.data.status?.uploadStatus, 'uploaded')
  const [post] = await world.sandbox.posts(PROJECT)
  assert.deepEqual([post?.id, post?.bytes, post?.sha256], [made.data.id, file.length, world.sha256(file)])

  world.clock.now = new Date(world.clock.now.getTime() + 2000)
  const polled = await api.videos.list({ part: ['status', 'fileDetails'], id: [made.data.id ?? ''] }, at)
  assert.equal(polled.data.items?.[0]?.status?.uploadStatus, 'processed')
  assert.equal(polled.data.items?.[0]?.fileDetails?.fileSize, String(file.length))
  const playlistId = channel?.contentDetails?.relatedPlaylists?.uploads ?? ''
  const listed = await api.playlistItems.list({ part: ['contentDetails'], playlistId }, at)
  assert.deepEqual(
    listed.data.items?.map(i => i.contentDetails?.videoId),
    [made.data.id]
  )
  await client.revokeCredentials()
})

test("Google's own client uploads resumably, asks how much arrived, and goes on from there", async () => {
  const { client, api, at } = await signIn()
  const file = randomBytes(600_000)
  const unit = 262_144
  const opened = await client.request({
    url: `${at.rootUrl}upload/youtube/v3/videos?uploadType=resumable&part=snippet,status`,
    method: 'POST',
    headers: { 'X-Upload-Content-Type': 'video/mp4', 'X-Upload-Content-Length': String(file.length) },
    data: { snippet: { title: 'In pieces', categoryId: '22' }, status: { privacyStatus: 'private' } }
  })
  const session = opened.headers.get('location') ?? ''
  const put = (range: string, bytes: Buffer) =>
    client.request<{ id: string }>({
      url: session,
      method: 'PUT',
      headers: { 'Content-Type': 'video/mp4', 'Content-Range': `bytes ${range}/${file.length}` },
      body: bytes,
      validateStatus: status => status === 308 || (status >= 200 && status < 300)
    })
  const first = await put(`0-${unit - 1}`, file.subarray(0, unit))
  assert.deepEqual([first.status, first.headers.get('range')], [308, `bytes=0-${unit - 1}`])
  const asked = await put('*', Buffer.alloc(0))
  assert.deepEqual([asked.status, asked.headers.get('range')], [308, `bytes=0-${unit - 1}`])
  const last = await put(`${unit}-${file.length - 1}`, file.subarray(unit))
  assert.equal(last.status, 201)
  const { data } = await api.videos.list({ part: ['status', 'fileDetails'], id: [last.data.id] }, at)
  assert.equal(data.items?.[0]?.fileDetails?.fileSize, String(file.length))
  const post = (await world.sandbox.posts(PROJECT)).find(each => each.id === last.data.id)
  assert.equal(post?.sha256, world.sha256(file))
})

test("Google's own client understands a refusal, and renews a dead token by itself", async () => {
  const { client, api, at } = await signIn()
  const bad = api.videos.insert(
    {
      part: ['snippet'],
      requestBody: { snippet: { title: 'a <b>' } },
      media: { mimeType: 'video/mp4', body: Readable.from([Buffer.from('abcd')]) }
    },
    at
  )
  await assert.rejects(bad, error => {
    assert.equal((error as { status?: number }).status, 400)
    assert.match((error as Error).message, /invalid or empty video title/)
    return true
  })
  const before = client.credentials.access_token
  await world.sandbox.setFaults(PROJECT, { status: { at: 'channels', code: 401 } })
  assert.equal((await api.channels.list({ part: ['id'], mine: true }, at)).data.items?.length, 1)
  assert.notEqual(client.credentials.access_token, before)
})

test("Google's own client sets a thumbnail, adds captions, a playlist's item and a comment, and lists them", async () => {
  const { api, at } = await signIn(['youtube.force-ssl'])
  const insert = { snippet: { title: 'With extras', categoryId: '22' } }
  const media = { mimeType: 'video/mp4', body: Readable.from([randomBytes(1000)]) }
  const { data } = await api.videos.insert({ part: ['snippet'], requestBody: insert, media }, at)
  const videoId = data.id ?? ''
  world.clock.now = new Date(world.clock.now.getTime() + 2000)

  const picture = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), randomBytes(5000)])
  const set = await api.thumbnails.set(
    { videoId, media: { mimeType: 'image/jpeg', body: Readable.from([picture]) } },
    at
  )
  assert.ok(set.data.items?.[0]?.default?.url)

  const words = '1\n00:00:00,000 --> 00:00:01,000\nHallo\n'
  const captions = {
    part: ['snippet'],
    requestBody: { snippet: { videoId, language: 'de', name: 'Deutsch' } },
    media: { mimeType: 'application/octet-stream', body: Readable.from([Buffer.from(words)]) }
  }
  assert.equal((await api.captions.insert(captions, at)).data.snippet?.trackKind, 'standard')
  const again = { ...captions, media: { ...captions.media, body: Readable.from([Buffer.from(words)]) } }
  await assert.rejects(
    async () => api.captions.insert(again, at),
    (error: { status?: number }) => error.status === 409
  )
  const tracks = await api.captions.list({ part: ['snippet'], videoId }, at)
  assert.deepEqual(
    tracks.data.items?.map(track => [track.snippet?.language, track.snippet?.trackKind]),
    [
      ['de', 'standard'],
      ['en', 'asr']
    ]
  )

  const lists = await api.playlists.list({ part: ['snippet'], mine: true }, at)
  const playlistId = lists.data.items?.[0]?.id ?? ''
  const item = { snippet: { playlistId, resourceId: { kind: 'youtube#video', videoId } } }
  await api.playlistItems.insert({ part: ['snippet'], requestBody: item }, at)
  const items = await api.playlistItems.list({ part: ['contentDetails'], playlistId, videoId }, at)
  assert.equal(items.data.items?.[0]?.contentDetails?.videoId, videoId)

  const channelId = data.snippet?.channelId ?? ''
  const topLevelComment = { snippet: { textOriginal: 'First!' } }
  const said = await api.commentThreads.insert(
    { part: ['snippet'], requestBody: { snippet: { channelId, videoId, topLevelComment } } },
    at
  )
  const threads = await api.commentThreads.list({ part: ['snippet'], videoId, order: 'time' }, at)
  assert.equal(threads.data.items?.[0]?.id, said.data.id)
  assert.equal(threads.data.items?.[0]?.snippet?.topLevelComment?.snippet?.authorChannelId?.value, channelId)
  const categories = await api.videoCategories.list({ part: ['snippet'], regionCode: 'US' }, at)
  assert.ok(categories.data.items?.some(category => category.snippet?.assignable))
})
