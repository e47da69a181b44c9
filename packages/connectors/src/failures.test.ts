import assert from 'node:assert/strict'
import { test } from 'node:test'
import { houseRule, retryAfter, secondsToMidnight } from './failures.ts'

const LA = 'America/Los_Angeles'
const toMidnight = (now: string): string => {
  const at = new Date(now)
  return new Date(at.getTime() + secondsToMidnight(LA, at) * 1000).toISOString()
}

test("midnight in Los Angeles is found over both changes of the clocks' offset", () => {
  assert.equal(toMidnight('2026-07-01T12:00:00Z'), '2026-07-02T07:00:00.000Z')
  assert.equal(toMidnight('2026-12-01T12:00:00Z'), '2026-12-02T08:00:00.000Z')
  // 8 March 2026, 02:00 becomes 03:00: the day has 23 hours.
  assert.equal(toMidnight('2026-03-08T08:00:01Z'), '2026-03-09T07:00:00.000Z')
  assert.equal(toMidnight('2026-03-08T07:59:59Z'), '2026-03-08T08:00:00.000Z')
  // 1 November 2026, 02:00 becomes 01:00: the day has 25 hours.
  assert.equal(toMidnight('2026-11-01T07:00:00Z'), '2026-11-02T08:00:00.000Z')
  assert.equal(toMidnight('2026-11-01T06:59:59Z'), '2026-11-01T07:00:00.000Z')
})

test('midnight itself is a whole day away from the next', () => {
  assert.equal(secondsToMidnight(LA, new Date('2026-07-02T07:00:00Z')), 86_400)
  assert.equal(secondsToMidnight('UTC', new Date('2026-07-02T23:59:59.500Z')), 1)
})

test('Retry-After is read as seconds and as a date', () => {
  const now = new Date('2026-11-22T10:00:00Z')
  const header = (value: string) => retryAfter(new Headers({ 'retry-after': value }), now)
  assert.equal(header('120'), 120)
  assert.equal(header('Sun, 22 Nov 2026 10:05:00 GMT'), 300)
  assert.equal(header('Sun, 22 Nov 2026 09:00:00 GMT'), 0)
  assert.equal(header('soon'), undefined)
  assert.equal(retryAfter(new Headers(), now), undefined)
})

test('an answer without a word of its own goes by its status, and a commit that is unclear is unknown', () => {
  const now = new Date()
  const kind = (status: number, commits: boolean) => {
    const refusal = { status, headers: new Headers(), text: '', call: 'commit' as const, host: 'api' }
    const { kind, scope } = houseRule(refusal, 'Platform', commits, now)
    return `${kind} ${scope}`
  }
  assert.equal(kind(503, true), 'unknown delivery')
  assert.equal(kind(503, false), 'retry delivery')
  assert.equal(kind(408, true), 'unknown delivery')
  assert.equal(kind(302, true), 'unknown delivery')
  assert.equal(kind(429, true), 'retry account')
  assert.equal(kind(401, true), 'relink account')
  assert.equal(kind(400, true), 'permanent delivery')
})
