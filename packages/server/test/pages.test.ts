import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { connectors } from '@upload24/connectors'
import { testDatabase } from './database.ts'
import { openUploadWorld } from './upload-world.ts'

const world = await openUploadWorld(await testDatabase())
const tenant = await world.newTenant({ accounts: 1 })

const readSample = async () => {
  const answer = await fetch(`${world.base}/sample.mp4`)
  assert.equal(answer.status, 200)
  return Buffer.from(await answer.arrayBuffer())
}

test('the sample video fits every platform as it is', async () => {
  const film = await readSample()
  assert.ok(film.length <= 300_000)
  const accounts = [tenant.accounts[0] as string]
  for (const platform of Object.keys(connectors).filter(id => id !== 'youtube')) {
    accounts.push(await tenant.newAccount({ platform }))
  }
  const about = { title: 'Sample', accounts, fileName: 'sample.mp4', fileSize: film.length, contentType: 'video/mp4' }
  const options = { tiktok: { privacyLevel: 'SELF_ONLY' } }
  const session = (await tenant.post('/api/upload/presign-put', { ...about, ...options })).body
  await world.send('PUT', session.uploadUrl, { body: film, headers: { 'content-type': 'video/mp4' } })
  const { body } = await tenant.post('/api/upload/check', {
    title: 'Sample',
    accounts,
    ...options,
    sessionToken: session.sessionToken
  })
  assert.deepEqual([body.ok, body.faults], [true, []], JSON.stringify(body.accounts))
  assert.deepEqual([body.media.width, body.media.height, body.media.videoCodec], [720, 1280, 'avc'])
})

test('the sample video is played by ranges and kept by its tag', async () => {
  const film = await readSample()
  const ask = (headers: Record<string, string>) => fetch(`${world.base}/sample.mp4`, { headers })
  const part = await ask({ range: 'bytes=100-199' })
  assert.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes 100-199/${film.length}`])
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  assert.equal(hash(new Uint8Array(await part.arrayBuffer())), hash(film.subarray(100, 200)))
  assert.equal((await ask({ range: `bytes=${film.length}-` })).status, 416)
  assert.equal((await ask({ 'if-none-match': part.headers.get('etag') ?? '' })).status, 304)
})

test('a form can be drawn of what each platform declares', async () => {
  const { body } = await tenant.ask('GET', '/platforms')
  for (const { id, media, options } of body.items) {
    assert.match(media.source, /^https:/)
    const fields = Object.entries(options.properties) as [string, Record<string, unknown>][]
    assert.ok(fields.every(([, field]) => typeof field.title === 'string'))
    const withChoices = fields.filter(([, { hasChoices }]) => hasChoices === true).map(([name]) => name)
    assert.deepEqual(withChoices.sort(), Object.keys(connectors[id]?.choices ?? {}).sort(), id)
    const visibility = fields.filter(([, field]) => field.visibility === true)
    assert.ok(visibility.length <= 1, id)
    // Without words for them, a form would show what only the API calls them.
    for (const [name, { labels }] of visibility) assert.ok(labels, `${id}.${name}`)
  }
})

test('a check tells who would see the post, what would be sent, and what its sender declares', async () => {
  const tiktok = await tenant.newAccount({ platform: 'tiktok' })
  const instagram = await tenant.newAccount({ platform: 'instagram' })
  const accounts = [tenant.accounts[0], tiktok, instagram]
  const ask = (options: object) => tenant.post('/api/upload/check', { title: 'Film', accounts, tiktok: options })
  const { body } = await ask({ privacyLevel: 'MUTUAL_FOLLOW_FRIENDS' })
  const [youtube, friends, reel] = body.accounts
  assert.deepEqual([youtube.visibility, friends.visibility, reel.visibility], ['Public', 'Friends', null])
  assert.deepEqual([youtube.handle, youtube.consent], ['@engines', null])
  assert.match(friends.consent, /^By posting, you agree to TikTok's Music Usage Confirmation/)
  assert.equal(friends.options.allowComment, false)
  const refused = (await ask({})).body.accounts[1]
  assert.deepEqual([refused.fits, refused.visibility, refused.options, refused.consent], [false, null, null, null])
})

test('the sandbox names its platforms, what can go wrong there, and whether something does', async () => {
  const read = async () => (await tenant.asOwner('GET', '/sandbox')).body.items
  const items = await read()
  assert.deepEqual(items.map(({ platform }: { platform: string }) => platform).sort(), Object.keys(connectors).sort())
  for (const { platform, faults, isFaulty } of items) {
    assert.equal(isFaulty, false)
    const titles = Object.entries(faults.properties as Record<string, { title?: string }>)
    assert.deepEqual(
      titles.filter(([, { title }]) => !title).map(([name]) => `${platform}.${name}`),
      []
    )
  }
  await tenant.asOwner('PUT', '/sandbox/youtube/faults', { body: { delayMs: 5 } })
  const faulty = (await read()).filter(({ isFaulty }: { isFaulty: boolean }) => isFaulty)
  assert.deepEqual(
    faulty.map(({ platform }: { platform: string }) => platform),
    ['youtube']
  )
})
