import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instantOf, localOf } from './zone.ts'

const berlin = (local: string) => instantOf(local, 'Europe/Berlin').toISOString()

test('a time of day is what the clocks of the zone show, on both sides of a change', () => {
  assert.equal(berlin('2027-03-27T12:00'), '2027-03-27T11:00:00.000Z')
  assert.equal(berlin('2027-03-28T12:00'), '2027-03-28T10:00:00.000Z')
  assert.equal(berlin('2027-10-31T12:00'), '2027-10-31T11:00:00.000Z')
  assert.equal(berlin('2027-10-31'), '2027-10-30T22:00:00.000Z')
  assert.equal(instantOf('2027-04-04T12:00', 'Australia/Lord_Howe').toISOString(), '2027-04-04T01:30:00.000Z')
})

test('a time that the clocks skip is moved past the gap; of one that comes twice the first is meant', () => {
  assert.equal(berlin('2027-03-28T02:30'), '2027-03-28T01:30:00.000Z')
  assert.equal(localOf(instantOf('2027-03-28T02:30', 'Europe/Berlin'), 'Europe/Berlin'), '2027-03-28T03:30')
  assert.equal(berlin('2027-03-28T01:59'), '2027-03-28T00:59:00.000Z')
  assert.equal(berlin('2027-03-28T03:00'), '2027-03-28T01:00:00.000Z')
  assert.equal(berlin('2027-10-31T02:30'), '2027-10-31T00:30:00.000Z')
})

test('every hour of a year comes back as it was, but for the skipped ones', () => {
  for (const zone of ['America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'])
    for (let at = Date.UTC(2027, 0, 1); at < Date.UTC(2028, 0, 1); at += 3_600_000) {
      const local = localOf(new Date(at), zone)
      assert.equal(localOf(instantOf(local, zone), zone), local, zone)
    }
})
