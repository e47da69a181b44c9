import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { sendByFetch, sendByXhr, withoutStalling } from './send.ts'

const seen: { headers: IncomingHttpHeaders; bytes: number }[] = []
const server = createServer(async (request, response) => {
  let bytes = 0
  for await (const chunk of request) bytes += chunk.length
  seen.push({ headers: request.headers, bytes })
  response.writeHead(request.url === '/full' ? 507 : 200, { etag: '"e"' }).end('text')
})
// Both ends live in this process: one that slept would cut its own connection under the next request.
server.keepAliveTimeout = 0
await once(server.listen(0, '127.0.0.1'), 'listening')
after(() => {
  server.closeAllConnections()
  server.close()
})
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const body = new Blob([new Uint8Array(1_000_000)])
const delivery = {
  url: `${base}/`,
  headers: { 'content-type': 'video/mp4' },
  body,
  signal: new AbortController().signal
}

test('fetch sends with a length, and tells how far it is', async () => {
  const told: number[] = []
  const { status, headers, text } = await sendByFetch({ ...delivery, onProgress: bytes => told.push(bytes) })
  assert.deepEqual([status, headers.get('etag'), text], [200, '"e"', 'text'])
  const last = seen.at(-1)
  assert.equal(last?.bytes, body.size)
  const announced = ['content-length', 'transfer-encoding', 'content-type'].map(name => last?.headers[name])
  assert.deepEqual(announced, [String(body.size), undefined, 'video/mp4'])
  assert.ok(told.length > 2 && told.every((bytes, at) => bytes >= (told[at - 1] ?? 0) && bytes <= body.size))
})

test('an answer that is no good is an answer; none is a ConnectionError', async () => {
  const onProgress = () => {}
  assert.equal((await sendByFetch({ ...delivery, url: `${base}/full`, onProgress })).status, 507)
  await assert.rejects(sendByFetch({ ...delivery, url: 'http://127.0.0.1:1/', onProgress }), {
    name: 'ConnectionError'
  })
  const signal = AbortSignal.abort()
  await assert.rejects(sendByFetch({ ...delivery, signal, onProgress }), { name: 'AbortError' })
})

/** What a browser's does, as far as it is used. */
function newXhr() {
  const calls: unknown[][] = []
  const xhr = {
    upload: { onprogress: null as ((event: { loaded: number }) => void) | null },
    status: 200,
    responseText: 'text',
    onload: null as (() => void) | null,
    onerror: null as (() => void) | null,
    onabort: null as (() => void) | null,
    open: (...call: unknown[]) => void calls.push(call),
    setRequestHeader: (...call: unknown[]) => void calls.push(call),
    getResponseHeader: (name: string) => (name === 'etag' ? '"e"' : null),
    send: (...call: unknown[]) => void calls.push(call),
    abort: () => xhr.onabort?.()
  }
  return { xhr, calls }
}

test('in a browser the PUT goes through XMLHttpRequest, which tells of progress', async () => {
  const { xhr, calls } = newXhr()
  const told: number[] = []
  const sent = sendByXhr(xhr, { ...delivery, onProgress: bytes => told.push(bytes) })
  xhr.upload.onprogress?.({ loaded: 5 })
  xhr.onload?.()
  const { status, headers } = await sent
  assert.deepEqual([status, headers.get('etag'), told], [200, '"e"', [5]])
  assert.deepEqual(calls, [['PUT', delivery.url], ['content-type', 'video/mp4'], [body]])

  const broken = newXhr()
  const failing = sendByXhr(broken.xhr, { ...delivery, onProgress() {} })
  broken.xhr.onerror?.()
  await assert.rejects(failing, { name: 'ConnectionError' })

  const aborted = newXhr()
  const leaving = new AbortController()
  const leftAlone = sendByXhr(aborted.xhr, { ...delivery, signal: leaving.signal, onProgress() {} })
  leaving.abort()
  await assert.rejects(leftAlone, { name: 'AbortError' })
})

test('what makes no headway is cut; what creeps is not', async () => {
  const creeping = withoutStalling(async ({ onProgress }) => {
    for (let bytes = 0; bytes < 8; bytes++) {
      await new Promise(resolve => setTimeout(resolve, 20))
      onProgress(bytes)
    }
    return { status: 200, headers: new Headers(), text: '' }
  }, 0.1)
  assert.equal((await creeping({ ...delivery, onProgress() {} })).status, 200)
  const stuck = withoutStalling(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    0.05
  )
  await assert.rejects(stuck({ ...delivery, onProgress() {} }), { name: 'ConnectionError' })
})
