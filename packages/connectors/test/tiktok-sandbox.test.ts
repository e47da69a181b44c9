import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { z } from 'zod'
import { type Linked, link, openWorld, PROJECT, type World } from './world.ts'

let world: World
let linked: Linked
before(async () => {
  world = await openWorld('tiktok')
})
after(() => world.close())
beforeEach(async () => {
  await world.sandbox.setFaults(PROJECT, {})
  await world.sandbox.clear(PROJECT)
  linked = await link(world)
})

const wait = (seconds: number): void => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
}
const posts = () => world.sandbox.posts(PROJECT)

async function call(path: string, body?: unknown, token = linked.tokens.access) {
  const res = await fetch(`${world.base}/h/open.tiktokapis.com${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=UTF-8' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const text = await res.text()
  const { data, error } = JSON.parse(text)
  return { status: res.status, code: `${res.status} ${error.code}`, data, error, text }
}
const plan = (size: number, chunk = size, count = Math.floor(size / chunk)) => ({
  source: 'FILE_UPLOAD',
  video_size: size,
  chunk_size: chunk,
  total_chunk_count: count
})
const OPEN = { privacy_level: 'PUBLIC_TO_EVERYONE', title: 'A title' }
const init = (source: object = plan(1000), info: object = OPEN, token = linked.tokens.access) =>
  call('/v2/post/publish/video/init/', { post_info: info, source_info: source }, token)
const status = (id: string, token = linked.tokens.access) =>
  call('/v2/post/publish/status/fetch/', { publish_id: id }, token)

async function put(url: string, range: string, bytes: number, more: Record<string, string> = {}) {
  const res = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'video/mp4', 'content-range': range, ...more },
    body: new Uint8Array(bytes)
  })
  assert.equal(await res.text(), '')
  return `${res.status} ${res.headers.get('content-range') ?? ''}`.trim()
}

test('every answer of the API has the envelope, with a log id', async () => {
  const { data, error } = await call('/v2/user/info/?fields=open_id,display_name')
  assert.deepEqual(data, { user: { open_id: linked.account.remoteId, display_name: 'Sandbox creator 1' } })
  assert.deepEqual([error.code, error.message], ['ok', ''])
  assert.match(error.log_id, /^20\d{6}[0-9A-F]+$/)
})

test('dead tokens, missing scopes and unknown fields are refused as the pages say', async () => {
  assert.equal((await call('/v2/user/info/?fields=open_id', undefined, 'act.none')).code, '401 access_token_invalid')
  assert.equal((await call('/v2/user/info/')).code, '400 invalid_params')
  assert.equal((await call('/v2/user/info/?fields=shoe_size')).code, '400 invalid_params')
  await world.sandbox.setFaults(PROJECT, { grantScopes: ['user.info.basic', 'video.publish'] })
  const { tokens } = await link(world)
  assert.equal(
    (await call('/v2/user/info/?fields=username', undefined, tokens.access)).code,
    '400 scope_permission_missed'
  )
  assert.equal((await call('/v2/video/list/?fields=id', {}, tokens.access)).code, '401 scope_not_authorized')
  wait(7200)
  assert.equal((await init()).code, '401 access_token_invalid')
})

test('creator_info differs by creator, and says "cannot post" with HTTP 200', async () => {
  const ask = async (n: number) => {
    const { tokens } = await link(world, n)
    return (await call('/v2/post/publish/creator_info/query/', {}, tokens.access)).data
  }
  assert.deepEqual((await ask(2)).privacy_level_options, ['FOLLOWER_OF_CREATOR', 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY'])
  assert.equal((await ask(3)).comment_disabled, true)
  assert.equal((await ask(4)).max_video_post_duration_sec, 60)
  await world.sandbox.setFaults(PROJECT, { creatorRefusal: 'reached_active_user_cap' })
  assert.equal((await call('/v2/post/publish/creator_info/query/', {})).code, '200 reached_active_user_cap')
  assert.equal((await init()).code, '403 reached_active_user_cap')
})

const MB = 1_000_000
const planned: readonly (readonly [string, object, string])[] = [
  ['one chunk of 64 MB', plan(64 * MB), '200 ok'],
  ["the guide's example", plan(50_000_123, 10 * MB), '200 ok'],
  ['one oversized chunk', plan(100 * MB, 64 * MB), '400 The chunk size is invalid'],
  ['one chunk that is not the file', plan(1000, 999), '400 The chunk size is invalid'],
  ['chunks that are too small', plan(10 * MB, MB), '400 The chunk size is invalid'],
  ['chunks that are too big', plan(200 * MB, 65 * MB), '400 The chunk size is invalid'],
  ['a count that rounds up', plan(65 * MB, 10 * MB, 7), '400 The total chunk count is invalid'],
  ['an empty file', plan(0, 0, 0), '400 The source info is invalid'],
  ['more than 4 GB', plan(5_000 * MB, 10 * MB), '400 The video size is invalid'],
  ['a fetch from an unproven address', { source: 'PULL_FROM_URL', video_url: 'https://a.test/v.mp4' }, '403 url']
]
for (const [name, source, answer] of planned)
  test(`an init with ${name}: ${answer}`, async () => {
    const { status: code, error } = await init(source)
    const said = error.code === 'invalid_params' ? error.message : error.code === 'ok' ? 'ok' : 'url'
    assert.equal(`${code} ${said}`, answer)
  })

const infos: readonly (readonly [string, object, string])[] = [
  ['no visibility', { title: 'A title' }, '403 privacy_level_option_mismatch'],
  ['a visibility of private accounts', { privacy_level: 'FOLLOWER_OF_CREATOR' }, '403 privacy_level_option_mismatch'],
  ['2,200 UTF-16 units', { ...OPEN, title: '🎬'.repeat(1100) }, '200 ok'],
  ['2,202 UTF-16 units', { ...OPEN, title: '🎬'.repeat(1101) }, '400 invalid_params'],
  ['a switch that is a text', { ...OPEN, disable_duet: 'true' }, '400 invalid_params']
]
for (const [name, info, code] of infos)
  test(`an init with ${name}: ${code}`, async () => assert.equal((await init(plan(1000), info)).code, code))

test('six inits in a minute of one token, and the minute slides', async () => {
  for (let i = 0; i < 6; i++) {
    assert.equal((await init()).code, '200 ok')
    wait(5)
  }
  assert.equal((await init()).code, '429 rate_limit_exceeded')
  wait(31)
  assert.equal((await init()).code, '200 ok')
  assert.equal((await init()).code, '429 rate_limit_exceeded')
})

test('fifteen posts of a creator in a day; an init without bytes is none, unless inits are what counts', async () => {
  for (let i = 0; i < 16; i++) {
    wait(20)
    const opened = await init()
    assert.equal(opened.code, i < 15 ? '200 ok' : '403 spam_risk_too_many_posts')
    if (i < 15) await put(opened.data.upload_url, 'bytes 0-999/1000', 1000)
  }
  await world.sandbox.clear(PROJECT)
  await world.sandbox.setFaults(PROJECT, { countsAtInit: true })
  for (let i = 0; i < 16; i++) {
    wait(20)
    assert.equal((await init()).code, i < 15 ? '200 ok' : '403 spam_risk_too_many_posts')
  }
})

test('bytes go to an address without a sign-in, in order, and progress is a count', async () => {
  const size = 25 * MB
  const { data } = await init(plan(size, 10 * MB))
  const { upload_url: url } = data
  assert.ok(url.length <= 256 && data.publish_id.length <= 64)
  assert.match(data.publish_id, /^v_pub_file~v2-1\.\d+$/)
  assert.equal(await put(url, `bytes 10000000-24999999/${size}`, 15 * MB), `416 bytes 0-0/${size}`)
  assert.equal(await put(url, `bytes 0-9999999/${size}`, 10 * MB), `206 bytes 0-10000000/${size}`)
  assert.equal(await put(url, `bytes 0-9999999/${size}`, 10 * MB), `416 bytes 0-10000000/${size}`)
  assert.equal((await status(data.publish_id)).data.uploaded_bytes, 10 * MB)
  assert.deepEqual(await posts(), [])
  assert.equal(await put(url, `bytes 10000000-24999999/${size}`, 15 * MB), `201 bytes 0-25000000/${size}`)
  assert.equal((await posts()).length, 1)
  assert.equal(await put(url, `bytes 10000000-24999999/${size}`, 15 * MB), `416 bytes 0-25000000/${size}`)
  assert.equal((await posts()).length, 1)
})

test('lies about length, total, chunks and type are refused', async () => {
  const { data } = await init(plan(1000))
  const { upload_url: url } = data
  for (const [range, bytes, type] of [
    ['bytes 0-999/1000', 500, 'video/mp4'],
    ['bytes 0-999/2000', 1000, 'video/mp4'],
    ['bytes 0-499/1000', 500, 'video/mp4'],
    ['0-999/1000', 1000, 'video/mp4'],
    ['bytes 0-999/1000', 1000, 'application/octet-stream']
  ] as const)
    assert.equal(await put(url, range, bytes, { 'content-type': type }), '400', range)
  assert.deepEqual(await posts(), [])
})

test('an address lives an hour, and one that nobody was given is not found', async () => {
  const { data } = await init()
  const forged = data.upload_url.replace(/upload_token=[^&]+/, 'upload_token=guessed')
  assert.equal(await put(forged, 'bytes 0-999/1000', 1000), '404')
  wait(3599)
  assert.equal(
    await put(data.upload_url.replace('/video/', '/upload/'), 'bytes 0-999/1000', 1000),
    '201 bytes 0-1000/1000'
  )
  const late = await init()
  wait(3600)
  assert.equal(await put(late.data.upload_url, 'bytes 0-999/1000', 1000), '403')
})

test('ids of public posts are bare numbers of 19 digits, come after moderation, and never for private ones', async () => {
  const { data } = await init()
  await put(data.upload_url, 'bytes 0-999/1000', 1000)
  assert.equal((await status(data.publish_id)).data.status, 'PROCESSING_UPLOAD')
  wait(1)
  assert.deepEqual((await status(data.publish_id)).data.publicaly_available_post_id, [])
  wait(1)
  const { text, data: done } = await status(data.publish_id)
  const [made] = await posts()
  assert.ok(text.includes(`"publicaly_available_post_id":[${made?.id}]`))
  assert.equal(done.status, 'PUBLISH_COMPLETE')
  assert.notEqual(String(done.publicaly_available_post_id[0]), made?.id, 'JSON.parse rounds it')

  const hidden = await init(plan(1000), { privacy_level: 'SELF_ONLY' })
  await put(hidden.data.upload_url, 'bytes 0-999/1000', 1000)
  wait(86_400)
  linked = { ...linked, tokens: (await link(world)).tokens }
  const { data: seen } = await status(hidden.data.publish_id)
  assert.deepEqual([seen.status, seen.publicaly_available_post_id], ['PUBLISH_COMPLETE', []])
})

test('two equal inits make two posts', async () => {
  for (const { data } of [await init(), await init()]) await put(data.upload_url, 'bytes 0-999/1000', 1000)
  assert.equal(new Set((await posts()).map(post => post.id)).size, 2)
})

test('publish ids that are unknown, forgotten or of somebody else', async () => {
  const { data } = await init()
  assert.equal((await status('v_pub_file~v2-1.123')).code, '400 invalid_publish_id')
  const other = await link(world, 1)
  assert.equal(
    (await status(data.publish_id, other.tokens.access)).code,
    '400 token_not_authorized_for_specified_publish_id'
  )
  const canceled = await call('/v2/post/publish/cancel/', { publish_id: data.publish_id })
  assert.equal(canceled.code, '400 publish_not_cancellable')
  await world.sandbox.setFaults(PROJECT, { forgetSessions: { at: 'status' } })
  assert.equal((await status(data.publish_id)).code, '400 invalid_publish_id')
  await world.sandbox.setFaults(PROJECT, {})
  assert.equal((await status(data.publish_id)).code, '400 invalid_publish_id')
})

test('the list shows public posts only, the newest first, 150 characters of each, in pages', async () => {
  for (const [privacy_level, title] of [
    ['PUBLIC_TO_EVERYONE', 'first'],
    ['SELF_ONLY', 'hidden'],
    ['PUBLIC_TO_EVERYONE', 'x'.repeat(200)]
  ]) {
    const { data } = await init(plan(1000), { privacy_level, title })
    await put(data.upload_url, 'bytes 0-999/1000', 1000)
    wait(10)
  }
  const list = (body: object) => call('/v2/video/list/?fields=id,title,create_time,share_url', body)
  const one = await list({ max_count: 1 })
  assert.deepEqual([one.data.videos.length, one.data.has_more], [1, true])
  assert.equal(one.data.videos[0].title, 'x'.repeat(150))
  assert.equal(typeof one.data.videos[0].id, 'string')
  const two = await list({ max_count: 1, cursor: one.data.cursor })
  assert.deepEqual([two.data.videos[0].title, two.data.has_more], ['first', false])
  assert.equal((await list({ max_count: 21 })).code, '400 invalid_params')
  await world.sandbox.setFaults(PROJECT, { showPostsAfterSeconds: 3600 })
  assert.deepEqual((await list({})).data.videos, [])
})

test('an app that is not audited posts to private accounts, and as "Only me"', async () => {
  await world.sandbox.setFaults(PROJECT, { isUnaudited: true })
  const word = '403 unaudited_client_can_only_post_to_private_accounts'
  assert.equal((await init(plan(1000), { privacy_level: 'SELF_ONLY' })).code, word)
  const { tokens } = await link(world, 2)
  assert.equal((await init(plan(1000), { privacy_level: 'FOLLOWER_OF_CREATOR' }, tokens.access)).code, word)
  assert.equal((await init(plan(1000), { privacy_level: 'SELF_ONLY' }, tokens.access)).code, '200 ok')
})

test('a restart of the process loses neither the bytes nor the posts', async () => {
  const size = 25 * MB
  const { data } = await init(plan(size, 10 * MB))
  await put(data.upload_url, `bytes 0-9999999/${size}`, 10 * MB)
  await world.restart()
  assert.equal((await status(data.publish_id)).data.uploaded_bytes, 10 * MB)
  assert.equal(await put(data.upload_url, `bytes 10000000-24999999/${size}`, 15 * MB), `201 bytes 0-25000000/${size}`)
  assert.equal((await posts())[0]?.sha256, world.sha256(new Uint8Array(size)))
})

test('the faults are a schema with titles, and what is used up is gone', async () => {
  const schema = z.toJSONSchema(world.sandbox.faultsSchema, { io: 'input' }) as { properties: object }
  for (const [name, member] of Object.entries(schema.properties)) assert.ok(member.title, name)
  await world.sandbox.setFaults(PROJECT, { status: { at: 'init', code: 503 } })
  assert.equal((await init()).code, '503 internal_error')
  assert.deepEqual(await world.sandbox.getFaults(PROJECT), {})
})
