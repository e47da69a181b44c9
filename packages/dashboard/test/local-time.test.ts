import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instantOf, localOf } from '../src/form/local-time.ts'

test('a local time is an instant in its zone, before and after the clocks change', () => {
  assert.equal(instantOf('2026-07-01T10:00', 'Europe/Berlin')?.toISOString(), '2026-07-01T08:00:00.000Z')
  assert.equal(instantOf('2026-12-01T10:00', 'Europe/Berlin')?.toISOString(), '2026-12-01T09:00:00.000Z')
  assert.equal(instantOf('2026-12-01T10:00', 'Asia/Kolkata')?.toISOString(), '2026-12-01T04:30:00.000Z')
  assert.equal(instantOf('2026-12-01T00:10', 'Pacific/Kiritimati')?.toISOString(), '2026-11-30T10:10:00.000Z')
})

test('of a time that comes twice the first is meant, and one that is skipped is none', () => {
  assert.equal(instantOf('2026-10-25T02:30', 'Europe/Berlin')?.toISOString(), '2026-10-25T00:30:00.000Z')
  assert.equal(instantOf('2026-03-29T02:30', 'Europe/Berlin'), undefined)
  assert.equal(instantOf('soon', 'Europe/Berlin'), undefined)
})

test('an instant is shown as the clocks of the zone show it', () => {
  assert.equal(localOf('2026-11-22T23:30:00Z', 'Europe/Berlin'), '2026-11-23T00:30')
  assert.equal(localOf('2026-06-22T23:30:00Z', 'America/St_Johns'), '2026-06-22T21:00')
})
