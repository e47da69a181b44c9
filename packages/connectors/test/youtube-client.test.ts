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
async function signIn() {
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
  const scope = ['youtube.upload', 'youtube.readonly'].map(name => `https://www.googleapis.com/auth/${name}`)
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
