import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  answered,
  BYTES,
  committed,
  committing,
  EARLY,
  failure,
  fresh,
  GONE,
  LAST_BYTE,
  LOST,
  lastChunk,
  lastSending,
  NOT_POSTED,
  PROCESSING,
  PUBLISHED,
  REPEATABLE,
  refused,
  repeating,
  SETTLED,
  UNCLEAR,
  WITH_COMMIT
} from '../../test/machine-samples.ts'
import {
  apply,
  begin,
  type Call,
  CEILING,
  type Delivery,
  type Event,
  giveUp,
  type Next,
  type Shape,
  type Times
} from './machine.ts'

interface Expected {
  readonly status?: Delivery['status']
  readonly stage?: Delivery['stage']
  readonly doubt?: 'kept' | null
  readonly code?: string
  readonly wait?: number
  readonly settle?: number
  readonly park?: Next['park']
}

describe('what came of a call', () => {
  type Given = [d: Delivery, call: Call, event: Event, t: Times, shape: Shape]
  const rows: [sentence: string, given: Given, expected: Expected][] = [
    [
      '"published" counts at once, from any call',
      [committing, 'check', PUBLISHED, EARLY, WITH_COMMIT],
      { status: 'uploaded', doubt: null }
    ],
    [
      'a lost commit keeps its doubt, which settles a ceiling and a platform later',
      [committing, 'commit', LOST, EARLY, WITH_COMMIT],
      { doubt: 'kept', settle: CEILING + 90, wait: 5 }
    ],
    ['a lost question changes no date', [committing, 'check', LOST, EARLY, WITH_COMMIT], { doubt: 'kept', wait: 5 }],
    [
      'a lost answer to a harmless call changes no date',
      [begin(fresh, 'prepare', WITH_COMMIT).delivery, 'prepare', LOST, EARLY, WITH_COMMIT],
      { doubt: 'kept', wait: 5 }
    ],
    [
      '"not posted" does not count before it has settled',
      [committing, 'check', NOT_POSTED, EARLY, WITH_COMMIT],
      { stage: 'ready', doubt: 'kept', wait: 5 }
    ],
    [
      '"not posted" counts once it has settled',
      [committing, 'check', NOT_POSTED, SETTLED, WITH_COMMIT],
      { stage: 'ready', doubt: null, wait: 0 }
    ],
    [
      '"gone" under a doubt waits too',
      [lastSending, 'check', GONE, EARLY, LAST_BYTE],
      { stage: 'transfer', doubt: 'kept' }
    ],
    [
      '"gone" once it has settled begins anew',
      [lastSending, 'check', GONE, SETTLED, LAST_BYTE],
      { stage: 'prepare', doubt: null, code: 'session_gone' }
    ],
    [
      'missing bytes contradict a commit that began at ready',
      [committing, 'check', answered({ at: 'transfer', state: 's', sent: 0, end: 50 }), SETTLED, WITH_COMMIT],
      { stage: 'ready', doubt: 'kept' }
    ],
    [
      'the last chunk answered short of the end is sent on',
      [lastSending, 'send', answered({ at: 'transfer', state: 's', sent: 75, end: BYTES }), EARLY, LAST_BYTE],
      { stage: 'transfer', doubt: null, wait: 0 }
    ],
    [
      'what arrived counts, and the next chunk waits as long as the platform asks',
      [
        lastSending,
        'send',
        answered({ at: 'transfer', state: 's', sent: 75, end: BYTES, askAgainIn: 30 }),
        EARLY,
        LAST_BYTE
      ],
      { stage: 'transfer', doubt: null, wait: 30 }
    ],
    [
      'a chunk of which nothing arrived goes again after the longer of its wait and ours',
      [
        { ...lastChunk, tries: 2 },
        'check',
        answered({ at: 'transfer', state: 's', sent: 50, end: BYTES, askAgainIn: 0 }),
        EARLY,
        LAST_BYTE
      ],
      { stage: 'transfer', wait: 20 }
    ],
    [
      'what cut a chunk is once taken for us: it goes again at once',
      [
        { ...lastChunk, sent: 0, end: 50 },
        'check',
        answered({ at: 'transfer', state: 's', sent: 0, end: 50 }),
        EARLY,
        LAST_BYTE
      ],
      { stage: 'transfer', wait: 0 }
    ],
    [
      'a platform that keeps nothing of the first chunk is not sent it again and again',
      [
        { ...lastChunk, sent: 0, end: 50, tries: 1 },
        'send',
        answered({ at: 'transfer', state: 's', sent: 0, end: 50 }),
        EARLY,
        WITH_COMMIT
      ],
      { stage: 'transfer', wait: 10 }
    ],
    [
      '"at once" is not heeded again and again',
      [{ ...fresh, tries: 3 }, 'prepare', refused('retry', { after: 0 }), EARLY, WITH_COMMIT],
      { wait: 40 }
    ],
    [
      'any other answer to a commit is an acknowledgement',
      [committing, 'commit', NOT_POSTED, EARLY, WITH_COMMIT],
      { stage: 'committed', doubt: null }
    ],
    [
      'processing under a doubt says that the commit was taken',
      [committing, 'check', PROCESSING, EARLY, WITH_COMMIT],
      { stage: 'committed', doubt: null, wait: 15 }
    ],
    [
      'an acknowledged commit is never taken back',
      [committed, 'check', NOT_POSTED, SETTLED, WITH_COMMIT],
      { stage: 'committed', wait: 5 }
    ],
    [
      'an acknowledged commit survives a session that is gone',
      [committed, 'check', GONE, SETTLED, WITH_COMMIT],
      { stage: 'committed' }
    ],
    [
      "the platform's own rejection ends it plainly",
      [committed, 'check', answered({ at: 'rejected', failure: failure('permanent') }), EARLY, WITH_COMMIT],
      { status: 'failed', code: 'a_permanent' }
    ],
    [
      'a rejection that allows another try begins anew',
      [committed, 'check', answered({ at: 'rejected', failure: failure('restart') }), EARLY, WITH_COMMIT],
      { stage: 'prepare', code: 'a_restart' }
    ],
    [
      'a question that will never be answered ends as unknown',
      [committing, 'check', UNCLEAR, EARLY, WITH_COMMIT],
      { status: 'failed', code: 'outcome_unknown' }
    ],
    [
      'an unclear answer waits for the repeat where one is possible',
      [committing, 'check', UNCLEAR, EARLY, REPEATABLE],
      { doubt: 'kept', wait: 100 }
    ],
    [
      'a person\'s "not there" decides an unclear answer',
      [{ ...committing, absent: true }, 'check', UNCLEAR, SETTLED, WITH_COMMIT],
      { stage: 'ready', doubt: null }
    ],
    [
      'a person\'s "not there" does not count before it has settled',
      [{ ...committing, absent: true }, 'check', UNCLEAR, EARLY, WITH_COMMIT],
      { status: 'failed', code: 'outcome_unknown' }
    ],
    [
      'a plain refusal of the first commit settles it',
      [committing, 'commit', refused('retry'), EARLY, WITH_COMMIT],
      { stage: 'ready', doubt: null, wait: 5 }
    ],
    [
      'a refused repeat settles nothing',
      [repeating, 'commit', refused('permanent'), EARLY, REPEATABLE],
      { status: 'running', doubt: 'kept' }
    ],
    [
      'a refused question settles nothing',
      [committing, 'check', refused('restart'), SETTLED, WITH_COMMIT],
      { stage: 'ready', doubt: 'kept' }
    ],
    [
      'a question refused for ever ends as unknown',
      [committing, 'check', refused('permanent'), SETTLED, WITH_COMMIT],
      { status: 'failed', code: 'outcome_unknown' }
    ],
    [
      'a dead grant under a doubt ends as unknown',
      [repeating, 'commit', refused('relink'), SETTLED, REPEATABLE],
      { status: 'failed', code: 'outcome_unknown' }
    ],
    [
      'a dead grant with nothing at stake fails plainly',
      [fresh, 'prepare', refused('relink'), EARLY, WITH_COMMIT],
      { status: 'failed', code: 'a_relink' }
    ],
    [
      "the platform's own time is kept, for the account that it named",
      [fresh, 'prepare', refused('retry', { after: 900, scope: 'account' }), EARLY, WITH_COMMIT],
      { wait: 900, park: 'account' }
    ],
    [
      'our own set-up waits a quarter of an hour for the operator',
      [fresh, 'prepare', refused('operator', { scope: 'app' }), EARLY, WITH_COMMIT],
      { wait: 900, park: 'app' }
    ],
    [
      'every byte there and no result: the last byte may have made the post',
      [
        { ...lastChunk, sent: 0, end: 50 },
        'check',
        answered({ at: 'transfer', state: 's', sent: BYTES, end: BYTES }),
        EARLY,
        LAST_BYTE
      ],
      { stage: 'committed' }
    ]
  ]
  for (const [sentence, given, expected] of rows) {
    test(sentence, () => {
      const { delivery, wait, settle, park } = apply(...given)
      if (expected.status) assert.equal(delivery.status, expected.status)
      if (expected.stage) assert.equal(delivery.stage, expected.stage)
      if (expected.doubt === null) assert.equal(delivery.doubt, null)
      if (expected.doubt === 'kept') assert.deepEqual(delivery.doubt, given[0].doubt)
      if (expected.code) assert.equal(delivery.failure?.code, expected.code)
      if (expected.wait !== undefined) assert.equal(wait, expected.wait)
      if (expected.park) assert.equal(park, expected.park)
      assert.equal(settle, expected.settle)
    })
  }
  test('the fourth session that dies is the last', () => {
    const { delivery } = apply({ ...fresh, restarts: 3 }, 'prepare', refused('restart'), EARLY, WITH_COMMIT)
    assert.deepEqual([delivery.status, delivery.failure?.kind], ['failed', 'permanent'])
  })
  test('a new session does not inherit the post of the dead one', () => {
    const d: Delivery = { ...committed, post: { id: 'dead' } }
    const rejected = answered({ at: 'rejected', failure: failure('restart') })
    assert.equal(apply(d, 'check', rejected, EARLY, WITH_COMMIT).delivery.post, null)
  })
  test('fruitless tries wait longer, up to ten minutes', () => {
    const waits = [0, 1, 2, 20].map(tries => apply({ ...fresh, tries }, 'prepare', LOST, EARLY, WITH_COMMIT).wait)
    assert.deepEqual(waits, [5, 10, 20, 600])
  })

  for (const [hours, status] of [
    [23, 'uploaded'],
    [25, 'failed']
  ] as const) {
    test(`a platform that is away for ${hours} hours: ${status}`, () => {
      let [d, age]: [Delivery, number] = [fresh, 0]
      const LEFT = 24 * 3600
      for (let steps = 0; d.status === 'running'; steps++) {
        assert.ok(steps < 400, 'it is asked with patience')
        const left = LEFT - age
        const over = giveUp(d, { ...EARLY, left })
        const isBack = age >= hours * 3600
        const event = isBack ? PUBLISHED : refused('retry', { code: 'platform_error' })
        const next = over ?? apply(begin(d, 'prepare', WITH_COMMIT).delivery, 'prepare', event, EARLY, WITH_COMMIT)
        d = next.delivery
        age += next.wait
      }
      assert.deepEqual([d.status, d.failure?.code], [status, status === 'failed' ? 'platform_error' : undefined])
    })
  }
})
