import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, beforeEach, test } from 'node:test'
import { Lost, Refused } from './failures.ts'
import { chunkEnd, type Exchange, type HttpSetup, multipart, openHttp } from './http.ts'
import { openNetwork } from './network.ts'

type Handler = (req: IncomingMessage, res: ServerResponse) => void
let answer: Handler = (_req, res) => res.end('ok')
const seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = []
const server = createServer((req, res) => {
  const parts: Buffer[] = []
  req.on('data', part => parts.push(part))
  req.on('error', () => {})
  req.on('end', () => {
    const { method = '', url = '', headers } = req
    seen.push({ method, url, headers, body: Buffer.concat(parts).toString() })
    answer(req, res)
  })
})
// Both ends live in this process: one that slept would cut its own connection under the next request.
server.keepAliveTimeout = 0
await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const network = openNetwork()
after(async () => {
  await network.close()
  server.close()
})
beforeEach(() => {
  seen.length = 0
  answer = (_req, res) => res.end('ok')
})

const open = (more: Partial<HttpSetup> = {}) =>
  openHttp({
    network,
    connector: { name: 'Platform', classify: () => undefined },
    hosts: { api: { url: 'https://api.platform.test', token: 'bearer', also: ['.cdn.test'] } },
    map: { 'api.platform.test': `${origin}/prefix`, 'up.cdn.test': `${origin}/cdn` },
    call: 'send',
    commits: false,
    now: new Date('2026-11-22T10:00:00Z'),
    fence: { check: () => {} },
    token: async () => 'the-token',
    ...more
  })
const failureOf = (run: Promise<unknown>) =>
  run.then(
    () => assert.fail('it was not refused'),
    error => {
      assert.ok(error instanceof Refused, String(error))
      return error.failure
    }
  )

test('a path is joined to the mapped base, with the token and an exact length', async () => {
  const res = await open()('api', '/videos?part=id', { method: 'POST', body: 'héllo' })
  assert.equal(res.text, 'ok')
  assert.equal(seen[0]?.url, '/prefix/videos?part=id')
  assert.equal(seen[0]?.headers.authorization, 'Bearer the-token')
  assert.equal(seen[0]?.headers['content-length'], '6')
})

test('an address from the platform is followed on its hosts and on the mapped base, and nowhere else', async () => {
  const http = open()
  await http('api', new URL('https://api.platform.test/session?upload_id=1'))
  await http('api', new URL('https://up.cdn.test/session'))
  await http('api', new URL(`${origin}/prefix/session`))
  assert.deepEqual(
    seen.map(s => s.url),
    ['/prefix/session?upload_id=1', '/cdn/session', '/prefix/session']
  )
  seen.length = 0
  for (const foreign of [
    'https://evil.test/',
    'https://api.platform.test.evil.test/',
    'http://127.0.0.1:1/',
    'http://up.cdn.test.evil/'
  ])
    assert.equal((await failureOf(http('api', new URL(foreign)))).code, 'foreign_address')
  assert.equal(seen.length, 0)
})

test('plain http is spoken only where a host is mapped', async () => {
  const http = open({ map: {}, hosts: { api: { url: `http://127.0.0.1:${new URL(origin).port}`, token: 'bearer' } } })
  assert.equal((await failureOf(http('api', '/'))).code, 'foreign_address')
  assert.equal(seen.length, 0)
})

test('a relative Location is resolved against the request', async () => {
  answer = (_req, res) => res.writeHead(200, { location: '../session/7' }).end()
  const res = await open()('api', '/a/b')
  assert.equal(res.headers.get('location'), `${origin}/prefix/session/7`)
})

test('a redirect is not followed', async () => {
  answer = (_req, res) => res.writeHead(302, { location: `${origin}/elsewhere` }).end()
  assert.equal((await failureOf(open()('api', '/'))).code, 'platform_error')
  assert.equal(seen.length, 1)
})

test('a 401 gets one repeat with a new token and a fresh body', async () => {
  answer = (req, res) => res.writeHead(req.headers.authorization === 'Bearer new' ? 200 : 401).end()
  const used: string[] = []
  const renew = async (token: string) => {
    used.push(token)
    return 'new'
  }
  const body = {
    contentType: 'video/mp4',
    bytes: 4,
    async *stream() {
      yield Buffer.from('1234')
    }
  }
  await open({ renew })('api', '/up', { method: 'PUT', body })
  assert.deepEqual(used, ['the-token'])
  assert.deepEqual(
    seen.map(s => s.body),
    ['1234', '1234']
  )
})

test('a second 401 means that the owner must sign in again', async () => {
  answer = (_req, res) => res.writeHead(401).end()
  const failure = await failureOf(open({ renew: async () => 'new' })('api', '/'))
  assert.deepEqual([failure.kind, failure.scope, seen.length], ['relink', 'account', 2])
})

test('no connection means that nothing was sent: retry', async () => {
  // Nobody is ever given port 1; one that was free a moment ago may be another test's by now.
  const map = { 'api.platform.test': 'http://127.0.0.1:1' }
  const failure = await failureOf(open({ map, commits: true })('api', '/'))
  assert.deepEqual([failure.kind, failure.code], ['retry', 'platform_unreachable'])
  const noTls = { 'api.platform.test': origin.replace('http:', 'https:') }
  assert.equal((await failureOf(open({ map: noTls, commits: true })('api', '/'))).kind, 'retry')
  assert.equal(seen.length, 0)
  const nowhere = { 'api.platform.test': 'http://does-not-exist.invalid' }
  assert.equal((await failureOf(open({ map: nowhere, commits: true })('api', '/'))).kind, 'retry')
})

test('a connection that ends without an answer is lost, and is not tried again', async () => {
  let requests = 0
  answer = (req, _res) => {
    requests += 1
    req.socket.destroy()
  }
  await assert.rejects(open()('api', '/'), Lost)
  assert.equal(requests, 1)
})

test('a fence that is shut lets nothing out, and throws its own word', async () => {
  class LeaseLost extends Error {}
  const fence = {
    check() {
      throw new LeaseLost()
    }
  }
  await assert.rejects(open({ fence })('api', '/', { method: 'POST', body: 'x' }), LeaseLost)
  let checks = 0
  const secondShut = {
    check() {
      checks += 1
      if (checks === 2) throw new LeaseLost()
    }
  }
  const body = {
    contentType: 'video/mp4',
    bytes: 4,
    async *stream() {
      yield Buffer.from('1234')
    }
  }
  await assert.rejects(open({ fence: secondShut })('api', '/', { method: 'PUT', body }), LeaseLost)
  assert.equal(seen.length, 0)
})

test('a fence that shuts in the middle of the body cuts the exchange: lost', async () => {
  let pulls = 0
  const fence = {
    check() {
      pulls += 1
      if (pulls > 3) throw new Error('shut')
    }
  }
  const body = {
    contentType: 'video/mp4',
    bytes: 40,
    async *stream() {
      for (let i = 0; i < 10; i++) yield Buffer.from('1234')
    }
  }
  await assert.rejects(open({ fence })('api', '/', { method: 'PUT', body }), Lost)
  assert.equal(seen.length, 0, 'the whole request never arrived')
})

test('the deadline cuts an exchange that waits for its answer', async () => {
  const deadline = new AbortController()
  answer = () => deadline.abort()
  await assert.rejects(open({ fence: { check: () => {}, signal: deadline.signal } })('api', '/'), Lost)
})

test('a body that is shorter than it said is lost', async () => {
  const body = {
    contentType: 'video/mp4',
    bytes: 8,
    async *stream() {
      yield Buffer.from('1234')
    }
  }
  await assert.rejects(open()('api', '/', { method: 'PUT', body }), Lost)
})

test('an answer of more than 2 MiB is lost', async () => {
  answer = (_req, res) => res.end(Buffer.alloc(2 * 2 ** 20 + 1))
  await assert.rejects(open()('api', '/'), Lost)
  answer = (_req, res) => res.end(Buffer.alloc(2 * 2 ** 20, 'a'))
  assert.equal((await open()('api', '/')).text.length, 2 * 2 ** 20)
})

test('the journal has every exchange and no secret', async () => {
  const journal: Exchange[] = []
  const http = open({ onExchange: e => journal.push(e) })
  await http('api', '/videos?part=id&upload_id=SECRET&access_token=the-token&id=abc')
  assert.deepEqual(
    journal.map(({ ms, ...rest }) => [typeof ms, rest]),
    [
      [
        'number',
        {
          host: 'api.platform.test',
          method: 'GET',
          path: '/prefix/videos?part=id&upload_id=***&access_token=***&id=abc',
          status: 200
        }
      ]
    ]
  )
})

test('the journal has the host that was really asked, as the platform calls it', async () => {
  const journal: Exchange[] = []
  const hostOf = async (path: string | URL, more: Partial<HttpSetup> = {}) => {
    await open({ onExchange: e => journal.push(e), ...more })('api', path)
    return journal.at(-1)?.host
  }
  assert.equal(await hostOf('/v1'), 'api.platform.test')
  assert.equal(await hostOf(new URL('https://api.platform.test/v1')), 'api.platform.test')
  assert.equal(await hostOf(new URL('https://up.cdn.test/v1')), 'up.cdn.test')
  // An address that the answer of a mapped host gave, and one that stands for a host without a place of its own.
  assert.equal(await hostOf(new URL(`${origin}/cdn/v1`)), 'up.cdn.test')
  assert.equal(await hostOf(new URL('https://else.cdn.test/v1')), 'else.cdn.test')
  const map = { 'up.cdn.test': origin, 'api.platform.test': origin }
  assert.equal(await hostOf(new URL(`${origin}/v1`), { map }), 'api.platform.test')
})

test("the journal has the platform's id of the request, and no other header", async () => {
  const journal: Exchange[] = []
  const ask = async (headers: Record<string, string>) => {
    answer = (_req, res) => res.writeHead(200, headers).end()
    await open({ onExchange: e => journal.push(e) })('api', '/')
    return journal.at(-1)?.requestId
  }
  assert.equal(await ask({ 'X-Tt-Logid': '2026112209A1' }), '2026112209A1')
  assert.equal(await ask({ 'X-GUploader-UploadID': 'SECRET' }), undefined)
  assert.equal(await ask({ 'x-request-id': 'not an id, <b>' }), undefined)
})

test('multipart carries fields and a file, with the exact length', async () => {
  const file = {
    contentType: 'video/mp4',
    bytes: 4,
    async *stream() {
      yield Buffer.from('1234')
    }
  }
  const body = multipart('marker', { title: 'A "b"' }, { name: 'video', fileName: 'v.mp4', body: file })
  await open()('api', '/', { method: 'POST', body })
  const form = await new Response(seen[0]?.body ?? '', { headers: { 'content-type': body.contentType } }).formData()
  assert.equal(form.get('title'), 'A "b"')
  assert.equal(await (form.get('video') as File).text(), '1234')
})

test('chunks are equal, and the last is short or long', () => {
  assert.equal(chunkEnd(0, 100, 40, 'short'), 40)
  assert.equal(chunkEnd(80, 100, 40, 'short'), 100)
  assert.equal(chunkEnd(40, 100, 40, 'long'), 100)
  assert.equal(chunkEnd(0, 100, 40, 'long'), 40)
})

test('every answer is heard before it is judged, refusals and first tries too', async () => {
  const heard: number[] = []
  answer = (_req, res) => res.writeHead(seen.length === 1 ? 401 : 503, { 'x-usage': '90' }).end()
  const http = open({ onAnswer: res => heard.push(res.status), renew: async () => 'another' })
  await failureOf(http('api', '/videos'))
  assert.deepEqual(heard, [401, 503])
})
