import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  answered,
  committed,
  committing,
  EARLY,
  failure,
  fresh,
  LAST_BYTE,
  LOST,
  lastChunk,
  lastSending,
  REPEATABLE,
  ready,
  SETTLED,
  WINDOW_SHUT,
  WITH_COMMIT
} from '../../test/machine-samples.ts'
import * as machine from './machine.ts'
import {
  apply,
  begin,
  type Call,
  CEILING,
  type Delivery,
  LEASE,
  newDelivery,
  nextCall,
  type Shape,
  type Times
} from './machine.ts'

describe('begin', () => {
  test('a commit that is about to leave is written down as a doubt that settles after lease, ceiling and platform', () => {
    const next = begin(ready, 'commit', WITH_COMMIT)
    assert.deepEqual(next.delivery.doubt, { call: 'commit', commits: true, repeat: false })
    assert.equal(next.settle, LEASE + CEILING + 90)
  })
  test('the last chunk commits exactly where there is no commit', () => {
    assert.equal(begin(lastChunk, 'send', LAST_BYTE).delivery.doubt?.commits, true)
    assert.equal(begin(lastChunk, 'send', WITH_COMMIT).delivery.doubt?.commits, false)
    assert.equal(begin({ ...lastChunk, end: 75 }, 'send', LAST_BYTE).delivery.doubt?.commits, false)
  })
  test('a harmless change is a doubt without a time to settle', () => {
    const next = begin(fresh, 'prepare', WITH_COMMIT)
    assert.deepEqual([next.delivery.doubt?.commits, next.settle], [false, undefined])
  })
  test('a commit that is begun again is a repeat, and forgets what a person saw', () => {
    const { doubt, absent } = begin({ ...committing, absent: true }, 'commit', REPEATABLE).delivery
    assert.deepEqual([doubt?.repeat, absent], [true, false])
  })
})

describe('the next call', () => {
  const rows: [sentence: string, d: Delivery, t: Times, shape: Shape, call: Call][] = [
    ['a new delivery is prepared', fresh, EARLY, WITH_COMMIT, 'prepare'],
    ['a transfer sends', lastChunk, EARLY, LAST_BYTE, 'send'],
    ['what is ready is committed', ready, EARLY, WITH_COMMIT, 'commit'],
    ['what is committed is only asked about', committed, SETTLED, REPEATABLE, 'check'],
    [
      'a lost prepare is prepared again',
      { ...fresh, doubt: begin(fresh, 'prepare', LAST_BYTE).delivery.doubt },
      EARLY,
      LAST_BYTE,
      'prepare'
    ],
    ['a lost chunk is asked about', lastSending, SETTLED, LAST_BYTE, 'check'],
    ['a lost commit is asked about', committing, SETTLED, WITH_COMMIT, 'check'],
    ['a commit is not repeated while the first may be under way', committing, EARLY, REPEATABLE, 'check'],
    ['a commit is repeated once the first has settled', committing, SETTLED, REPEATABLE, 'commit'],
    ["a commit is not repeated beyond the platform's memory", committing, WINDOW_SHUT, REPEATABLE, 'check']
  ]
  for (const [sentence, d, t, shape, call] of rows) test(sentence, () => assert.equal(nextCall(d, t, shape), call))
})

describe('the end', () => {
  const late: Times = { ...EARLY, left: 0 }
  test('there is time left', () => assert.equal(machine.giveUp(fresh, EARLY), null))
  test('the deadline ends a delivery with nothing at stake as given up', () =>
    assert.equal(machine.giveUp(fresh, late)?.delivery.failure?.code, 'gave_up'))
  test('the deadline ends a doubt as unknown, whatever refusal came last', () =>
    assert.equal(
      machine.giveUp({ ...committing, failure: failure('retry') }, late)?.delivery.failure?.code,
      'outcome_unknown'
    ))
  test('the deadline ends a post that is known by its id as uploaded', () =>
    assert.equal(machine.giveUp({ ...committed, post: { id: 'p1' } }, late)?.delivery.status, 'uploaded'))
  test('a delivery that takes six workers down is left alone', () =>
    assert.equal(machine.giveUp(fresh, { ...EARLY, crashes: 6 })?.delivery.failure?.code, 'worker_crashed'))
})

describe('people', () => {
  test('a cancel is granted while nothing may exist', () =>
    assert.equal(machine.stop(lastChunk, 'cancel').delivery.status, 'canceled'))
  test('a cancel that meets a doubt says that the outcome is unknown', () =>
    assert.equal(machine.stop(committing, 'cancel').delivery.failure?.code, 'outcome_unknown'))
  test('unlinking ends what is not posted as unlinked', () =>
    assert.equal(machine.stop(ready, 'unlink').delivery.failure?.code, 'account_unlinked'))
  test('a retry starts over, and is refused where the post may exist', () => {
    assert.deepEqual(machine.retried({ ...ready, status: 'failed', restarts: 2 }), fresh)
    assert.equal(machine.retried(committing), null)
  })
  test('a new sign-in goes on with its question where the post may exist', () => {
    const { status, stage, doubt } = machine.relinked({ ...committing, status: 'failed' })
    assert.deepEqual([status, stage, doubt], ['running', 'ready', committing.doubt])
  })
  test('a person who found the post ends it', () =>
    assert.equal(machine.resolved(committing, { id: 'p1' }).status, 'uploaded'))
  test('a person who found none makes it look once more', () => {
    const { status, absent, doubt } = machine.resolved({ ...committing, status: 'failed' }, null)
    assert.deepEqual([status, absent, doubt], ['running', true, committing.doubt])
  })
})

describe('a follow-up without a file', () => {
  const NO_COMMIT: Shape = { commits: false, settleSeconds: 0, repeatableSeconds: -1 }
  const nothing = newDelivery(0)
  const prepared = begin(nothing, 'prepare', NO_COMMIT).delivery

  test('is done by prepare alone, and nothing is at stake meanwhile', () => {
    const { delivery } = apply(prepared, 'prepare', answered({ at: 'published' }), EARLY, NO_COMMIT)
    assert.deepEqual([delivery.status, delivery.doubt], ['uploaded', null])
    const lost = apply(prepared, 'prepare', LOST, EARLY, NO_COMMIT).delivery
    assert.deepEqual([machine.mayExist(lost), nextCall(lost, EARLY, NO_COMMIT)], [false, 'prepare'])
  })
  test('may wait in prepare, and looks with check', () => {
    const waits = apply(prepared, 'prepare', answered({ at: 'prepare', state: 's', askAgainIn: 30 }), EARLY, NO_COMMIT)
    assert.deepEqual([waits.wait, nextCall(waits.delivery, EARLY, NO_COMMIT)], [30, 'prepare'])
    const looks = apply(
      prepared,
      'prepare',
      answered({ at: 'processing', state: 's', askAgainIn: 9 }),
      EARLY,
      NO_COMMIT
    )
    assert.deepEqual([looks.wait, nextCall(looks.delivery, EARLY, NO_COMMIT)], [9, 'check'])
    assert.equal(machine.mayExist(looks.delivery), false)
  })
  test('commits without ever sending', () => {
    const ready = apply(prepared, 'prepare', answered({ at: 'ready', state: 's' }), EARLY, WITH_COMMIT).delivery
    assert.equal(nextCall(ready, EARLY, WITH_COMMIT), 'commit')
    const doubtful = begin(ready, 'commit', WITH_COMMIT).delivery
    assert.equal(nextCall(doubtful, SETTLED, WITH_COMMIT), 'check')
    const again = apply(doubtful, 'check', answered({ at: 'ready', state: 's' }), SETTLED, WITH_COMMIT).delivery
    assert.equal(nextCall(again, SETTLED, WITH_COMMIT), 'commit')
  })
  test('that may be repeated for ever is repeated as soon as the first has settled', () => {
    const idempotent: Shape = { ...WITH_COMMIT, repeatableSeconds: Number.POSITIVE_INFINITY }
    const doubtful = begin({ ...nothing, stage: 'ready', state: 's' }, 'commit', idempotent).delivery
    assert.equal(nextCall(doubtful, EARLY, idempotent), 'check')
    assert.equal(nextCall(doubtful, { ...SETTLED, doubtAge: 80_000 }, idempotent), 'commit')
  })
  test('that is told to send what is not there asks, and never calls send', () => {
    const told = answered({ at: 'transfer', state: 's', sent: 0, end: 0 })
    for (const shape of [NO_COMMIT, WITH_COMMIT]) {
      const { delivery } = apply(prepared, 'prepare', told, EARLY, shape)
      assert.equal(nextCall(delivery, EARLY, shape), 'check')
    }
  })
})
