import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { test } from 'node:test'
import { endpoints, type ProblemCode, problems } from '@upload24/contract'
import { StorageFull } from '../src/storage/errors.ts'
import { issueAccessToken } from '../src/tenants/access-token.ts'
import { testDatabase } from './database.ts'
import { until } from './processes.ts'
import { FORM_END, openSocket, rawForm, rawPart, sendRaw } from './raw-request.ts'
import { type Answer, type Asked, FILM, faultsOf, form, openUploadWorld, video } from './upload-world.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 1 })
const fields = { title: 'Film', accounts: tenant.accounts }
const about = { ...fields, fileName: 'film.mp4', fileSize: FILM.length, contentType: 'video/mp4' }

/** A whole problem of this code, and a request id that stands in header and body alike. */
function isProblem(answer: Pick<Answer, 'status' | 'headers' | 'body'>, code: ProblemCode): void {
  const { status, headers, body } = answer
  assert.equal(body?.code, code, JSON.stringify(body))
  const [expected, title] = problems[code]
  assert.deepEqual([status, body.status, body.title], [expected, expected, title])
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.equal(body.type, `http://upload24.test/docs/errors#${code}`)
  assert.ok(typeof body.detail === 'string' && body.detail.length > 10)
  assert.match(body.requestId, /^req_[0-9a-f]{32}$/)
  assert.equal(headers.get('x-request-id'), body.requestId)
}

/** Refused with this problem, and nothing is left behind. */
async function refuses(code: ProblemCode, work: () => Promise<Pick<Answer, 'status' | 'headers' | 'body'>>) {
  const before = await world.traces()
  const answer = await work()
  isProblem(answer, code)
  assert.deepEqual(await world.traces(), before)
  return answer
}
const JSON_TYPE = { 'content-type': 'application/json' }
const post = (path: string, asked: Asked) => tenant.ask('POST', path, asked)
const presign = (body: unknown, headers: Record<string, string> = JSON_TYPE) =>
  post('/api/upload/presign-put', { body, headers })

test('every answer has a request id', async () => {
  for (const path of ['/quota', '/accounts', '/openapi.json', '/nothing', '/']) {
    assert.match((await tenant.ask('GET', path)).headers.get('x-request-id') ?? '', /^req_/, path)
  }
})

test('an unknown address is 404, a known one with another method 405 with those it takes', async () => {
  await refuses('not_found', () => tenant.ask('GET', '/api/uplaod'))
  await refuses('not_found', () => post('/api/upload/presign-put/', { body: about }))
  await refuses('not_found', () => tenant.ask('DELETE', '/'.padEnd(3000, 'x')))
  const allowed = async (method: string, path: string) =>
    (await refuses('method_not_allowed', () => tenant.ask(method, path))).headers.get('allow')
  assert.equal(await allowed('GET', `/api/upload/${'x'.repeat(30)}/cancel`), 'POST')
  assert.equal(await allowed('POST', '/uploads'), 'GET, HEAD')
  assert.equal(await allowed('DELETE', `/api/upload/${'x'.repeat(30)}/status?a=b`), 'GET, HEAD')
  assert.equal(await allowed('PUT', '/accounts/x'), 'DELETE')
})

test('an address that is none, and what is no HTTP, are 400', async () => {
  const get = (path: string) => sendRaw(world.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  await refuses('bad_request', () => get('/api/upload/%zz/status'))
  await refuses('bad_request', () => sendRaw(world.port, 'this is not http\r\n\r\n'))
  await refuses('bad_request', () => get(`/?${'x'.repeat(20_000)}`))
})

test('JSON that is none is 400', async () => {
  for (const body of ['{', '', '{"title":"a",}', "{'title':1}", '{"__proto__":{"title":"x"}}', '\u0000']) {
    await refuses('malformed_json', () => presign(body))
  }
})

test('JSON that is nested without end is 400, with an Idempotency-Key too', async () => {
  const body = `{"title":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
  await refuses('malformed_json', () => presign(body))
  await refuses('malformed_json', () => presign(body, { ...JSON_TYPE, 'idempotency-key': 'deep' }))
  for (const levels of [100, 100_000]) {
    const youtube = '['.repeat(levels) + ']'.repeat(levels)
    await refuses('malformed_form', () => post('/api/upload', { body: form({ ...fields, youtube }) }))
  }
})

test('of fifty thousand faults the first hundred are told', async () => {
  const names = Array.from({ length: 50_000 }, (_, index) => [`f${index}`, 1])
  const { body } = await refuses('validation_failed', () => presign({ ...about, ...Object.fromEntries(names) }))
  assert.equal(body.errors.length, 100)
  assert.match(body.detail, /^50000 rules are broken/)
  const long = await refuses('validation_failed', () => presign({ ...about, ['x'.repeat(900_000)]: 1 }))
  assert.equal(long.body.errors.length, 1)
})

test('JSON that is no object is 422', async () => {
  for (const body of ['[]', '"title"', '7', 'null', 'true']) {
    await refuses('validation_failed', () => presign(body))
    if (body !== 'null')
      await refuses('validation_failed', () => post('/api/upload/abort', { body, headers: JSON_TYPE }))
  }
  const { body } = await refuses('validation_failed', () => post('/api/upload/complete', {}))
  assert.equal(body.errors[0].path, 'sessionToken')
})

test('ten megabytes of JSON are 413', async () => {
  await refuses('too_large', () => presign(JSON.stringify({ ...about, title: 'x'.repeat(10_000_000) })))
  const fits = await presign(JSON.stringify({ ...about, title: 'x'.repeat(1_000_000) }))
  assert.equal(fits.status, 422)
})

test('a body of another media type is 415', async () => {
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data; boundary=x',
    'json'
  ]
  for (const type of types) {
    await refuses('unsupported_media_type', () => presign(JSON.stringify(about), { 'content-type': type }))
  }
  await refuses('unsupported_media_type', () => presign(form(fields), {}))
  await refuses('unsupported_media_type', () => post('/api/upload', { body: fields }))
  await refuses('unsupported_media_type', () => post('/api/upload', {}))
})

test('a form that is broken is 400', async () => {
  const send = (body: string, length?: number) => sendRaw(world.port, rawForm(tenant.key, body, length))
  const whole = rawPart('title', 'Film') + rawPart('accounts', tenant.accounts[0] as string)
  const film = rawPart('file', FILM.toString('latin1'), 'film.mp4')
  assert.equal((await send(whole + film + FORM_END)).status, 201)
  await refuses('malformed_form', () => send(whole + film))
  await refuses('malformed_form', () => send(`${whole}${film.slice(0, -8)}`))
  await refuses('malformed_form', () => send('what is this?'))
  await refuses('malformed_form', () => send(''))
  await refuses('malformed_form', () => send(whole.replace('form-data; name="title"', 'form-data') + film + FORM_END))
  await refuses('malformed_form', () =>
    send(`${rawPart('youtube', 'x')}${rawPart('youtube[a]', 'x')}${film}${FORM_END}`)
  )
  await refuses('malformed_form', () =>
    post('/api/upload', { body: 'x', headers: { 'content-type': 'multipart/form-data' } })
  )
})

test('a form has exactly one file, in the field "file", before the fields or after them', async () => {
  const two = form(fields)
  two.append('file', video(), 'another.mp4')
  await refuses('file_invalid', () => post('/api/upload', { body: two }))
  await refuses('file_invalid', () => post('/api/upload', { body: form(fields, null) }))
  await refuses('file_invalid', () => post('/api/upload', { body: form({ ...fields, file: 'film.mp4' }, null) }))
  const elsewhere = form(fields, null)
  elsewhere.append('video', video(), 'film.mp4')
  await refuses('file_invalid', () => post('/api/upload', { body: elsewhere }))
  const early = form({})
  for (const [name, value] of Object.entries({ title: 'Film', accounts: tenant.accounts[0] as string })) {
    early.append(name, value)
  }
  assert.equal((await post('/api/upload', { body: early })).status, 201)
})

test('a form that announces more than a file may have is refused before it is sent', async () => {
  const bytes = rawForm(tenant.key, rawPart('title', 'Film'), 2 ** 32)
  await refuses('too_large', () => sendRaw(world.port, bytes))
})

test('U+0000 is 422 in JSON, forms and queries, never a fault of ours', async () => {
  await refuses('validation_failed', () => presign({ ...about, title: 'a\u0000b' }))
  await refuses('validation_failed', () => post('/api/upload', { body: form({ ...fields, title: 'a\u0000b' }) }))
  await refuses('validation_failed', () => tenant.asOwner('POST', '/api-keys/generate', { body: { name: 'a\u0000b' } }))
  const bytes = rawForm(
    tenant.key,
    rawPart('title', 'Film') +
      rawPart('accounts', tenant.accounts[0] as string) +
      rawPart('file', FILM.toString('latin1'), 'a\u0000.mp4') +
      FORM_END
  )
  const { body } = await refuses('validation_failed', () => sendRaw(world.port, bytes))
  assert.equal(body.errors[0].path, 'file.name')
})

test('without a credential no endpoint does anything, but those for anyone', async () => {
  for (const { method, path, access } of endpoints) {
    const answer = await world.send(method, path.replaceAll(/[{}]/g, ''))
    if (access.who !== 'anyone') isProblem(answer, 'unauthorized')
    else {
      const mayRefuse = path === '/auth/refresh' || path.includes('{')
      assert.ok(![401, 404, 405, 500].includes(answer.status) || mayRefuse, `${method} ${path}`)
    }
  }
})

test('each wrong credential has its own word', async () => {
  const get = (headers: Record<string, string>, path = '/quota') => world.send('GET', path, { headers })
  const { accessToken: expired } = await issueAccessToken(world.app, { ...tenant, role: 'owner' }, -1)
  const { token: viewer, tenantId } = await world.newTenant()
  await database.pool.query(`update members set role = 'viewer' where tenant_id = $1`, [tenantId])
  const revoked = (await tenant.asOwner('POST', '/api-keys/generate', { body: {} })).body
  await tenant.asOwner('DELETE', `/api-keys/${revoked.id}`)
  const narrow = (await tenant.asOwner('POST', '/api-keys/generate', { body: { scopes: ['upload:read'] } })).body
  const cases: [code: ProblemCode, answer: () => Promise<Answer>][] = [
    ['unauthorized', () => get({})],
    ['invalid_token', () => get({ authorization: `Bearer ${expired}` })],
    ['invalid_token', () => get({ authorization: `Bearer ${tenant.token.slice(0, -2)}` })],
    ['invalid_token', () => get({ authorization: 'Basic YTpi' })],
    ['malformed_api_key', () => get({ 'x-api-key': `Bearer ${tenant.key}` })],
    ['malformed_api_key', () => get({ 'x-api-key': tenant.key.slice(0, -1) })],
    ['invalid_api_key', () => get({ 'x-api-key': revoked.key })],
    ['bad_request', () => get({ 'x-api-key': tenant.key, ...tenant.bearer })],
    ['bearer_required', () => get({ 'x-api-key': tenant.key }, '/uploads')],
    [
      'scope_missing',
      () => world.send('POST', '/api/upload', { body: form(fields), headers: { 'x-api-key': narrow.key } })
    ],
    [
      'role_missing',
      () => world.send('POST', '/api/upload', { body: form(fields), headers: { authorization: `Bearer ${viewer}` } })
    ]
  ]
  for (const [code, work] of cases) {
    const { status, headers } = await refuses(code, work)
    assert.equal(headers.has('www-authenticate'), status === 401)
  }
})

test('a refused form of which much is still to come is answered at once', async () => {
  for (const headers of [{ 'x-api-key': 'nonsense' }, { 'x-api-key': tenant.key, 'idempotency-key': 'a b' }]) {
    const { status, stop } = await sendEndless(headers)
    assert.ok([400, 401].includes(status))
    stop()
  }
})

/** Announces a gigabyte, sends a little of it and waits for the answer. */
function sendEndless(headers: Record<string, string>) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; stop(): void }>()
  const request = httpRequest(`${world.base}/api/upload`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x', 'content-length': 2 ** 30 }
  })
  request.on('response', response => {
    resolve({ status: response.statusCode as number, stop: () => void request.destroy() })
  })
  request.on('error', reject)
  request.write('--x\r\n')
  return promise
}

test('a client that hangs up halfway leaves nothing behind', async () => {
  const before = await world.traces()
  const half = rawPart('title', 'Film') + rawPart('file', 'x'.repeat(3_000_000), 'film.mp4').slice(0, -2)
  for (const key of [tenant.key, `${tenant.key}\r\nIdempotency-Key: hang-up`]) {
    const socket = await openSocket(world.port)
    socket.write(rawForm(key, half, 5_000_000))
    const objects = async () => (await world.traces()).objects.length
    await until(async () => (await objects()) > before.objects.length, 'half a file on the disk')
    socket.destroy()
    await until(async () => (await objects()) === before.objects.length, 'an empty disk')
    assert.deepEqual(await world.traces(), before)
  }
  // And the key is free for the next try.
  const headers = { 'idempotency-key': 'hang-up' }
  await until(
    async () => (await post('/api/upload', { body: form(fields), headers })).status === 201,
    'the same request again'
  )
})

test('a full disk is 507, and nothing is left', async t => {
  t.mock.method(world.app.storage, 'put', async () => {
    throw new StorageFull('the disk is full')
  })
  await refuses('no_room', () => post('/api/upload', { body: form(fields) }))
})

test('an unknown field is refused everywhere, with the name that was meant', async () => {
  const bodies: [path: string, body: object, path: string][] = [
    ['/api/upload/complete', { sessionToken: 'x', part: [] }, 'parts'],
    ['/api/upload/abort', { sessiontoken: 'x', sessionToken: 'x' }, 'sessionToken'],
    ['/api-keys/generate', { nmae: 'x' }, 'name'],
    ['/api/upload/presign-put', { ...about, filesize: 1 }, 'fileSize']
  ]
  for (const [path, body, meant] of bodies) {
    const answer = await refuses('validation_failed', () => tenant.asOwner('POST', path, { body }))
    assert.match(faultsOf(answer as Answer).join(), /unknown_field/)
    assert.ok(answer.body.errors[0].message.includes(`did you mean "${meant}"?`), answer.body.errors[0].message)
  }
})
