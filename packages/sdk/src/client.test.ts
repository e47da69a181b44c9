import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { type ClientOptions, ConnectionError, createClient, ProblemError } from './index.ts'

interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
type Answer = (response: ServerResponse, request: Seen) => void

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  response =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const refuse = (status: number, code: string, headers: Record<string, string> = {}) =>
  json({ title: 'No', status, code, detail: 'Do this.', requestId: 'req_1' }, status, {
    'x-request-id': 'req_1',
    ...headers
  })
const breakOff: Answer = response => response.socket?.destroy()

/** A server that answers in this order, and the last one from then on. */
async function serve(...answers: Answer[]) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const one = { method: request.method, url: request.url, headers: request.headers, body }
    seen.push(one)
    answers[Math.min(seen.length, answers.length) - 1]?.(response, one)
  })
  // Both ends live in this process: one that slept would cut its own connection under the next request.
  server.keepAliveTimeout = 0
  await once(server.listen(0, '127.0.0.1'), 'listening')
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const client = (more: Partial<ClientOptions> = {}) => createClient({ baseUrl, apiKey: 'u24_key', ...more })
  return { seen, baseUrl, client }
}

test('one flat input becomes path, query and body', async () => {
  const { seen, client } = await serve(json({}))
  const { uploads, accounts, quota } = client()
  await uploads.attempts({ uploadId: 'a/b', limit: 5 })
  await uploads.retry({ uploadId: 'upload_1', accounts: ['account_1'] })
  await accounts.unlink({ id: 'account_1' })
  await quota.read()
  assert.deepEqual(
    seen.map(({ method, url, body }) => [method, url, body]),
    [
      ['GET', '/api/upload/a%2Fb/attempts?limit=5', ''],
      ['POST', '/api/upload/upload_1/retry', '{"accounts":["account_1"]}'],
      ['DELETE', '/accounts/account_1', ''],
      ['GET', '/quota', '']
    ]
  )
  assert.ok(seen.every(({ headers }) => headers['x-api-key'] === 'u24_key'))
  await assert.rejects(uploads.status({ uploadId: '' }), TypeError)
})

test('a refusal is a ProblemError that holds all that was told', async () => {
  const { client } = await serve(refuse(409, 'in_flight', { 'retry-after': '7' }))
  await assert.rejects(client().uploads.delete({ uploadId: 'upload_1' }), error => {
    assert.ok(error instanceof ProblemError)
    const { status, code, title, detail, requestId, retryAfterSeconds } = error
    assert.deepEqual(
      { status, code, title, detail, requestId, retryAfterSeconds },
      { status: 409, code: 'in_flight', title: 'No', detail: 'Do this.', requestId: 'req_1', retryAfterSeconds: 7 }
    )
    return true
  })
})

test('an answer of something in between is told as such', async () => {
  const { client } = await serve(response => response.writeHead(413).end('<html>too large</html>'))
  await assert.rejects(client().uploads.list(), { name: 'ProblemError', code: 'unknown_answer', status: 413 })
})

test('a broken line is asked again with the same Idempotency-Key', async () => {
  const { seen, client } = await serve(breakOff, refuse(503, 'not_ready'), json({ id: 'key_1' }, 201))
  assert.deepEqual(await client().keys.generate({ name: 'a' }), { id: 'key_1' })
  const keys = new Set(seen.map(({ headers }) => headers['idempotency-key']))
  assert.equal(seen.length, 3)
  assert.equal(keys.size, 1)
  assert.match(String([...keys][0]), /^[0-9a-f]{32}$/)
})

test('what is not safe to repeat is not repeated', async () => {
  const { seen, client } = await serve(breakOff)
  await assert.rejects(client().uploads.delete({ uploadId: 'upload_1' }), ConnectionError)
  await assert.rejects(client().people.signIn({ email: 'a@example.com', password: 'x' }), ConnectionError)
  assert.equal(seen.length, 2)
})

test('retries end, and Retry-After is waited for unless it is long', async () => {
  const away = await serve(breakOff)
  await assert.rejects(away.client({ retries: 2 }).quota.read(), ConnectionError)
  assert.equal(away.seen.length, 3)

  const soon = await serve(refuse(429, 'rate_limited', { 'retry-after': '1' }), json({}))
  const before = performance.now()
  await soon.client().quota.read()
  assert.ok(performance.now() - before >= 1000)

  const late = await serve(refuse(429, 'rate_limited', { 'retry-after': '3600' }))
  await assert.rejects(late.client().quota.read(), { code: 'rate_limited', retryAfterSeconds: 3600 })
  const quota = await serve(refuse(429, 'quota_exceeded', { 'retry-after': '1' }))
  await assert.rejects(quota.client().uploads.import({ title: 'A', accounts: [], url: 'x' }), { status: 429 })
  assert.equal(late.seen.length + quota.seen.length, 2)
})

test('requests that are refused at once share one renewal, and go on with the new token', async () => {
  const guard: Answer = (response, request) =>
    (request.headers.authorization === 'Bearer new' ? json({ used: 1 }) : refuse(401, 'invalid_token'))(
      response,
      request
    )
  const { seen, baseUrl } = await serve(guard)
  let token = 'old'
  let renewals = 0
  const session = {
    getAccessToken: () => token,
    async onUnauthorized() {
      renewals++
      await new Promise(resolve => setTimeout(resolve, 20))
      token = 'new'
      return token
    }
  }
  const { quota } = createClient({ baseUrl, session })
  const replies = await Promise.all([quota.read(), quota.read(), quota.read()])
  assert.deepEqual(replies, [{ used: 1 }, { used: 1 }, { used: 1 }])
  assert.equal(renewals, 1)
  assert.equal(seen.length, 6)
})

test('a refused sign-in renews nothing, and sends no token', async () => {
  const { seen, baseUrl } = await serve(refuse(401, 'invalid_credentials'))
  const session = { getAccessToken: () => 'old', onUnauthorized: () => assert.fail('a renewal was asked for') }
  const { people } = createClient({ baseUrl, session })
  await assert.rejects(people.signIn({ email: 'a@example.com', password: 'x' }), { code: 'invalid_credentials' })
  assert.equal(seen[0]?.headers.authorization, undefined)
})

test('a token that cannot be renewed leaves the refusal as it is', async () => {
  const { seen, baseUrl } = await serve(refuse(401, 'invalid_token'))
  const session = { getAccessToken: () => 'old', onUnauthorized: async () => undefined }
  await assert.rejects(createClient({ baseUrl, session }).quota.read(), { code: 'invalid_token', status: 401 })
  assert.equal(seen.length, 1)
})

test('an abort ends a request, and the waiting between two', async () => {
  const silent = await serve(() => {})
  const asking = new AbortController()
  const asked = silent.client().quota.read(undefined, { signal: asking.signal })
  setImmediate(() => asking.abort())
  await assert.rejects(asked, { name: 'AbortError' })

  const away = await serve(refuse(503, 'not_ready', { 'retry-after': '20' }))
  const waiting = new AbortController()
  const waited = away.client().quota.read(undefined, { signal: waiting.signal })
  while (away.seen.length === 0) await new Promise(resolve => setImmediate(resolve))
  waiting.abort()
  await assert.rejects(waited, { name: 'AbortError' })
})

test('a form carries its fields as the API reads them', async () => {
  const { seen, client } = await serve(json({ uploadId: 'upload_1' }, 201))
  const file = new Blob(['film'], { type: 'video/mp4' })
  const options = { someplatform: { categoryId: '22' } }
  await client().uploads.form({ title: 'A', accounts: ['account_1'], ...options, file, fileName: 'a.mp4' })
  const body = seen[0]?.body ?? ''
  for (const part of ['name="accounts"\r\n\r\n["account_1"]', '{"categoryId":"22"}', 'filename="a.mp4"', 'video/mp4']) {
    assert.ok(body.includes(part), `${part} in ${body}`)
  }
  assert.match(seen[0]?.headers['content-type'] ?? '', /^multipart\/form-data; boundary=/)
})
