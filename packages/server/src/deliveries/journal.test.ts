import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Failure, Lost, Refused } from '@upload24/connectors'
import { type Delivery, newDelivery } from './delivery.ts'
import { LeaseLost } from './engine.ts'
import { openJournal, plainPath } from './journal.ts'

const MAP = { 'www.example.com': 'http://127.0.0.1:3000/sandbox/sandbox-1/h/www.example.com' }
const EXCHANGE = { host: 'www.example.com', method: 'PUT', path: '/v1/videos', ms: 3 }
const SLOW: Failure = { kind: 'retry', scope: 'account', code: 'rate_limited', message: 'Slow down.' }
const next = (to: Partial<Delivery> = {}) => ({ delivery: { ...newDelivery(10), ...to }, wait: 0 })
const told = (journal: ReturnType<typeof openJournal>, to: Partial<Delivery> = {}, before: Failure | null = null) =>
  journal.take(before, next(to)).map(({ call, status, verdict, code }) => [call, status, verdict, code])

test('of an address, names and short ids stay, and whatever may open it goes', () => {
  const cases = [
    ['/v25.0/17841400008460056/media', '/v25.0/17841400008460056/media'],
    ['/xrpc/com.atproto.repo.createRecord', '/xrpc/com.atproto.repo.createRecord'],
    ['/youtube/v3/videos?part=id,status&id=dQw4w9WgXcQ', '/youtube/v3/videos?part=id,status&id=dQw4w9WgXcQ'],
    ['/v25.0/upload:MTphdHRhY2htZW50', '/v25.0/***'],
    [
      '/dms-uploads/sp/D4E05AQGk7z9wTg2xYw/uploaded?ut=0mJ9fK2bQz7Lw&sync=0',
      '/dms-uploads/sp/***/uploaded?ut=***&sync=0'
    ],
    ['/video?x=a&b c d e f g h=1', '/video?x=a&***=1'],
    ['/a?value=one=two', '/a?value=***'],
    ['/', '/']
  ]
  for (const [path = '', shown] of cases) assert.equal(plainPath(path), shown)
  assert.ok(plainPath(`/${'word/'.repeat(200)}`).length <= 300)
})

test('a sandbox is told as the platform that it stands for', () => {
  const journal = openJournal()
  const path = '/sandbox/sandbox-1/h/www.example.com/v1/videos'
  journal.exchanged('send', { ...EXCHANGE, path, status: 200, requestId: 'abc' }, MAP)
  journal.judge('send')
  const [entry] = journal.take(null, next())
  assert.deepEqual([entry?.path, entry?.requestId], ['/v1/videos', 'abc'])
  assert.deepEqual(journal.take(null, next()), [], 'each is taken once')
})

test('a request is judged as its connector was told: answered, refused, or lost', () => {
  const journal = openJournal()
  const ask = (status: number | undefined, error?: unknown) => {
    journal.exchanged('send', { ...EXCHANGE, ...(status === undefined ? {} : { status }) }, {})
    journal.judge('send', error)
  }
  ask(308)
  ask(429, new Refused(SLOW, 429))
  ask(500, new Refused({ ...SLOW, kind: 'unknown', code: 'platform_error' }, 500))
  ask(undefined, new Lost('cut'))
  ask(undefined, new LeaseLost())
  ask(200, new TypeError('the answer has no id'))
  assert.deepEqual(told(journal), [
    ['send', 308, 'answered', null],
    ['send', 429, 'refused', 'rate_limited'],
    ['send', 500, 'lost', 'platform_error'],
    ['send', null, 'lost', null],
    ['send', null, 'lost', null],
    ['send', 200, 'lost', 'bug']
  ])
})

test('a token that was refused is told as two exchanges, and as three where we renewed it ourselves', () => {
  const journal = openJournal()
  const ask = (isRenewed: boolean) => {
    journal.exchanged('send', { ...EXCHANGE, status: 401 }, {})
    if (isRenewed) journal.renewed({ ...EXCHANGE, status: 200 }, {})
    journal.exchanged('send', { ...EXCHANGE, status: 200 }, {})
    journal.judge('send')
    return told(journal)
  }
  const [refused, renewed, answered] = [
    ['send', 401, 'refused', null],
    ['renew', 200, 'answered', null],
    ['send', 200, 'answered', null]
  ]
  assert.deepEqual(ask(false), [refused, answered])
  assert.deepEqual(ask(true), [refused, renewed, answered])
})

test('a renewal is told as it ended, without its query, and the reason is told of the request that needed it', () => {
  const renew = (status: number | undefined, error?: unknown) => {
    const journal = openJournal()
    const path = '/refresh?grant_type=refresh&secret=short'
    journal.renewed({ ...EXCHANGE, path, ...(status === undefined ? {} : { status }) }, {})
    if (error) journal.judge('send', error)
    const entries = journal.take(null, next({ failure: SLOW }))
    assert.equal(entries[0]?.path, '/refresh')
    return entries.map(({ call, status, verdict, code }) => [call, status, verdict, code])
  }
  const waits = [null, null, 'waits', 'rate_limited']
  assert.deepEqual(renew(200), [['renew', 200, 'answered', null], waits], 'it is not what was refused')
  assert.deepEqual(renew(undefined), [['renew', null, 'lost', null], waits])
  assert.deepEqual(renew(400, new Refused(SLOW)), [
    ['renew', 400, 'refused', null],
    ['send', null, 'refused', 'rate_limited']
  ])
})

test('an answer that the connector read as a refusal, and a failure without a question, are told with their reason', () => {
  const journal = openJournal()
  journal.exchanged('check', { ...EXCHANGE, status: 200 }, {})
  journal.judge('check')
  assert.deepEqual(told(journal, { failure: SLOW }), [['check', 200, 'refused', 'rate_limited']])
  assert.deepEqual(told(journal, { failure: SLOW }), [[null, null, 'waits', 'rate_limited']])
  assert.deepEqual(told(journal, { status: 'failed', failure: SLOW }), [[null, null, 'ended', 'rate_limited']])
  assert.deepEqual(told(journal, { failure: SLOW }, SLOW), [], 'it was told when it was new')
  journal.judge('prepare', new Refused({ ...SLOW, kind: 'relink', code: 'needs_relink' }))
  assert.deepEqual(told(journal), [['prepare', null, 'refused', 'needs_relink']])
})
