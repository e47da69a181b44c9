import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, Wish } from '../connector.ts'
import { compose as composeFor, FULL_SCOPE } from './compose.ts'
import { measureTags } from './options.ts'

const account: Account = { remoteId: 'UC', handle: '@c', auth: 'google', scopes: [FULL_SCOPE], facts: {} }
const compose = (wish: Wish) => composeFor(wish, account)
const full = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en-GB' }
const faultsOf = (wish: Partial<Wish>) =>
  compose({ title: 'A title', options: full, ...wish }).faults.map(f => `${f.field} ${f.code}`)

test('a short title and no options need three defaults, which are told', () => {
  const { title, description, options, adjustments, faults } = compose({ title: 'Spring launch teaser' })
  assert.deepEqual([title, description, faults], ['Spring launch teaser', '', []])
  assert.deepEqual(options, { categoryId: '22', privacyStatus: 'public', madeForKids: false, notifySubscribers: true })
  assert.deepEqual(
    adjustments.map(a => [a.field, a.rule, a.applied]),
    [
      ['youtube.privacyStatus', 'default', 'public'],
      ['youtube.madeForKids', 'default', false],
      ['youtube.categoryId', 'default', '22']
    ]
  )
})

test('a long title is cut at a word, and the whole of it becomes the description', () => {
  const long = 'word '.repeat(60).trim()
  const { title, description, adjustments, faults } = compose({ title: long, options: full })
  assert.equal(title, 'word '.repeat(20).trim())
  assert.equal(description, long)
  assert.deepEqual(faults, [])
  assert.deepEqual(
    adjustments.map(a => [a.field, a.rule, a.limit]),
    [
      ['title', 'cut_at_word', 100],
      ['description', 'whole_title_first', 5000]
    ]
  )
})

test('a long title opens a description that was given, and is not repeated in one that holds it', () => {
  const long = 'word '.repeat(60).trim()
  assert.equal(compose({ title: long, description: 'More.' }).description, `${long}\n\nMore.`)
  assert.equal(compose({ title: long, description: `See: ${long}` }).description, `See: ${long}`)
})

test('2200 characters fit in bytes or are refused with the override to send', () => {
  assert.deepEqual(faultsOf({ title: 'a'.repeat(2200) }), [])
  assert.equal(compose({ title: 'a'.repeat(2200) }).title.length, 100)
  const [fault] = compose({ title: 'ß€'.repeat(1100), options: full }).faults
  assert.deepEqual([fault?.field, fault?.code, fault?.limit, fault?.measured], ['title', 'too_long', 100, 5500])
  assert.match(fault?.message ?? '', /accountOptions/)
})

test('a cut never splits a character that is more than one unit', () => {
  const { title } = compose({ title: '👩‍👩‍👧‍👦'.repeat(20) })
  assert.equal(title, '👩‍👩‍👧‍👦'.repeat(9))
  assert.ok(title.length <= 100)
})

test('a description is measured in bytes', () => {
  assert.deepEqual(faultsOf({ description: 'é'.repeat(2500) }), [])
  assert.deepEqual(faultsOf({ description: 'é'.repeat(2501) }), ['description too_long'])
})

test('angle brackets become look-alikes, and this is told', () => {
  const { title, description, adjustments } = compose({ title: 'I <3 this', description: 'a -> b', options: full })
  assert.deepEqual([title, description], ['I ‹3 this', 'a -› b'])
  assert.deepEqual(
    adjustments.map(a => [a.field, a.rule]),
    [
      ['title', 'no_angle_brackets'],
      ['description', 'no_angle_brackets']
    ]
  )
})

test('options need category and both languages, and nothing that is unknown', () => {
  assert.deepEqual(faultsOf({ options: {} }), [
    'youtube.categoryId required',
    'youtube.defaultLanguage required',
    'youtube.defaultAudioLanguage required'
  ])
  assert.deepEqual(faultsOf({ options: { ...full, privacy: 'public' } }), ['youtube.privacy unknown_field'])
  assert.deepEqual(faultsOf({ options: { ...full, categoryId: '18' } }), ['youtube.categoryId invalid_value'])
  assert.deepEqual(faultsOf({ options: { ...full, defaultLanguage: 'not a tag' } }), [
    'youtube.defaultLanguage invalid_value'
  ])
  assert.deepEqual(faultsOf({ options: 'public' }), ['youtube invalid_type'])
  assert.deepEqual(faultsOf({ options: full }), [])
})

test('a category may be sent as a number', () => {
  assert.equal(compose({ title: 't', options: { ...full, categoryId: 22 } }).options?.categoryId, '22')
  assert.deepEqual(faultsOf({ options: { ...full, categoryId: 18 } }), ['youtube.categoryId invalid_value'])
})

test('a misspelt option is answered with the right name', () => {
  const [fault] = compose({ title: 't', options: { ...full, privacyStatuss: 'public' } }).faults
  assert.match(fault?.message ?? '', /did you mean "privacyStatus"/)
})

test('publishAt needs a private video', () => {
  const publishAt = '2027-01-31T18:00:00Z'
  assert.deepEqual(faultsOf({ options: { ...full, publishAt } }), ['youtube.publishAt invalid_value'])
  assert.deepEqual(faultsOf({ options: { ...full, publishAt, privacyStatus: 'private' } }), [])
  assert.deepEqual(faultsOf({ options: { ...full, publishAt: 'tomorrow', privacyStatus: 'private' } }), [
    'youtube.publishAt invalid_format'
  ])
})

test('tags are counted as YouTube counts them', () => {
  assert.equal(measureTags(['Foo-Baz']), 7)
  assert.equal(measureTags(['Foo Baz']), 9)
  assert.equal(measureTags(['a', 'b c']), 1 + 5 + 1)
  assert.deepEqual(faultsOf({ options: { ...full, tags: ['x'.repeat(250), 'y'.repeat(249)] } }), [])
  const { faults } = compose({ title: 't', options: { ...full, tags: ['x'.repeat(250), 'y'.repeat(250)] } })
  assert.deepEqual(
    faults.map(f => [f.field, f.code, f.limit, f.measured]),
    [['youtube.tags', 'too_long', 500, 501]]
  )
  assert.deepEqual(faultsOf({ options: { ...full, tags: ['fine', '<b>'] } }), ['youtube.tags[1] invalid_format'])
})

test('what needs a permission that was not given is refused, with the way to give it', () => {
  const extras = {
    playlistId: 'PL1',
    captions: [{ file: 'f', language: 'de' }],
    firstComment: 'First!',
    thumbnail: 'f'
  }
  const wish = { title: 'A title', options: { ...full, ...extras } }
  assert.deepEqual(composeFor(wish, account).faults, [])
  const { faults, options } = composeFor(wish, {
    ...account,
    scopes: ['https://www.googleapis.com/auth/youtube.upload']
  })
  assert.deepEqual(
    faults.map(f => `${f.field} ${f.code}`),
    ['youtube.captions scope_missing', 'youtube.firstComment scope_missing', 'youtube.playlistId scope_missing']
  )
  assert.match(faults[0]?.message ?? '', /Link it again and leave every box ticked/)
  assert.equal(options, null)
})

test('a first comment needs a video that others will see, and captions of one language need names', () => {
  const wrong = (more: object) => faultsOf({ options: { ...full, ...more } })
  const firstComment = 'First!'
  assert.deepEqual(wrong({ firstComment, privacyStatus: 'private' }), ['youtube.firstComment invalid_value'])
  assert.deepEqual(wrong({ firstComment, privacyStatus: 'private', publishAt: '2027-01-01T00:00:00Z' }), [])
  assert.deepEqual(wrong({ firstComment, madeForKids: true }), ['youtube.firstComment invalid_value'])
  const track = { file: 'f', language: 'de' }
  assert.deepEqual(wrong({ captions: [track, { ...track, name: ' ' }] }), ['youtube.captions invalid_value'])
  assert.deepEqual(wrong({ captions: [track, { ...track, name: 'SDH' }] }), [])
})
