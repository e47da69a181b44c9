import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readId } from '../src/lib/ids.ts'
import { createBrowser } from './browser.ts'
import { testDatabase } from './database.ts'
import { openDeliveryWorld } from './delivery-world.ts'
import { makeVideo } from './workspace.ts'

const database = await testDatabase()
const { pool } = database
const world = await openDeliveryWorld(database)
const ada = await world.newWorkspace()
const { authorizeUrl } = await ada.insist('POST', '/accounts/link', { platform: 'tiktok', sandbox: true })
const tiktok = (await createBrowser().link(authorizeUrl)).end.searchParams.get('linked') ?? ''
const youtube = await ada.link()
const options = { privacyLevel: 'SELF_ONLY', commercialContent: true, brandedContent: false, yourBrand: true }

const consentOf = async (uploadId: string, platform = 'tiktok') => {
  const { rows } = await pool.query('select consent from deliveries where upload_id = $1 and platform = $2', [
    readId('upload', uploadId),
    platform
  ])
  return rows[0].consent
}
const declared = world.platforms.connectors.tiktok?.consent?.(options)

test('what a person declares by sending a post is kept with it: the words, who, and when', async () => {
  const before = Date.now()
  const { uploadId } = await ada.upload([tiktok, youtube], makeVideo(150_000), { tiktok: JSON.stringify(options) })
  const { text, by, at } = await consentOf(uploadId)
  assert.ok(declared)
  assert.equal(text, declared)
  assert.match(by, /^user_/)
  assert.ok(Date.parse(at) >= before - 1000 && Date.parse(at) <= Date.now() + 1000)
  assert.equal(await consentOf(uploadId, 'youtube'), null, 'this platform asks for none')
})

test('whoever changes the options declares anew', async () => {
  const scheduledOn = new Date(Date.now() + 3_600_000).toISOString()
  const { uploadId } = await ada.upload([tiktok], makeVideo(150_000), { tiktok: JSON.stringify(options), scheduledOn })
  const before = await consentOf(uploadId)
  const changed = { ...options, brandedContent: true, privacyLevel: 'PUBLIC_TO_EVERYONE' }
  await ada.insist('PATCH', `/api/upload/${uploadId}`, { tiktok: changed })
  const after = await consentOf(uploadId)
  assert.match(after.text, /Branded Content Policy/)
  assert.ok(after.at > before.at)
})

test('of a session, it is the consent of whoever made it', async () => {
  const { key, id } = await ada.insist('POST', '/api-keys/generate', { name: 'sender' })
  const video = makeVideo(150_000)
  const body = { title: 'A', accounts: [tiktok], fileName: 'a.mp4', fileSize: video.length, contentType: 'video/mp4' }
  const made = await fetch(`${world.wire.base}/api/upload/presign-put`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, tiktok: options })
  })
  const { sessionToken, uploadUrl, headers } = (await made.json()) as Record<string, string> & {
    headers: Record<string, string>
  }
  assert.equal(made.status, 201)
  const put = await fetch(uploadUrl ?? '', { method: 'PUT', headers, body: video as Uint8Array<ArrayBuffer> })
  assert.equal(put.status, 200)
  const { uploadId } = await ada.insist('POST', '/api/upload/complete', { sessionToken, parts: [] })
  const { text, by } = await consentOf(uploadId)
  assert.deepEqual([text, by], [declared, id])
})
