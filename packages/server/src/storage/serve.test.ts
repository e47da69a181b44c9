import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openServedDisk, type ServedDisk } from '../../test/served-disk.ts'

const TWO_GIB = 2 ** 31
let served: ServedDisk
before(async () => {
  served = await openServedDisk()
})
after(() => served.close())

const makeKey = () => `tenant/${randomUUID()}`
const signOne = (key: string, bytes: number, seconds = 60, contentType = 'video/mp4') =>
  served.disk.single.sign(key, { contentType, bytes }, seconds)
const put = (url: string, body: Buffer | string, type: string | null = 'video/mp4') =>
  fetch(url, {
    method: 'PUT',
    body: new Uint8Array(Buffer.from(body)),
    headers: type === null ? {} : { 'content-type': type }
  })
const listIncoming = () => readdir(join(served.folder, 'incoming'))

async function expectProblem(answer: Response, status: number, code: string): Promise<string> {
  const problem = (await answer.json()) as { code: string; detail: string }
  assert.deepEqual([answer.status, problem.code], [status, code], problem.detail)
  assert.equal(answer.headers.get('access-control-allow-origin'), '*')
  return problem.detail
}

/** A PUT by hand, for what no HTTP client would send. */
function openPut(url: string, headers: Record<string, string | number>): Socket {
  const { pathname, search, port } = new URL(url)
  const lines = Object.entries({ Host: 'x', 'Content-Type': 'video/mp4', ...headers }).map(
    ([name, value]) => `${name}: ${value}`
  )
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(`PUT ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  return socket
}

async function readStatus(socket: Socket): Promise<number> {
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  return Number(/^HTTP\/1.1 (\d+)/.exec(chunk.toString('latin1'))?.[1])
}

test('anything changed in the address is refused', async () => {
  const key = makeKey()
  const { url } = await signOne(key, 4)
  const id = await served.disk.parts.begin(key, 'video/mp4')
  const part = (await served.disk.parts.sign(key, id, 2, 4, 60)).url
  const changed = [
    url.replace('bytes=4', 'bytes=5'),
    url.replace('bytes=4', 'bytes=04'),
    url.replace('bytes=4', 'bytes=4&bytes=5'),
    url.replace('video%2Fmp4', 'video%2Fwebm'),
    url.replace(/expires=(\d)/, 'expires=9$1'),
    url.replace(key, makeKey()),
    url.replace(/signature=./, 'signature=_'),
    url.replace(/&signature=.*/, ''),
    `${url}&part=2`,
    `${url}x`,
    part.replace('part=2', 'part=3'),
    part.replace(id, randomUUID()),
    part.replace(`upload=${id}&`, ''),
    part.replace('part=2&', '')
  ]
  for (const each of changed) {
    assert.ok(each !== url && each !== part)
    await expectProblem(await put(each, 'good'), 403, 'invalid_signature')
  }
  await expectProblem(await fetch(url), 403, 'invalid_signature')
  assert.equal(await served.disk.single.head(key), null)
  assert.deepEqual(await served.disk.parts.list(key, id), [])
  assert.equal((await put(url, 'good')).status, 200)
  assert.equal((await put(part, 'good', null)).status, 200, 'a part needs no content type')
})

test('an address whose parameters a client reorders or escapes otherwise still works', async () => {
  const { url } = await signOne(makeKey(), 4)
  const [path, query = ''] = url.split('?')
  assert.equal((await put(`${path}?${query.split('&').reverse().join('&').replace('%2F', '/')}`, 'good')).status, 200)
})

test('an expired address is refused, and says so', async () => {
  const { url, expiresAt } = await signOne(makeKey(), 4, 0)
  assert.ok(expiresAt.getTime() <= Date.now())
  assert.match(await expectProblem(await put(url, 'good'), 403, 'invalid_signature'), /expired/)
})

test('another content type than signed is refused, and the detail names the right one', async () => {
  const { url } = await signOne(makeKey(), 4)
  for (const type of ['video/webm', 'application/x-www-form-urlencoded', 'application/json', null]) {
    assert.match(await expectProblem(await put(url, 'good', type), 403, 'invalid_signature'), /video\/mp4/)
  }
})

test('another announced length is refused before a byte is read', async () => {
  const { url } = await signOne(makeKey(), 1000)
  for (const length of [999, 1001, 0]) {
    const socket = openPut(url, { 'Content-Length': length })
    assert.equal(await readStatus(socket), 422)
    socket.destroy()
  }
  assert.deepEqual(await listIncoming(), [])
})

test('an unannounced length is counted: too long stops at the first byte over, too short at the end', async () => {
  const key = makeKey()
  const { url } = await signOne(key, 10)
  const long = openPut(url, { 'Transfer-Encoding': 'chunked' })
  long.write('b\r\n0123456789x\r\n')
  assert.equal(await readStatus(long), 422, 'though the body has not ended')
  long.destroy()
  const short = openPut(url, { 'Transfer-Encoding': 'chunked' })
  short.write('9\r\n012345678\r\n0\r\n\r\n')
  assert.equal(await readStatus(short), 422)
  short.destroy()
  assert.equal(await served.disk.single.head(key), null)
  const exact = openPut(url, { 'Transfer-Encoding': 'chunked' })
  exact.write('a\r\n0123456789\r\n0\r\n\r\n')
  assert.equal(await readStatus(exact), 200)
  exact.destroy()
  assert.deepEqual(await listIncoming(), [])
})

test('a client that hangs up halfway leaves nothing', async () => {
  const key = makeKey()
  const { url } = await signOne(key, 4_000_000)
  const socket = openPut(url, { 'Content-Length': 4_000_000 })
  socket.write(randomBytes(2_000_000))
  while ((await listIncoming()).length === 0) await sleep(5)
  socket.resetAndDestroy()
  while ((await listIncoming()).length > 0) await sleep(5)
  assert.equal(await served.disk.single.head(key), null)
})

test('a PUT that is under way at the freeze cannot change the bytes', async () => {
  const key = makeKey()
  const { url } = await signOne(key, 8)
  await put(url, 'goodgood')
  const late = openPut(url, { 'Content-Length': 8 })
  late.write('evil')
  while ((await listIncoming()).length === 0) await sleep(5)
  const frozen = await served.disk.single.freeze(key)
  late.write('evil')
  assert.equal(await readStatus(late), 409)
  late.destroy()
  await expectProblem(await put(url, 'evilevil'), 409, 'session_completed')
  assert.equal(String(await buffer(await served.disk.read(frozen, 0, 8))), 'goodgood')
  assert.deepEqual(await listIncoming(), [])
})

test('a browser of any origin may PUT and read the ETag', async () => {
  const { url } = await signOne(makeKey(), 4)
  const asked = {
    origin: 'https://a.example',
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'content-type'
  }
  const preflight = await fetch(url, { method: 'OPTIONS', headers: asked })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /PUT/)
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /content-type/i)
  const answer = await put(url, 'good')
  assert.match(answer.headers.get('access-control-expose-headers') ?? '', /ETag/)
  assert.match(answer.headers.get('etag') ?? '', /^"[0-9a-f]{32}"$/)
})

test('curl sends a file as the guide says, waiting for 100-continue too, and reads a refusal', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'upload24-put-'))
  const size = 30_000_000
  await writeFile(join(folder, 'v.mp4'), randomBytes(size))
  const run = async (...args: string[]) => {
    const curl = spawn('curl', ['-sS', '-w', ' %{http_code}', ...args], { cwd: folder })
    const [out, err] = await Promise.all([text(curl.stdout), text(curl.stderr), once(curl, 'close')])
    return out + err
  }
  try {
    const { url } = await signOne(makeKey(), size, 600)
    const type = ['-H', 'Content-Type: video/mp4']
    const sent = ['-X', 'PUT', url, '--data-binary', '@./v.mp4']
    assert.match(await run(...sent, ...type), / 200$/)
    assert.match(await run('-T', 'v.mp4', url, ...type, '-H', 'Expect: 100-continue'), / 200$/)
    assert.match(await run(...sent), /video\/mp4.* 403$/)
    const small = await signOne(makeKey(), size - 1)
    assert.match(await run('-T', 'v.mp4', small.url, ...type), /file_size_mismatch.* 422$/)
    const chunked = ['-H', 'Transfer-Encoding: chunked']
    assert.match(await run('-T', 'v.mp4', small.url, ...type, ...chunked), /file_size_mismatch.* 422$/)
    const big = await signOne(makeKey(), TWO_GIB)
    assert.match(await run('-T', 'v.mp4', big.url, ...type), /2147483648.* 422$/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('ranges are served exactly, and only what exists', async () => {
  const stored = await served.disk.put(makeKey(), (await open('/dev/zero')).createReadStream({ end: 99 }), {
    maxBytes: 100
  })
  const { url } = await served.disk.signGet(stored, 60, 'video/mp4')
  const ask = async (range: string, more = {}) => {
    const answer = await fetch(url, { headers: { range, ...more } })
    return [answer.status, (await answer.arrayBuffer()).byteLength, answer.headers.get('content-range')]
  }
  assert.deepEqual(await ask('bytes=0-0'), [206, 1, 'bytes 0-0/100'])
  assert.deepEqual(await ask('bytes=90-'), [206, 10, 'bytes 90-99/100'])
  assert.deepEqual(await ask('bytes=-7'), [206, 7, 'bytes 93-99/100'])
  assert.deepEqual(await ask('bytes=50-5000'), [206, 50, 'bytes 50-99/100'])
  assert.deepEqual(await ask('bytes=100-'), [416, 0, 'bytes */100'])
  assert.deepEqual(await ask('bytes=0-0,5-6'), [200, 100, null])
  assert.deepEqual(await ask('bytes=0-0', { 'if-range': '"other"' }), [200, 100, null])
  const head = await fetch(url, { method: 'HEAD' })
  assert.deepEqual(
    [head.status, head.headers.get('content-length'), head.headers.get('etag')],
    [200, '100', stored.etag]
  )
  await served.disk.remove(stored.key)
  await expectProblem(await fetch(url), 404, 'not_found')
})

test('a full disk is 507, and nothing is left', async t => {
  const mount = await mkdtemp(join(tmpdir(), 'upload24-full-'))
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount]).status !== 0)
    return t.skip('mounting needs root')
  const small = await openServedDisk(mount)
  try {
    const { url } = await small.disk.single.sign('tenant/full', { contentType: 'video/mp4', bytes: 4_000_000 }, 60)
    await expectProblem(await put(url, Buffer.alloc(4_000_000)), 507, 'no_room')
    assert.deepEqual(await readdir(join(mount, 'incoming')), [])
    assert.equal(await small.disk.single.head('tenant/full'), null)
  } finally {
    await small.close()
    spawnSync('umount', [mount])
    await rm(mount, { recursive: true, force: true })
  }
})
