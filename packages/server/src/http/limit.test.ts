import assert from 'node:assert/strict'
import test from 'node:test'
import { createLimiter, holderOf } from './limit.ts'

test('a window lets through its quota and then begins anew', () => {
  let now = 0
  const limiter = createLimiter({ name: 'default', quota: 2, windowSeconds: 60 }, () => now)
  assert.deepEqual(
    [1, 2, 3].map(() => limiter.take('a')).map(each => [each.isOver, each.remaining]),
    [
      [false, 1],
      [false, 0],
      [true, 0]
    ]
  )
  assert.equal(limiter.take('b').isOver, false)
  now = 59_001
  assert.deepEqual([limiter.take('a').isOver, limiter.take('a').resetSeconds], [true, 1])
  now = 60_000
  assert.equal(limiter.take('a').isOver, false)
})

test('a flood of keys does not grow the memory, and forgets the oldest first', () => {
  let now = 0
  const limiter = createLimiter({ name: 'default', quota: 1, windowSeconds: 60 }, () => now)
  for (let each = 0; each < 100_000; each++) limiter.take(String(each))
  now = 1
  limiter.take('one more')
  assert.equal(limiter.take('1').isOver, true)
  assert.equal(limiter.take('0').isOver, false)
})

test('an IPv6 subscriber counts as one, and an IPv4 address as itself', () => {
  assert.equal(holderOf('192.0.2.7'), '192.0.2.7')
  assert.equal(holderOf('::ffff:192.0.2.7'), '192.0.2.7')
  assert.equal(holderOf('192.0.2.7:51334'), '192.0.2.7')
  assert.equal(holderOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2')
  assert.equal(holderOf('2001:db8:1:2::9'), '2001:db8:1:2')
  assert.equal(holderOf('2001:db8::9'), '2001:db8:0:0')
  assert.equal(holderOf('::1'), '0:0:0:0')
  assert.equal(holderOf('fe80::1%eth0'), 'fe80:0:0:0')
})
