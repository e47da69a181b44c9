import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Linked, link, openWorld, PROJECT, type World } from './world.ts'

const DAY = 86_400
const file = Buffer.alloc(50_001, 7)
let world: World
let page: Linked
let own: Linked
before(async () => {
  world = await openWorld('instagram')
})
after(() => world.close())
beforeEach(async () => {
  wait(DAY)
  await world.sandbox.setFaults(PROJECT, {})
  await world.sandbox.clear(PROJECT)
  page = await link(world, 0, 'facebook')
  own = await link(world, 0, 'instagram')
})

const wait = (seconds: number): void => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
}
interface Reply {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what the platform answers, looked at member by member
  readonly body: any
}
async function call(linked: Linked, method: string, path: string, body?: object): Promise<Reply> {
  const host = linked === page ? 'graph.facebook.com' : 'graph.instagram.com'
  const headers = { authorization: `Bearer ${linked.tokens.access}`, 'content-type': 'application/json' }
  const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }
  const res = await fetch(`${world.base}/h/${host}/v25.0/${path}`, init)
  return { status: res.status, body: await res.json() }
}
const codeOf = ({ status, body }: Reply): string =>
  status === 200 ? '200' : `${status} ${body.error.code}/${body.error.error_subcode ?? 0}`
const id = () => page.account.remoteId
const REEL = { media_type: 'REELS', upload_type: 'resumable', caption: 'A caption' }
const create = (more: object = {}, linked = page) => call(linked, 'POST', `${id()}/media`, { ...REEL, ...more })
const status = async (container: string, linked = page) =>
  (await call(linked, 'GET', `${container}?fields=status_code,status,video_status`)).body
const publish = (container: string, linked = page) =>
  call(linked, 'POST', `${id()}/media_publish`, { creation_id: container })

async function upload(
  uri: string,
  offset: number,
  bytes: Uint8Array,
  more: Record<string, string> = {}
): Promise<Reply> {
  const headers = {
    authorization: `OAuth ${page.tokens.access}`,
    offset: String(offset),
    file_size: String(file.length),
    ...more
  }
  const res = await fetch(uri, { method: 'POST', headers, body: new Uint8Array(bytes) })
  return { status: res.status, body: await res.json() }
}
async function finished(more: object = {}): Promise<string> {
  const { body } = await create(more)
  assert.equal((await upload(body.uri, 0, file)).status, 200)
  wait(2)
  return body.id
}

test('rupload knows the OAuth scheme alone, and Graph knows Bearer and the parameter', async () => {
  const { body } = await create()
  const refused = await upload(body.uri, 0, file, { authorization: `Bearer ${page.tokens.access}` })
  assert.deepEqual([refused.status, refused.body.debug_info.type], [400, 'NotAuthorizedError'])
  const by = `${world.base}/h/graph.facebook.com/v25.0/${body.id}?access_token=${page.tokens.access}`
  assert.equal((await fetch(by)).status, 200)
  assert.match(body.id, /^\d{17}$/)
})

test('an upload is resumed from what the container says, and a wrong offset is 412', async () => {
  const { body } = await create()
  assert.deepEqual((await status(body.id)).video_status.uploading_phase, {
    status: 'not_started',
    bytes_transferred: 0
  })
  const part = await upload(body.uri, 0, file.subarray(0, 20_000))
  assert.deepEqual([part.status, part.body.debug_info.type], [400, 'PartialRequestError'])
  const { uploading_phase: phase } = (await status(body.id)).video_status
  assert.deepEqual(phase, { status: 'in_progress', bytes_transferred: 20_000 })
  const wrong = await upload(body.uri, 0, file)
  assert.deepEqual(
    [wrong.status, wrong.body.debug_info],
    [412, { retriable: true, type: 'OffsetInvalidError', message: 'expected offset 20000' }]
  )
  const rest = await upload(body.uri, 20_000, file.subarray(20_000))
  assert.deepEqual(rest.body, { success: true, message: 'Upload successful.' })
  wait(2)
  assert.equal((await status(body.id)).status_code, 'FINISHED')
  await publish(body.id)
  assert.equal((await world.sandbox.posts(PROJECT))[0]?.sha256, world.sha256(file))
})

test('a connection that breaks in the body leaves what arrived', async () => {
  const { body } = await create()
  await world.sandbox.setFaults(PROJECT, { dropRequest: { at: 'upload', bytes: 30_000 } })
  await assert.rejects(upload(body.uri, 0, file))
  const arrived = async () => (await status(body.id)).video_status.uploading_phase.bytes_transferred
  // What arrived is written after the connection is gone.
  while ((await arrived()) < 30_000) await sleep(20)
  assert.equal(await arrived(), 30_000)
  assert.equal((await upload(body.uri, 30_000, file.subarray(30_000))).status, 200)
})

test('a video is fetched after the answer, really, from this server alone', async () => {
  const address = world.serve(file).href
  const fetched = await call(own, 'POST', `${id()}/media`, { media_type: 'REELS', video_url: address, caption: 'x' })
  assert.deepEqual(Object.keys(fetched.body), ['id'])
  assert.equal((await status(fetched.body.id, own)).status_code, 'IN_PROGRESS')
  wait(2)
  assert.equal((await status(fetched.body.id, own)).status_code, 'FINISHED')
  for (const [video_url, subcode] of [
    [`${world.base}/nothing`, '2207052'],
    ['http://127.0.0.1:9/video.mp4', '2207052'],
    ['https://example.com/video.mp4', '2207052'],
    ['http://169.254.169.254/video.mp4', '2207052']
  ]) {
    const { body } = await call(own, 'POST', `${id()}/media`, { media_type: 'REELS', video_url })
    const { status_code, status: said } = await status(body.id, own)
    assert.deepEqual([status_code, said], ['ERROR', `Error: Media upload has failed with error code ${subcode}`])
  }
  await world.sandbox.setFaults(PROJECT, { pull: { fail: 'timeout' } })
  const slow = await call(own, 'POST', `${id()}/media`, { media_type: 'REELS', video_url: address })
  assert.match((await status(slow.body.id, own)).status, /2207003$/)
})

test('what a container may hold is judged when it is made', async () => {
  const tags = (n: number, sign: string) => Array.from({ length: n }, (_, i) => `${sign}a${i}`).join(' ')
  assert.equal(codeOf(await create({ caption: 'a'.repeat(2200) })), '200')
  assert.equal(codeOf(await create({ caption: 'a'.repeat(2201) })), '400 36004/2207010')
  assert.equal(codeOf(await create({ caption: tags(31, '#') })), '400 36004/2207010')
  assert.equal(codeOf(await create({ caption: tags(21, '@') })), '400 100/2207040')
  assert.equal(codeOf(await create({ media_type: 'VIDEO' })), '400 100/2207023')
  assert.equal(codeOf(await create({ thumb_offset: -1 })), '400 1/2207057')
  assert.equal(codeOf(await create({ upload_type: 'Resumable' })), '400 100/0')
  assert.equal(codeOf(await create({}, own)), '400 100/0', 'no resumable upload with Instagram Login')
  await world.sandbox.setFaults(PROJECT, { noTrialReels: true, containersPerDay: 2 })
  assert.equal(codeOf(await create({ trial_params: { graduation_strategy: 'MANUAL' } })), '400 100/2207081')
  assert.equal(codeOf(await create()), '200')
  assert.equal(codeOf(await create()), '403 4/0', 'too many containers')
})

test('a container is a day old at most', async () => {
  const container = await finished()
  wait(DAY - 3)
  assert.equal((await status(container)).status_code, 'FINISHED')
  wait(3)
  assert.equal((await status(container)).status_code, 'EXPIRED')
  assert.equal(codeOf(await publish(container)), '400 24/2207008')
  const again = await call(page, 'GET', `${container}?fields=status_code,expires_at`)
  assert.equal(codeOf(again), '400 100/0')
})

test('only what is finished, known and the own account’s is published, and once', async () => {
  const { body: early } = await create()
  assert.equal(codeOf(await publish(early.id)), '400 9007/2207027')
  assert.equal(codeOf(await publish('17800000000000000')), '400 24/2207008')
  const other = await link(world, 1, 'instagram')
  const foreign = await finished()
  const host = `${world.base}/h/graph.instagram.com/v25.0/${other.account.remoteId}/media_publish`
  const headers = { authorization: `Bearer ${other.tokens.access}` }
  const stolen = await fetch(`${host}?creation_id=${foreign}`, { method: 'POST', headers })
  assert.equal(codeOf({ status: stolen.status, body: await stolen.json() }), '400 24/2207006')
  const first = await publish(foreign)
  assert.match(first.body.id, /^179\d{14}$/)
  assert.equal((await status(foreign)).status_code, 'PUBLISHED')
  assert.equal(codeOf(await publish(foreign)), '400 9007/2207027')
  await world.sandbox.setFaults(PROJECT, { secondPublish: 'same' })
  assert.equal((await publish(foreign)).body.id, first.body.id)
  assert.equal((await world.sandbox.posts(PROJECT)).length, 1)
  await world.sandbox.setFaults(PROJECT, { secondPublish: 'post' })
  assert.notEqual((await publish(foreign)).body.id, first.body.id)
  assert.equal((await world.sandbox.posts(PROJECT)).length, 2)
})

test('two publish calls at once make one post', async () => {
  const container = await finished()
  const both = await Promise.all([publish(container), publish(container)])
  assert.deepEqual(both.map(codeOf).sort(), ['200', '400 9007/2207027'])
  assert.equal((await world.sandbox.posts(PROJECT)).length, 1)
})

test('the number of posts is counted over a moving day', async () => {
  await world.sandbox.setFaults(PROJECT, { quotaTotal: 2 })
  const limit = async () => (await call(page, 'GET', `${id()}/content_publishing_limit?fields=quota_usage,config`)).body
  for (let i = 0; i < 2; i++) assert.equal(codeOf(await publish(await finished())), '200')
  assert.deepEqual(await limit(), { data: [{ quota_usage: 2, config: { quota_total: 2, quota_duration: 86_400 } }] })
  wait(3600)
  const third = await finished()
  assert.equal(codeOf(await publish(third)), '400 9/2207042')
  wait(DAY - 10)
  assert.equal(codeOf(await publish(third)), '200', 'the same container, a little less than a day old')
})

test('a list is newest first, pages, tells no container, and may be late and silent', async () => {
  const made: string[] = []
  for (let i = 0; i < 3; i++) {
    const container = await finished({ caption: `Caption ${i}` })
    made.unshift((await publish(container)).body.id)
  }
  const list = async (query: string) => (await call(page, 'GET', `${id()}/media?${query}`)).body
  const all = await list('fields=id,timestamp,caption,permalink')
  assert.deepEqual(
    all.data.map((m: { id: string }) => m.id),
    made
  )
  assert.match(all.data[0].timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/)
  assert.match(all.data[0].permalink, /^https:\/\/www\.instagram\.com\/reel\/C\w+\/$/)
  const first = await list('fields=id&limit=2')
  const second = await list(`fields=id&limit=2&after=${first.paging.cursors.after}`)
  assert.deepEqual(
    [...first.data, ...second.data].map((m: { id: string }) => m.id),
    made
  )
  await world.sandbox.setFaults(PROJECT, { hideCaptions: true, showPostsAfterSeconds: 60 })
  assert.deepEqual((await list('fields=id,caption')).data, [])
  wait(60)
  assert.deepEqual(Object.keys((await list('fields=id,caption')).data[0]), ['id'])
})

test('each endpoint asks for its own permission', async () => {
  await world.sandbox.setFaults(PROJECT, {
    grantScopes: ['instagram_basic', 'pages_show_list', 'pages_read_engagement', 'instagram_content_publish']
  })
  page = await link(world, 0, 'facebook')
  await world.sandbox.setFaults(PROJECT, {})
  const { body } = await publish(await finished())
  assert.equal(codeOf(await call(page, 'POST', `${body.id}/comments`, { message: 'x' })), '403 10/0')
  assert.equal(codeOf(await call(page, 'GET', body.id)), '200')
  assert.equal(codeOf(await call(page, 'GET', '17841400000000000/media')), '400 100/33')
})

test('usage rises with the calls, and a call while blocked prolongs the block', async () => {
  await world.sandbox.clear(PROJECT)
  await world.sandbox.setFaults(PROJECT, { callsPerHour: 4 })
  const usage = async () => {
    const url = `${world.base}/h/graph.facebook.com/v25.0/${id()}/media`
    const res = await fetch(url, { headers: { authorization: `Bearer ${page.tokens.access}` } })
    const [usage] = JSON.parse(res.headers.get('x-business-use-case-usage') ?? '{}')[id()]
    return [res.status, usage.call_count, usage.estimated_time_to_regain_access]
  }
  assert.deepEqual(
    [await usage(), await usage()],
    [
      [200, 25, 0],
      [200, 50, 0]
    ]
  )
  await usage()
  await usage()
  assert.deepEqual(await usage(), [400, 100, 19])
  wait(18 * 60)
  assert.deepEqual((await usage())[0], 400)
  wait(18 * 60)
  assert.deepEqual((await usage())[0], 400, 'still blocked, by the call before')
  wait(3600)
  assert.deepEqual(await usage(), [200, 25, 0])
})

test('everything is there after a restart, and a download that it broke off begins again', async () => {
  const container = await finished()
  const { body } = await call(own, 'POST', `${id()}/media`, { media_type: 'REELS', video_url: world.serve(file).href })
  await world.restart()
  assert.equal((await status(container)).status_code, 'FINISHED')
  // The old process's download goes on beside the new one here, and may end last: then the film is processed once more.
  let said = 'IN_PROGRESS'
  for (; said === 'IN_PROGRESS'; wait(2)) said = (await status(body.id, own)).status_code
  assert.equal(said, 'FINISHED')
})

test('a film is held against the rules of reels, where that is wanted', async () => {
  const read = (name: string) => readFile(new URL(`../../server/test/fixtures/${name}`, import.meta.url))
  const endOf = async (bytes: Uint8Array, parts = 1) => {
    const { body } = await create()
    const size = Math.ceil(bytes.length / parts)
    for (let at = 0; at < bytes.length; at += size)
      await upload(body.uri, at, bytes.subarray(at, at + size), { file_size: String(bytes.length) })
    wait(2)
    return (await status(body.id)).status
  }
  await world.sandbox.setFaults(PROJECT, { strictFiles: true })
  const good = await read('video.mp4')
  assert.match(await endOf(good), /^Finished/)
  assert.match(await endOf(good, 3), /^Finished/, 'in three parts')
  for (const name of ['tiny.mp4', 'video.webm', 'video.avi', 'sound.m4a'])
    assert.match(await endOf(await read(name)), /2207026$/, name)
  assert.match(await endOf(file), /2207026$/, 'no film at all')
})
