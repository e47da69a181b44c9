import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type Linked, link, openWorld, PROJECT, type World } from './world.ts'

const UNIT = 262_144
let world: World
let linked: Linked
before(async () => {
  world = await openWorld('youtube', { quota: { uploads: 40, units: 60 } })
})
after(() => world.close())
beforeEach(async () => {
  world.clock.now = new Date(world.clock.now.getTime() + 86_400_000)
  await world.sandbox.setFaults(PROJECT, {})
  await world.sandbox.clear(PROJECT)
  linked = await link(world)
})

const api = (path: string) => `${world.base}/h/www.googleapis.com${path}`
const bearer = () => ({ authorization: `Bearer ${linked.tokens.access}` })
const snippet = { title: 'A title', categoryId: '22' }

async function insert(
  bytes: number,
  body: object = { snippet },
  query = 'uploadType=resumable&part=snippet,status',
  more = {}
) {
  const res = await fetch(api(`/upload/youtube/v3/videos?${query}`), {
    method: 'POST',
    headers: {
      ...bearer(),
      'content-type': 'application/json',
      'x-upload-content-type': 'video/mp4',
      'x-upload-content-length': String(bytes),
      ...more
    },
    body: JSON.stringify(body)
  })
  const text = await res.text()
  const reason = res.ok ? undefined : JSON.parse(text).error.errors[0].reason
  return { status: res.status, session: res.headers.get('location') ?? '', text, reason }
}
async function put(session: string, body: Uint8Array<ArrayBuffer>, range?: string, more = {}) {
  const headers = { ...bearer(), 'content-type': 'video/mp4', ...(range ? { 'content-range': range } : {}), ...more }
  const res = await fetch(session, { method: 'PUT', headers, body, redirect: 'manual' })
  const text = await res.text()
  return { status: res.status, range: res.headers.get('range'), text, retryAfter: res.headers.get('retry-after') }
}
const ask = (session: string, total: number) => put(session, new Uint8Array(), `bytes */${total}`)
const get = async (path: string) => {
  const res = await fetch(api(path), { headers: bearer() })
  return { status: res.status, body: JSON.parse(await res.text()) }
}

test('an opening makes no video, and answers 200 with an empty body and the address', async () => {
  const { status, session, text } = await insert(10)
  assert.deepEqual([status, text], [200, ''])
  assert.match(session, /upload_id=/)
  assert.deepEqual(await world.sandbox.posts(PROJECT), [])
})

test('metadata is judged at the opening', async () => {
  const bad = async (body: object, part = 'snippet,status') =>
    (await insert(10, body, `uploadType=resumable&part=${part}`)).reason
  const changed = (more: object) => ({ snippet: { ...snippet, ...more } })
  assert.equal(await bad({}), 'invalidTitle')
  assert.equal(await bad(changed({ title: 'a'.repeat(101) })), 'invalidTitle')
  assert.equal(await bad(changed({ title: 'a <b>' })), 'invalidTitle')
  assert.equal(await bad(changed({ description: 'é'.repeat(2501) })), 'invalidDescription')
  assert.equal(await bad(changed({ description: 'a -> b' })), 'invalidDescription')
  assert.equal(await bad(changed({ tags: ['x'.repeat(250), 'y'.repeat(250)] })), 'invalidTags')
  assert.equal(await bad(changed({ categoryId: '18' })), 'invalidCategoryId')
  assert.equal(await bad({ snippet, status: { privacyStatus: 'secret' } }), 'invalidVideoMetadata')
  assert.equal(await bad({ snippet, status: { publishAt: '2027-01-01T00:00:00Z' } }), 'invalidPublishAt')
  assert.equal(await bad({ snippet, localizations: { de: {} } }, 'snippet,localizations'), 'defaultLanguageNotSet')
  assert.equal(await bad({ snippet }, 'snippet,nonsense'), 'unknownPart')
  assert.equal(await bad({ snippet }, ''), 'missingRequiredParameter')
  assert.equal((await insert(274_877_906_945)).reason, 'uploadTooLarge')
  assert.equal(
    (await insert(10, { snippet }, undefined, { 'x-upload-content-type': 'text/plain' })).reason,
    'badContent'
  )
  assert.equal((await insert(10, { snippet }, undefined, { slug: 'a/b.mp4' })).reason, 'invalidFilename')
  const plain = await fetch(api('/youtube/v3/videos?part=snippet'), { method: 'POST', headers: bearer(), body: '{}' })
  assert.equal(JSON.parse(await plain.text()).error.errors[0].reason, 'wrongUrlForUpload')
})

test('a part that the query does not name is not written', async () => {
  const { session } = await insert(
    4,
    { snippet, status: { privacyStatus: 'private' } },
    'uploadType=resumable&part=snippet'
  )
  const { status, text } = await put(session, Buffer.from('abcd'))
  assert.equal(status, 201)
  const { id } = JSON.parse(text)
  const { body } = await get(`/youtube/v3/videos?part=status,fileDetails&id=${id}`)
  assert.equal(body.items[0].status.privacyStatus, 'public')
  assert.equal(body.items[0].fileDetails.fileSize, '4')
})

test('chunks are multiples of 256 KiB, contiguous, typed, signed and as long as announced', async () => {
  const file = randomBytes(3 * UNIT + 5)
  const { session } = await insert(file.length)
  const part = (from: number, to: number) =>
    put(session, file.subarray(from, to), `bytes ${from}-${to - 1}/${file.length}`)
  assert.equal((await part(0, 1000)).status, 400)
  assert.equal((await put(session, file.subarray(0, UNIT), `bytes 0-${UNIT - 1}/999999999`)).status, 400)
  assert.equal((await put(session, file.subarray(0, UNIT), `bytes 0-${UNIT}/${file.length}`)).status, 400)
  assert.equal(
    (await put(session, file.subarray(0, UNIT), `bytes 0-${UNIT - 1}/${file.length}`, { 'content-type': 'text/plain' }))
      .status,
    400
  )
  assert.equal(
    (await put(session, file.subarray(0, UNIT), `bytes 0-${UNIT - 1}/${file.length}`, { authorization: 'Bearer no' }))
      .status,
    401
  )
  assert.deepEqual([(await ask(session, file.length)).status, (await ask(session, file.length)).range], [308, null])
  assert.equal((await part(0, UNIT)).range, `bytes=0-${UNIT - 1}`)
  assert.equal((await part(2 * UNIT, 3 * UNIT)).range, `bytes=0-${UNIT - 1}`, 'a gap stores nothing')
  assert.equal((await part(0, UNIT)).range, `bytes=0-${UNIT - 1}`, 'an overlap stores nothing')
  assert.equal((await part(UNIT, file.length)).status, 201)
  const again = await ask(session, file.length)
  assert.equal(again.status, 201)
  assert.equal((await part(UNIT, file.length)).status, 201)
  const posts = await world.sandbox.posts(PROJECT)
  assert.deepEqual(
    posts.map(p => [p.id, p.bytes, p.sha256]),
    [[JSON.parse(again.text).id, file.length, world.sha256(file)]]
  )
  await world.sandbox.setFaults(PROJECT, { wrongOffset: '416' })
  const other = await insert(file.length)
  assert.equal(
    (await put(other.session, file.subarray(UNIT, 2 * UNIT), `bytes ${UNIT}-${2 * UNIT - 1}/${file.length}`)).status,
    416
  )
})

test('a chunk that breaks off is kept in steps of 256 KiB', async () => {
  const file = randomBytes(4 * UNIT)
  const { session } = await insert(file.length)
  const url = new URL(session)
  await new Promise<void>(done => {
    const headers = { ...bearer(), 'content-type': 'video/mp4', 'content-length': file.length }
    const req = request(url, { method: 'PUT', headers })
    req.on('error', () => done())
    req.write(file.subarray(0, 2 * UNIT + 1000), () => setTimeout(() => req.destroy(new Error('cut')), 50))
  })
  // What arrived is written after the connection is gone; that it never is, the test's own time-out tells.
  while ((await ask(session, file.length)).range !== `bytes=0-${2 * UNIT - 1}`) await sleep(20)
  const rest = file.subarray(2 * UNIT)
  assert.equal((await put(session, rest, `bytes ${2 * UNIT}-${file.length - 1}/${file.length}`)).status, 201)
  assert.equal((await world.sandbox.posts(PROJECT))[0]?.sha256, world.sha256(file))
})

test('a restart of the process forgets nothing: grant, session, bytes, faults', async () => {
  const file = randomBytes(3 * UNIT)
  const { session } = await insert(file.length)
  await world.sandbox.setFaults(PROJECT, { processing: { seconds: 600 } })
  await put(session, file.subarray(0, UNIT), `bytes 0-${UNIT - 1}/${file.length}`)
  await world.restart()
  assert.equal((await ask(session, file.length)).range, `bytes=0-${UNIT - 1}`)
  const rest = file.subarray(UNIT)
  assert.equal((await put(session, rest, `bytes ${UNIT}-${file.length - 1}/${file.length}`)).status, 201)
  await world.restart()
  assert.equal((await ask(session, file.length)).status, 201)
  world.clock.now = new Date(world.clock.now.getTime() + 300_000)
  const [post] = await world.sandbox.posts(PROJECT)
  assert.deepEqual([post?.sha256, post?.state], [world.sha256(file), 'uploaded'])
})

test('a session ends after its time, and another channel cannot use it', async () => {
  const { session } = await insert(4)
  const mine = linked
  linked = await link(world, 1)
  assert.equal((await ask(session, 4)).status, 403)
  linked = mine
  assert.equal((await ask(session, 4)).status, 308)
  await world.sandbox.setFaults(PROJECT, { lifetimes: { sessionSeconds: 60 } })
  world.clock.now = new Date(world.clock.now.getTime() + 61_000)
  assert.equal((await ask(session, 4)).status, 404)
})

test('a private video is for its owner, owner parts are for the owner, and publishAt makes it public by the clock', async () => {
  const publishAt = new Date(world.clock.now.getTime() + 600_000).toISOString()
  const { session } = await insert(4, { snippet, status: { privacyStatus: 'private', publishAt } })
  const { id } = JSON.parse((await put(session, Buffer.from('abcd'))).text)
  const uploads = String(linked.account.facts.uploads)
  const listed = async () =>
    (await get(`/youtube/v3/playlistItems?part=contentDetails&playlistId=${uploads}`)).body.items.length
  assert.equal(await listed(), 1)
  linked = await link(world, 1)
  assert.equal(await listed(), 0)
  assert.deepEqual((await get(`/youtube/v3/videos?part=status&id=${id}`)).body.items, [])
  world.clock.now = new Date(world.clock.now.getTime() + 600_000)
  assert.equal((await get(`/youtube/v3/videos?part=status&id=${id}`)).body.items[0].status.privacyStatus, 'public')
  assert.equal((await get(`/youtube/v3/videos?part=fileDetails&id=${id}`)).status, 403)
  assert.equal(await listed(), 1)
})

test('lists page, and show posts late when told so', async () => {
  const uploads = String(linked.account.facts.uploads)
  for (let i = 0; i < 3; i++) {
    const { session } = await insert(4, { snippet: { ...snippet, title: `Video ${i}` } })
    await put(session, Buffer.from('abcd'))
    world.clock.now = new Date(world.clock.now.getTime() + 1000)
  }
  const list = (more = '') => get(`/youtube/v3/playlistItems?part=snippet&maxResults=2&playlistId=${uploads}${more}`)
  const titles = (body: { items: { snippet: { title: string } }[] }) => body.items.map(i => i.snippet.title)
  const { body: first } = await list()
  assert.deepEqual(titles(first), ['Video 2', 'Video 1'])
  assert.deepEqual(titles((await list(`&pageToken=${first.nextPageToken}`)).body), ['Video 0'])
  await world.sandbox.setFaults(PROJECT, { showPostsAfterSeconds: 3600 })
  assert.deepEqual((await list()).body.items, [])
})

test("the day's uploads and units are counted, refused ones too, and come back at midnight Pacific time", async () => {
  world.clock.now = new Date('2027-03-14T07:59:00Z')
  linked = await link(world)
  const body = { snippet: { title: '' } }
  for (let i = 0; i < 40; i++) assert.equal((await insert(4, body)).reason, 'invalidTitle')
  assert.equal((await insert(4)).reason, 'rateLimitExceeded')
  let last = 0
  for (let i = 0; i < 60; i++) last = (await get('/youtube/v3/channels?part=id&mine=true')).status
  assert.equal(last, 403)
  world.clock.now = new Date('2027-03-14T08:00:00Z')
  assert.equal((await insert(4)).status, 200)
  assert.equal((await get('/youtube/v3/channels?part=id&mine=true')).status, 200)
})

test('faults are a closed list, are counted down, and can be put back as they were read', async () => {
  await assert.rejects(world.sandbox.setFaults(PROJECT, { cutAnswers: {} }), z.ZodError)
  await assert.rejects(world.sandbox.setFaults(PROJECT, { delayMs: { at: 'chunk', ms: 120_001 } }), z.ZodError)
  await assert.rejects(world.sandbox.setFaults(PROJECT, { status: { at: 'nowhere', code: 500 } }), z.ZodError)
  await world.sandbox.setFaults(PROJECT, { status: { at: 'insert', code: 503, after: 1, times: 2 } })
  const got: number[] = []
  for (let i = 0; i < 4; i++) got.push((await insert(4)).status)
  assert.deepEqual(got, [200, 503, 503, 200])
  assert.deepEqual(await world.sandbox.getFaults(PROJECT), {})
  const set = await world.sandbox.setFaults(PROJECT, { cutAnswer: { at: ['chunk', 'query'], bytes: 3 } })
  assert.deepEqual(await world.sandbox.setFaults(PROJECT, await world.sandbox.getFaults(PROJECT)), set)
  const schema = z.toJSONSchema(world.sandbox.faultsSchema, { io: 'input' }) as { properties: object }
  assert.ok('cutAnswer' in schema.properties && 'delayMs' in schema.properties)
})

test('a fault can be said in short', async () => {
  const rule = { times: 1, after: 0 }
  const whole = await world.sandbox.setFaults(PROJECT, {
    delayMs: 3000,
    cutAnswer: 'chunk',
    dropRequest: true,
    status: 503,
    forgetSessions: false,
    revokeGrant: [{ at: 'insert' }]
  })
  assert.deepEqual(whole, {
    delayMs: [{ times: 100_000, after: 0, ms: 3000 }],
    cutAnswer: [{ ...rule, at: 'chunk', bytes: 0 }],
    dropRequest: [{ ...rule, bytes: 0 }],
    status: [{ ...rule, when: 'before', code: 503 }],
    revokeGrant: [{ ...rule, at: 'insert' }]
  })
  await assert.rejects(world.sandbox.setFaults(PROJECT, { cutAnswer: 'nowhere' }), z.ZodError)
  await world.sandbox.setFaults(PROJECT, { status: 503 })
  const got = [(await insert(4)).status, (await insert(4)).status]
  assert.deepEqual(got, [503, 200])
})

test('posts are forgotten on clear, and grants are not', async () => {
  const { session } = await insert(4)
  await put(session, Buffer.from('abcd'))
  const open = await insert(4)
  const [post] = await world.sandbox.posts(PROJECT)
  assert.deepEqual([post?.title, post?.state, post?.channel], ['A title', 'uploaded', linked.account.remoteId])
  await world.sandbox.clear(PROJECT)
  assert.deepEqual(await world.sandbox.posts(PROJECT), [])
  assert.equal((await ask(open.session, 4)).status, 404)
  assert.equal((await get('/youtube/v3/channels?part=id&mine=true')).status, 200)
})
