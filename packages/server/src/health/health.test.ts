import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { until } from '../../test/processes.ts'
import { form, METRICS_TOKEN, openUploadWorld } from '../../test/upload-world.ts'
import { readConfig } from '../config.ts'
import { openDatabase } from '../db/open.ts'
import { announce, SILENT } from '../db/presence.ts'
import { requireMetricsReader } from './metrics.ts'
import { createReadiness } from './readiness.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 1, quota: 1 })
const presence = await announce(database, () => {})
after(() => presence.stop())

const ready = () => world.send('GET', '/readyz')
const said = async () => {
  const { status, body } = await ready()
  return `${status} ${body.part ?? body.status}`
}
/** As a worker does, it looks again and again: what it said grows old. */
const untilReady = () =>
  until(async () => {
    presence.look()
    return (await said()) === '200 ready'
  }, 'the instance to be ready')

test('an instance without a worker that looks is not ready, and says so', async () => {
  await until(async () => (await said()) === '503 worker', 'the rest to be ready')
  const { headers, body } = await ready()
  assert.deepEqual([body.code, headers.get('retry-after')], ['not_ready', '2'])
  await untilReady()
})

test('a worker that lives but looks no more is told from one that works', async () => {
  await until(async () => {
    // A look of before may yet be told, with the next sign of life.
    await database.pool.query(`update workers set claimed_at = now() - $1 * interval '1 second'`, [SILENT + 1])
    return (await said()) === '503 worker'
  }, 'the worker to be missed')
  await untilReady()
})

test('a store that cannot be written makes it not ready, and ready again when it can', async () => {
  const isReady = createReadiness({
    database,
    storage: { ...world.disk, put: () => Promise.reject(new Error('full')) }
  })
  assert.equal((await isReady())?.part, 'store')
  const liar = createReadiness({
    database,
    storage: { ...world.disk, put: async key => ({ key, etag: '"x"', bytes: 1 }) }
  })
  assert.equal((await liar())?.part, 'store')
  const mute = createReadiness({ database, storage: { ...world.disk, put: () => new Promise(() => {}) } })
  assert.equal((await mute())?.part, 'store')
  await until(async () => {
    presence.look()
    return (await createReadiness({ database, storage: world.disk })()) === null
  }, 'readiness')
  await until(async () => (await world.traces()).objects.length === 0, 'what was tried to be removed')
})

test('a database that does not answer makes it not ready', async () => {
  const gone = await openDatabase(database.connection)
  await gone.close()
  assert.equal((await createReadiness({ database: gone, storage: world.disk })())?.part, 'database')
})

test('the store is tried once in a while, not at every question', async () => {
  let count = 0
  const storage = {
    ...world.disk,
    put: (...args: Parameters<typeof world.disk.put>) => {
      count++
      return world.disk.put(...args)
    }
  }
  const isReady = createReadiness({ database, storage })
  await Promise.all([isReady(), isReady(), isReady()])
  assert.equal(count, 1)
})

const scrape = () => world.send('GET', '/metrics', { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })
async function read(name: string): Promise<string[]> {
  const { body } = await scrape()
  return String(body)
    .split('\n')
    .filter(line => line.startsWith(`upload24_${name}`))
}

test('metrics are told in the text format of Prometheus', async () => {
  await tenant.post('/api/upload', form({ title: 'Film', accounts: tenant.accounts }))
  await tenant.post('/api/upload', form({ title: 'Film', accounts: tenant.accounts }))
  await until(async () => {
    presence.look()
    return (await read('workers')).includes('upload24_workers 1')
  }, 'the worker to be counted')
  const began = performance.now()
  await database.pool.query(`update deliveries set ask_at = now() - interval '90 seconds'`)
  const { status, headers, body } = await scrape()
  assert.equal(status, 200)
  assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  const text = String(body)
  const late = Number(/^upload24_late_seconds (\S+)$/m.exec(text)?.[1])
  assert.ok(late >= 90 && late <= 90 + (performance.now() - began) / 1000, `${late}`)
  assert.match(text, /^upload24_problems_total\{code="quota_exceeded"\} 1$/m)
  assert.match(text, /^upload24_http_request_seconds_count\{method="POST",route="\/api\/upload",status="2xx"\} 1$/m)
  assert.match(text, /^upload24_http_request_seconds_count\{method="POST",route="\/api\/upload",status="4xx"\} 1$/m)
  for (const name of [
    'nodejs_eventloop_lag_seconds',
    'process_resident_memory_bytes',
    'upload24_database_up',
    'upload24_deliveries_in_flight',
    'upload24_sessions_open',
    'upload24_claims_total',
    'upload24_lease_takeovers_total',
    'upload24_delivery_steps_total',
    'upload24_post_seen_seconds',
    'upload24_remote_bytes_total',
    'upload24_missing_objects',
    'upload24_orphans_removed_total'
  ])
    assert.match(text, new RegExp(`^# TYPE ${name} `, 'm'))
  const [line] = await read('http_bytes_total{direction="in"}')
  assert.ok(Number(line?.split(' ')[1]) > 2000, line)
})

test('nothing of a workspace is in a label, whatever is asked for', async () => {
  await world.send('GET', '/api/upload/upload_x/status?q=secret')
  await world.send('GET', `/nowhere/${tenant.tenantId}`)
  const { body } = await scrape()
  for (const word of [tenant.tenantId, 'upload_x', 'nowhere', 'secret', ...tenant.accounts])
    assert.ok(!String(body).includes(word), word)
})

const asks = (env: Record<string, string>, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') => {
  const config = readConfig({ NODE_ENV: 'test', SECRET_KEY: 'x'.repeat(32), ...env }, [])
  return () => requireMetricsReader({ headers, raw: { socket: { remoteAddress } } } as never, config)
}
const [here, away] = [{ PUBLIC_URL: 'http://localhost:3000' }, { PUBLIC_URL: 'https://upload.example.com' }]

test('without a token only this machine reads metrics, and nothing that a proxy passes on', () => {
  assert.doesNotThrow(asks({}))
  assert.doesNotThrow(asks(here, {}, '::ffff:127.0.0.1'))
  assert.throws(asks(here, {}, '203.0.113.7'), { code: 'not_found' })
  for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
    assert.throws(asks(here, { [name]: '127.0.0.1' }), { code: 'not_found' }, name)
})

test('without a token nobody reads metrics where others come: a proxy need not say that it passes on', () => {
  assert.throws(asks(away), { code: 'not_found' })
})

test('with a token, only who sends it', () => {
  const token = { ...away, METRICS_TOKEN: 'a'.repeat(16) }
  assert.doesNotThrow(asks(token, { authorization: `Bearer ${'a'.repeat(16)}` }, '203.0.113.7'))
  for (const wrong of ['', 'Bearer', `Bearer ${'a'.repeat(15)}`, `Basic ${'a'.repeat(16)}`])
    assert.throws(asks(token, { authorization: wrong }), { code: 'unauthorized' }, wrong)
  assert.throws(asks({ ...here, METRICS_TOKEN: 'a'.repeat(16) }), { code: 'unauthorized' })
})
