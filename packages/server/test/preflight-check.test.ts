import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readId } from '../src/lib/ids.ts'
import { testDatabase } from './database.ts'
import { makeVideo, readFixture } from './make-video.ts'
import { faultsOf, openUploadWorld } from './upload-world.ts'

const world = await openUploadWorld(await testDatabase())
const tenant = await world.newTenant({ accounts: 1, quota: 3 })
const [youtube = ''] = tenant.accounts
const tiktok = await tenant.newAccount({ platform: 'tiktok' })
const instagram = await tenant.newAccount({ platform: 'instagram' })
const accounts = [youtube, tiktok, instagram]
const about = { title: 'Film', accounts, tiktok: { privacyLevel: 'SELF_ONLY' } }

/** Whatever it is asked, a check leaves everything as it was. */
async function check(body: object) {
  const before = await world.traces()
  const answer = await tenant.post('/api/upload/check', body)
  const { objects } = await world.traces()
  assert.deepEqual(
    { ...(await world.traces()), objects: objects.length },
    { ...before, objects: before.objects.length }
  )
  return answer
}
async function checks(body: object) {
  const answer = await check(body)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body
}
type Fault = { path: string; code: string; limit?: unknown; measured?: unknown; isMendable?: boolean }
const shortly = (faults: Fault[]) =>
  faults.map(({ path, code, limit, measured }) =>
    [path, code, limit, measured].filter(part => part !== undefined).join(' ')
  )

test('text alone is checked: what would be posted where, and what was adapted', async () => {
  const body = await checks({ ...about, title: `${'word '.repeat(40)}end`, description: 'More' })
  assert.equal(body.ok, true)
  assert.deepEqual([body.faults, body.media], [[], null])
  const [first, second] = body.accounts
  assert.deepEqual(
    [first.accountId, first.platform, first.displayName, first.fits],
    [youtube, 'youtube', 'Engines', true]
  )
  assert.ok(first.title.length <= 100)
  assert.equal(first.adjustments[0].field, 'title')
  assert.deepEqual([second.description, second.faults], ['', []])
  assert.ok(second.adjustments.some((each: { field: string }) => each.field === 'description'))
})

test('what is known of the video is held against the rules of each platform', async () => {
  const media = {
    fileSize: 400_000_000,
    contentType: 'video/webm',
    durationSeconds: 700,
    width: 1080,
    height: 1920,
    frameRate: 90,
    container: 'webm',
    videoCodec: 'vp9',
    audioCodec: 'opus',
    audioChannels: 6
  }
  const body = await checks({ ...about, media })
  assert.equal(body.ok, false)
  const [onYoutube, onTiktok, onInstagram] = body.accounts
  assert.deepEqual([onYoutube.fits, onYoutube.faults], [true, []])
  assert.deepEqual(shortly(onTiktok.faults), ['file duration_too_big 600 700', 'file frame_rate_too_big 60 90'])
  assert.deepEqual(
    onTiktok.faults.map((each: Fault) => each.isMendable),
    [false, true]
  )
  assert.deepEqual(shortly(onInstagram.faults), [
    'file content_type video/mp4, video/quicktime video/webm',
    'file container mp4, mov webm',
    'file video_codec avc, hevc vp9',
    'file audio_codec aac opus',
    'file size_too_big 300000000 400000000',
    'file frame_rate_too_big 60 90',
    'file audio_channels_too_big 2 6'
  ])
  assert.equal((await checks({ ...about, media: { width: 1080, height: 1920 } })).ok, true)
})

test('options are told where they belong, account by account, and never as a refusal', async () => {
  const { accounts, faults, ok } = await checks({
    title: 'Film',
    accounts: [youtube, tiktok],
    youtube: { categoryId: 'x' },
    accountOptions: { [tiktok]: { privacyLevel: 'NOBODY' } }
  })
  assert.deepEqual([ok, faults], [false, []])
  const paths = accounts.map((each: { faults: Fault[] }) => each.faults.map(({ path }) => path).sort())
  assert.deepEqual(paths, [
    ['youtube.categoryId', 'youtube.defaultAudioLanguage', 'youtube.defaultLanguage'],
    [`accountOptions.${tiktok}.privacyLevel`]
  ])
})

test('an account that cannot publish, one that is not there, a time and the quota are told beside the rest', async () => {
  const another = await tenant.newAccount()
  const dead = await tenant.newAccount({ status: 'needs_relink' })
  const body = await checks({
    title: 'Film',
    accounts: [dead, 'account_x', youtube, another, instagram],
    scheduledOn: '2020-01-01T00:00:00Z'
  })
  assert.equal(body.ok, false)
  assert.deepEqual(
    body.faults.map(({ path, code }: Fault) => `${path} ${code}`),
    ['accounts quota_exceeded', 'accounts[1] account_not_found', 'scheduledOn in_the_past']
  )
  const fits = body.accounts.map((each: { accountId: string; fits: boolean }) => [each.accountId, each.fits])
  assert.deepEqual(fits, [
    [dead, false],
    [youtube, true],
    [another, true],
    [instagram, true]
  ])
  assert.deepEqual(shortly(body.accounts[0].faults), ['accounts[0] account_not_active'])
})

test('what cannot be read is 422 as everywhere', async () => {
  const refused = await check({ titel: 'x', accounts, media: { with: 1 }, sessionToken: 'x' })
  assert.equal(refused.status, 422)
  assert.deepEqual(faultsOf(refused), ['media.with unknown_field', 'titel unknown_field', 'title required'])
  assert.deepEqual(faultsOf(await check({ ...about, media: { height: 5 } })), ['media.width invalid_value'])
  assert.deepEqual(faultsOf(await check({ ...about, media: {}, sessionToken: 'x' })), ['media not_used'])
  assert.equal((await check({ ...about, sessionToken: 'session_x' })).status, 404)
})

async function start(kind: 'presign-put' | 'multipart', file: Buffer) {
  const { status, body } = await tenant.post(`/api/upload/${kind}`, {
    title: 'Film',
    accounts: [youtube],
    fileName: 'film.mp4',
    fileSize: file.length,
    contentType: 'video/mp4',
    ...(kind === 'multipart' ? { partSize: 5 * 2 ** 20 } : {})
  })
  assert.equal(status, 201, JSON.stringify(body))
  return body
}

test('the bytes of a session are measured once they have arrived, and complete goes on from there', async () => {
  const portrait = readFixture('portrait.mp4')
  const { sessionToken, uploadUrl, headers } = await start('presign-put', portrait)
  assert.equal((await checks({ ...about, sessionToken })).media, null)
  await world.send('PUT', uploadUrl, { body: portrait, headers })
  for (let round = 0; round < 2; round++) {
    const { ok, media, accounts } = await checks({ ...about, sessionToken })
    assert.equal(ok, false)
    assert.deepEqual(media, {
      durationSeconds: 4,
      width: 270,
      height: 480,
      frameRate: 30,
      container: 'mp4',
      videoCodec: 'avc',
      audioCodec: 'aac',
      audioChannels: 2,
      audioSampleRate: 48_000
    })
    assert.deepEqual(shortly(accounts[1].faults), ['file width_too_small 360 270'])
  }
  assert.equal((await tenant.post('/api/upload/complete', { sessionToken, parts: [] })).status, 201)
  const over = await check({ ...about, sessionToken })
  assert.equal(over.body.code, 'session_completed')
})

test('so are parts, and what is no video is told', async () => {
  const film = makeVideo(7 * 2 ** 20)
  for (const [bytes, isVideo] of [
    [film, true],
    [Buffer.alloc(7 * 2 ** 20, 'x'), false]
  ] as const) {
    const { sessionToken, parts } = await start('multipart', bytes)
    const tags: { partNumber: number; eTag: string | null }[] = []
    for (const { partNumber, uploadUrl, size } of parts) {
      assert.equal((await checks({ title: 'Film', accounts: [youtube], sessionToken })).media, null)
      const start = (partNumber - 1) * 5 * 2 ** 20
      const answer = await world.send('PUT', uploadUrl, { body: bytes.subarray(start, start + size) })
      tags.push({ partNumber, eTag: answer.headers.get('etag') })
    }
    for (let round = 0; round < 2; round++) {
      const { ok, media, faults } = await checks({ title: 'Film', accounts: [youtube], sessionToken })
      assert.deepEqual(
        [ok, media?.container, shortly(faults)],
        isVideo ? [true, 'mp4', []] : [false, undefined, ['file not_a_video']]
      )
    }
    const done = await tenant.post('/api/upload/complete', { sessionToken, parts: tags })
    assert.equal(done.status, isVideo ? 201 : 422)
    if (!isVideo) assert.equal((await tenant.post('/api/upload/abort', { sessionToken })).status, 200)
  }
})

test('a key that may use certain accounts checks with these alone', async () => {
  const key = await tenant.newKey([readId('account', instagram) as string])
  const answer = await tenant.ask('POST', '/api/upload/check', { body: about, headers: { 'x-api-key': key } })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  assert.deepEqual(
    answer.body.faults.map(({ code }: Fault) => code),
    ['account_not_allowed', 'account_not_allowed']
  )
})
