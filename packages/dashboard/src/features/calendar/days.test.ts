import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addDays, addMonths, daysOf, isDay, isMonth, weekOf, weeksOf } from './days.ts'

test('a month is drawn in whole weeks from Monday on', () => {
  const weeks = weeksOf('2026-11')
  assert.deepEqual([weeks.length, weeks[0]?.[0], weeks.at(-1)?.[6]], [6, '2026-10-26', '2026-12-06'])
  assert.deepEqual([weeksOf('2027-02').length, weeksOf('2027-02')[0]?.[0]], [4, '2027-02-01'])
  assert.equal(weekOf('2027-01-03')[0], '2026-12-28')
})

test('days and months go on over the ends of months, leap days and years', () => {
  assert.equal(addDays('2028-02-28', 1), '2028-02-29')
  assert.equal(addDays('2026-12-31', 1), '2027-01-01')
  assert.equal(addMonths('2026-12', 1), '2027-01')
  assert.equal(addMonths('2027-01', -1), '2026-12')
  assert.equal(daysOf('2028-02').length, 29)
})

test('what an address calls a day may be none', () => {
  assert.deepEqual([undefined, '', 'today', '2026-02-30', '2026-13-01', '2026-2-3'].filter(isDay), [])
  assert.equal(isDay('2028-02-29'), true)
  assert.deepEqual([undefined, '2026-13', '2026', '2026-1'].filter(isMonth), [])
})
