import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Draft } from '../../description/draft.ts'
import { changesOf } from './changes.ts'

const BEFORE: Draft = {
  title: 'Spring',
  description: 'Long text',
  accounts: ['account_1', 'account_2'],
  options: { tube: { language: 'en', tags: ['a', 'b'], place: { city: 'Rome', land: 'it' } }, gram: { reel: true } },
  own: { account_1: { title: 'Here another', hidden: true } },
  at: '2027-04-18T09:30'
}
const changes = (after: Partial<Draft>) => changesOf(BEFORE, { ...BEFORE, ...after }, 'Europe/Berlin')

test('what stayed as it was is not sent', () => {
  assert.deepEqual(changes({}), {})
  assert.deepEqual(changes({ title: ' Spring ', description: 'Long text\n' }), {})
})

test('of what differs only the field itself is sent, however deep it is', () => {
  const tube = { ...BEFORE.options.tube, tags: ['b'], place: { city: 'Milan', land: 'it' } }
  const own = { ...BEFORE.own, account_2: { title: 'There' } }
  assert.deepEqual(changes({ title: 'Summer', options: { ...BEFORE.options, tube }, own }), {
    title: 'Summer',
    tube: { tags: ['b'], place: { city: 'Milan' } },
    accountOptions: { account_2: { title: 'There' } }
  })
})

test('what was taken away is null, and options of which nothing is left are none', () => {
  const tube = { language: 'en', tags: ['a', 'b'] }
  assert.deepEqual(changes({ description: ' ', options: { tube, gram: {} }, own: { account_1: {} } }), {
    description: null,
    tube: { place: null },
    gram: null,
    accountOptions: { account_1: null }
  })
})

test('a time that was moved comes with its zone, and none means now', () => {
  assert.deepEqual(changes({ at: '2027-04-19T08:00' }), {
    scheduledOn: '2027-04-19T08:00:00',
    timezone: 'Europe/Berlin'
  })
  assert.deepEqual(changes({ at: '' }), { scheduledOn: null })
})
