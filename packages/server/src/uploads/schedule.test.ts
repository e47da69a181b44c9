import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSchedule } from './schedule.ts'

const NOW = new Date('2026-11-22T12:00:00.000Z')

const read = (scheduledOn?: string, timezone?: string, now = NOW) => {
  const reading = readSchedule(scheduledOn, timezone, now)
  if ('fault' in reading) return `${reading.fault.path} ${reading.fault.code}`
  return reading.schedule.at?.toISOString() ?? 'now'
}

test('no time means now', () => assert.equal(read(), 'now'))

const instants: [text: string, read: string][] = [
  ['2026-11-22T12:00:00.001Z', '2026-11-22T12:00:00.001Z'],
  ['2027-04-18T09:30:00Z', '2027-04-18T09:30:00.000Z'],
  ['2027-04-18t09:30:00z', '2027-04-18T09:30:00.000Z'],
  ['2027-04-18T09:30Z', '2027-04-18T09:30:00.000Z'],
  ['2027-04-18T09:30:00+02:00', '2027-04-18T07:30:00.000Z'],
  ['2027-04-18T09:30:00-09:30', '2027-04-18T19:00:00.000Z'],
  ['2027-04-18T09:30:00.123456789Z', '2027-04-18T09:30:00.123Z'],
  ['2027-11-22T12:00:00Z', '2027-11-22T12:00:00.000Z'],
  ['2027-11-22T12:00:01Z', 'scheduledOn too_far'],
  ['2027-11-22T12:00:00.001Z', 'scheduledOn too_far'],
  ['2026-11-22T12:00:00Z', 'scheduledOn in_the_past'],
  ['2026-04-18T09:30:00Z', 'scheduledOn in_the_past'],
  ['2026-11-22T13:30:00+02:00', 'scheduledOn in_the_past'],
  ['2027-04-18T09:30:00', 'scheduledOn zone_missing'],
  ['', 'scheduledOn invalid_format'],
  ['tomorrow', 'scheduledOn invalid_format'],
  ['2027-04-18', 'scheduledOn invalid_format'],
  ['2027-04-18 09:30:00Z', 'scheduledOn invalid_format'],
  ['2027-04-18T09:30:00+0200', 'scheduledOn invalid_format'],
  ['2027-04-18T09:30:00+02', 'scheduledOn invalid_format'],
  ['2027-04-18T09:30:00+25:00', 'scheduledOn invalid_format'],
  ['2027-02-29T09:30:00Z', 'scheduledOn invalid_format'],
  ['2027-02-29T09:30:00', 'scheduledOn zone_missing'],
  ['2027-04-18T24:00:01Z', 'scheduledOn invalid_format'],
  ['2027-04-18T09:30:00Z[Europe/Berlin]', 'scheduledOn invalid_format'],
  ['1808472600', 'scheduledOn invalid_format'],
  ['+002027-04-18T09:30:00Z', 'scheduledOn invalid_format']
]
for (const [text, expected] of instants) test(`"${text}" reads ${expected}`, () => assert.equal(read(text), expected))

// The next changes of clocks: Berlin and New York by an hour, Lord Howe by half of one, Apia not any more.
const locals: [zone: string, text: string, read: string][] = [
  ['Europe/Berlin', '2027-04-18T09:30', '2027-04-18T07:30:00.000Z'],
  ['europe/berlin', '2027-04-18T09:30', '2027-04-18T07:30:00.000Z'],
  ['Europe/Berlin', '2027-03-28T01:59:59', '2027-03-28T00:59:59.000Z'],
  ['Europe/Berlin', '2027-03-28T02:00:00', 'scheduledOn skipped_by_clock_change'],
  ['Europe/Berlin', '2027-03-28T02:59:59', 'scheduledOn skipped_by_clock_change'],
  ['Europe/Berlin', '2027-03-28T03:00:00', '2027-03-28T01:00:00.000Z'],
  ['Europe/Berlin', '2027-10-31T02:30:00', '2027-10-31T00:30:00.000Z'],
  ['America/New_York', '2027-03-14T02:30:00', 'scheduledOn skipped_by_clock_change'],
  ['America/New_York', '2027-11-07T01:30:00', '2027-11-07T05:30:00.000Z'],
  ['Australia/Lord_Howe', '2027-10-03T02:15:00', 'scheduledOn skipped_by_clock_change'],
  ['Australia/Lord_Howe', '2027-10-03T02:30:00', '2027-10-02T15:30:00.000Z'],
  ['Australia/Lord_Howe', '2027-04-04T01:45:00', '2027-04-03T14:45:00.000Z'],
  ['Pacific/Apia', '2027-09-26T03:30:00', '2027-09-25T14:30:00.000Z'],
  ['Asia/Kathmandu', '2027-04-18T09:30', '2027-04-18T03:45:00.000Z'],
  ['UTC', '2027-04-18T09:30', '2027-04-18T09:30:00.000Z'],
  ['Europe/Berlin', '2027-02-29T09:30', 'scheduledOn invalid_format'],
  ['Europe/Berlin', '2027-11-22T13:00:00', '2027-11-22T12:00:00.000Z'],
  ['Europe/Berlin', '2027-11-22T13:00:01', 'scheduledOn too_far'],
  ['Europe/Berlin', '2026-11-22T13:00:00', 'scheduledOn in_the_past'],
  ['Europe/Berlin', '2026-03-29T02:30:00', 'scheduledOn in_the_past'],
  ['Mars/Olympus', '2027-04-18T09:30', 'timezone invalid_value'],
  ['+02:00', '2027-04-18T09:30', 'timezone invalid_value'],
  ['', '2027-04-18T09:30', 'timezone invalid_value']
]
for (const [zone, text, expected] of locals) {
  test(`${text} in "${zone}" reads ${expected}`, () => assert.equal(read(text, zone), expected))
}

// Of years that are over, whose rules nobody changes: Morocco puts its clocks back before Ramadan and forward after it.
test('clocks that go back in February and forward in March are read as they go', () => {
  const readThen = (text: string) => read(text, 'Africa/Casablanca', new Date('2026-01-01T00:00:00Z'))
  assert.equal(readThen('2026-02-15T02:30:00'), '2026-02-15T01:30:00.000Z')
  assert.equal(readThen('2026-02-15T03:30:00'), '2026-02-15T03:30:00.000Z')
  assert.equal(readThen('2026-03-22T02:30:00'), 'scheduledOn skipped_by_clock_change')
  assert.equal(readThen('2026-03-22T03:30:00'), '2026-03-22T02:30:00.000Z')
})

test('a day that a zone left out is refused with the days around it, until both are over', () => {
  const readThen = (now: string) => readSchedule('2011-12-30T10:00:00', 'Pacific/Apia', new Date(now))
  for (const now of ['2011-12-01T00:00:00Z', '2011-12-30T19:59:59Z']) {
    const reading = readThen(now)
    assert.ok('fault' in reading)
    assert.match(reading.fault.message, /2011-12-29T10:00:00-10:00 or 2011-12-31T10:00:00\+14:00/)
  }
  const over = readThen('2011-12-30T20:00:00Z')
  assert.ok('fault' in over && over.fault.code === 'in_the_past')
})

for (const [zone, text, applied] of [
  ['Europe/Berlin', '2027-10-31T02:30:00', '2027-10-31T00:30:00.000Z'],
  ['Australia/Lord_Howe', '2027-04-04T01:45:00', '2027-04-03T14:45:00.000Z']
]) {
  test(`a time that comes twice in ${zone} means the first, and the answer says so`, () => {
    const reading = readSchedule(text, zone, NOW)
    assert.ok('schedule' in reading)
    const adjustment = { field: 'scheduledOn', rule: 'occurs_twice_first_is_meant', applied }
    assert.deepEqual(reading.schedule.adjustments, [adjustment])
  })
}

test('an offset chooses between the two, and the zone is kept for show', () => {
  const reading = readSchedule('2027-10-31T02:30:00+01:00', 'Europe/Berlin', NOW)
  assert.deepEqual(reading, {
    schedule: { at: new Date('2027-10-31T01:30:00.000Z'), timezone: 'Europe/Berlin', adjustments: [] }
  })
})

test('a skipped time is refused with the times around it', () => {
  const reading = readSchedule('2027-03-28T02:30:00', 'Europe/Berlin', NOW)
  assert.ok('fault' in reading)
  assert.match(reading.fault.message, /2027-03-28T01:30:00\+01:00 or 2027-03-28T03:30:00\+02:00/)
})

test('a time zone alone is refused', () => assert.equal(read(undefined, 'Europe/Berlin'), 'timezone not_used'))

test('365 days are counted in seconds, over a leap day too', () => {
  const now = new Date('2027-03-01T00:00:00Z')
  assert.equal(read('2028-02-29T00:00:00Z', undefined, now), '2028-02-29T00:00:00.000Z')
  assert.equal(read('2028-02-29T00:00:01Z', undefined, now), 'scheduledOn too_far')
})
