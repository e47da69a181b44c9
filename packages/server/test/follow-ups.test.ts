import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UploadStatus } from '@upload24/contract'
import { readId } from '../src/lib/ids.ts'
import { createBrowser } from './browser.ts'
import { testDatabase } from './database.ts'
import { openDeliveryWorld } from './delivery-world.ts'
import { until } from './processes.ts'
import { isOver, makeVideo } from './workspace.ts'

const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64'
)
const CAPTIONS = Buffer.from('WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n')
const YOUTUBE = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en' }
const AT_ONCE = { processing: { seconds: 0, times: 9 } }

const database = await testDatabase()
const { pool } = database
const world = await openDeliveryWorld(database)
type Workspace = Awaited<ReturnType<typeof world.newWorkspace>>

/** A workspace with one channel, and what its tests do with it. */
async function open(faults: object = {}) {
  const ada = await world.newWorkspace()
  const account = await ada.link()
  await ada.setFaults({ ...AT_ONCE, ...faults })
  return { ada, account }
}

async function send(ada: Workspace, bytes: Buffer, name: string): Promise<string> {
  const form = new FormData()
  form.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), name)
  return (await ada.insist('POST', '/api/files', form)).fileId
}

const publish = (ada: Workspace, account: string, youtube: object) =>
  ada.upload([account], makeVideo(20_000), { youtube: JSON.stringify({ ...YOUTUBE, ...youtube }) })

const followUps = ({ accounts: [target] }: UploadStatus) => target?.followUps ?? []
const told = (status: UploadStatus) => followUps(status).map(each => [each.name, each.status, each.errorCode])
const areOver = (status: UploadStatus) =>
  isOver(status) && followUps(status).every(({ status: word }) => word === 'Uploaded' || word === 'Failed')
const finish = (ada: Workspace, { uploadId }: UploadStatus) => ada.waitFor(uploadId, areOver, ada.hurry)

const onlyPost = async (ada: Workspace, platform = 'youtube') => {
  const { items } = await ada.insist('GET', `/sandbox/${platform}/posts`)
  assert.equal(items.length, 1)
  return items[0]
}
const rowsOf = async (ada: Workspace) =>
  (
    await pool.query('select * from deliveries where tenant_id = $1 order by parent_id nulls first, position', [
      ada.tenantId
    ])
  ).rows

test('what the options ask for is done once the post exists, each as a row of its own that costs no quota', async () => {
  const { ada, account } = await open()
  const { items } = await ada.insist('GET', `/accounts/${account}/choices?field=playlistId`)
  const thumbnail = await send(ada, PICTURE, 'cover.png')
  const made = await publish(ada, account, {
    thumbnail,
    captions: [{ file: await send(ada, CAPTIONS, 'english.vtt'), language: 'en', name: 'English' }],
    playlistId: items[0].value,
    firstComment: 'First!'
  })
  assert.deepEqual(followUps(made), [], 'there is no post yet')
  const status = await finish(ada, made)
  assert.deepEqual(
    new Set(told(status).map(String)),
    new Set(['thumbnail', 'captions:en:English', 'playlist', 'comment'].map(name => `${name},Uploaded,`))
  )
  const { metadata } = await onlyPost(ada)
  assert.equal(metadata.thumbnail.bytes, PICTURE.length)
  assert.deepEqual([metadata.captions.length, metadata.playlists.length, metadata.comments.length], [1, 1, 1])
  assert.deepEqual(await ada.used(), { used: 1, reserved: 0 })

  const [post, ...rest] = await rowsOf(ada)
  assert.deepEqual(
    rest.map(row => row.parent_id),
    rest.map(() => post.id)
  )
  assert.equal(rest.find(row => row.follow_up === 'thumbnail').file_id, readId('file', thumbnail))
  assert.equal(post.remote_id, status.accounts[0]?.externalId, 'a comment has an id too, and it is not the post')
})

test('a follow-up that fails leaves the post uploaded, and says why', async () => {
  const { ada, account } = await open({ commentsDisabled: true })
  const status = await finish(
    ada,
    await publish(ada, account, { firstComment: 'First!', thumbnail: await send(ada, PICTURE, 'a.png') })
  )
  assert.equal(status.status, 'Uploaded')
  assert.deepEqual(told(status).sort(), [
    ['comment', 'Failed', 'youtube_comments_disabled'],
    ['thumbnail', 'Uploaded', null]
  ])
  assert.match(followUps(status).find(({ name }) => name === 'comment')?.errorMessage ?? '', /switched off/)
  assert.deepEqual(await ada.used(), { used: 1, reserved: 0 })
})

test('a comment whose answer is lost is asked about, not made twice', async () => {
  const { ada, account } = await open({ cutAnswer: { at: 'comment' } })
  const status = await finish(ada, await publish(ada, account, { firstComment: 'First!' }))
  assert.deepEqual(told(status), [['comment', 'Uploaded', null]])
  const { metadata } = await onlyPost(ada)
  assert.equal(metadata.comments.length, 1)
})

test('a comment that may have been made and is never seen is an unknown outcome of its own', async () => {
  const { ada, account } = await open({
    cutAnswer: { at: 'comment' },
    status: { at: 'comments', code: 500, times: 99, after: 1 }
  })
  const { uploadId } = await publish(ada, account, { firstComment: 'First!' })
  const inDoubt = async () => {
    await ada.hurry()
    return (await rowsOf(ada))[1]?.doubt_commits === true
  }
  await ada.waitFor(uploadId, isOver, ada.hurry)
  await until(inDoubt, 'the doubt')
  await pool.query(`update deliveries set give_up_at = now() where tenant_id = $1 and parent_id is not null`, [
    ada.tenantId
  ])
  const status = await finish(ada, { uploadId } as UploadStatus)
  assert.equal(status.status, 'Uploaded')
  assert.deepEqual(told(status), [['comment', 'Failed', 'outcome_unknown']])
  assert.doesNotMatch(followUps(status)[0]?.errorMessage ?? '', /video was posted/)
  assert.deepEqual(await ada.used(), { used: 1, reserved: 0 })
})

test('a follow-up whose file is gone says so', async () => {
  const { ada, account } = await open()
  const file = await send(ada, PICTURE, 'a.png')
  const post = world.wire.hold(({ range }) => range !== undefined)
  const made = await publish(ada, account, { thumbnail: file })
  await post.isReached()
  await pool.query('delete from file_uses where tenant_id = $1', [ada.tenantId])
  await pool.query('delete from files where id = $1', [readId('file', file)])
  post.release()
  const status = await finish(ada, made)
  assert.deepEqual([status.status, ...told(status)], ['Uploaded', ['thumbnail', 'Failed', 'file_gone']])
})

test('unlinking ends the follow-ups of an account; the post stays what it is', async () => {
  const { ada, account } = await open({ status: { at: 'thumbnail', code: 503, times: 99 } })
  const { uploadId } = await publish(ada, account, { thumbnail: await send(ada, PICTURE, 'a.png') })
  await ada.waitFor(uploadId, status => followUps(status).length === 1, ada.hurry)
  await ada.insist('DELETE', `/accounts/${account}`)
  const status = await finish(ada, { uploadId } as UploadStatus)
  assert.equal(status.status, 'Uploaded')
  assert.deepEqual(
    told(status).map(([, word]) => word),
    ['Failed']
  )
  assert.match(String(told(status)[0]?.[2]), /account_unlinked|outcome_unknown/)
})

test('the follow-ups of a post that is made while its account is unlinked end before they begin', async () => {
  const { ada, account } = await open()
  const post = world.wire.hold(({ range }) => range !== undefined)
  const made = await publish(ada, account, { firstComment: 'First!' })
  await post.isReached()
  await ada.insist('DELETE', `/accounts/${account}`)
  post.release()
  const status = await finish(ada, made)
  assert.deepEqual([status.status, ...told(status)], ['Uploaded', ['comment', 'Failed', 'account_unlinked']])
  assert.equal((await onlyPost(ada)).metadata.comments.length, 0)
})

test('a comment below a video that becomes public later waits for that time', async () => {
  const { ada, account } = await open()
  const publishAt = new Date(Date.now() + 40 * 86_400_000).toISOString()
  const { uploadId } = await publish(ada, account, { firstComment: 'First!', privacyStatus: 'private', publishAt })
  const status = await ada.waitFor(uploadId, each => isOver(each) && followUps(each).length === 1, ada.hurry)
  assert.equal(status.status, 'Uploaded')
  assert.deepEqual(told(status), [['comment', 'Scheduled', null]])
  const [, comment] = await rowsOf(ada)
  assert.deepEqual([comment.due_at, comment.give_up_at - comment.due_at], [new Date(publishAt), 86_400_000])
})

test('a follow-up that a dead grant stopped goes on when the account is linked again, and takes no quota', async () => {
  const { ada, account } = await open({ revokeGrant: { at: 'thumbnail' } })
  const { uploadId } = await publish(ada, account, { thumbnail: await send(ada, PICTURE, 'a.png') })
  const failed = await finish(ada, { uploadId } as UploadStatus)
  assert.deepEqual([failed.status, ...told(failed)], ['Uploaded', ['thumbnail', 'Failed', 'needs_relink']])
  assert.equal(await ada.link(), account)
  const status = await ada.waitFor(uploadId, each => followUps(each)[0]?.status === 'Uploaded', ada.hurry)
  assert.equal(status.accounts[0]?.status, 'Uploaded')
  assert.deepEqual(await ada.used(), { used: 1, reserved: 0 })
})

test('an id that a platform tells late is filled in, with the address of the post itself', async () => {
  const ada = await world.newWorkspace()
  const { authorizeUrl } = await ada.insist('POST', '/accounts/link', { platform: 'tiktok', sandbox: true })
  const account = (await createBrowser().link(authorizeUrl)).end.searchParams.get('linked') ?? ''
  await ada.insist('PUT', '/sandbox/tiktok/faults', { processing: { seconds: 0, idSeconds: 3600 } })
  const { uploadId } = await ada.upload([account], makeVideo(1_000_000), {
    tiktok: JSON.stringify({ privacyLevel: 'PUBLIC_TO_EVERYONE' })
  })
  const early = await ada.waitFor(uploadId, status => isOver(status) && followUps(status).length === 1, ada.hurry)
  assert.equal(early.accounts[0]?.externalId, null)
  assert.doesNotMatch(early.accounts[0]?.externalUrl ?? '', /\/video\//)
  await pool.query(
    `update sandbox_documents set doc = doc || '{"idSeconds": 0}' where project = $1 and kind = 'tiktok.video'`,
    [`sandbox-${ada.tenantId}`]
  )
  // Asked more often, TikTok refuses to answer.
  const unhurried = async () => {
    await sleep(500)
    await ada.hurry()
  }
  const { accounts } = await ada.waitFor(uploadId, areOver, unhurried)
  const { id } = await onlyPost(ada, 'tiktok')
  assert.ok(accounts[0]?.externalId)
  assert.match(accounts[0]?.externalUrl ?? '', new RegExp(`/video/${accounts[0]?.externalId}$`))
  assert.ok(id)
})
