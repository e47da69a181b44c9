import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, Wish } from '../connector.ts'
import { checkMedia } from '../media.ts'
import { compose as composeFor } from './compose.ts'
import { instagram } from './index.ts'

const account: Account = {
  remoteId: '17841405822304914',
  handle: '@somebody',
  auth: 'facebook',
  scopes: ['instagram_basic', 'instagram_content_publish', 'instagram_manage_comments'],
  facts: {}
}
const compose = (wish: Partial<Wish>) => composeFor({ title: 'A title', ...wish }, account)
const faultsOf = (wish: Partial<Wish>) => compose(wish).faults.map(f => `${f.field} ${f.code}`)

test('the title is the caption, and a description has no place, which is told', () => {
  const { title, description, adjustments } = compose({ description: 'More about it', options: {} })
  assert.deepEqual([title, description], ['A title', ''])
  assert.deepEqual(adjustments, [{ field: 'description', rule: 'no_place_for_description', applied: '' }])
})

test('without options the reel is shown in the feed, which is told', () => {
  const { options, adjustments } = compose({})
  assert.deepEqual(options, { shareToFeed: true })
  assert.deepEqual(adjustments, [{ field: 'instagram.shareToFeed', rule: 'default', applied: true }])
})

test('a caption is counted in UTF-16 units, hashtags and mentions', () => {
  assert.deepEqual(faultsOf({ title: 'a'.repeat(2200) }), [])
  assert.deepEqual(faultsOf({ title: '😀'.repeat(1101) }), ['title too_long'])
  const tags = (n: number, sign: string) => Array.from({ length: n }, (_, i) => `${sign}größe${i}`).join(' ')
  assert.deepEqual(faultsOf({ title: tags(30, '#') }), [])
  assert.deepEqual(faultsOf({ title: tags(31, '#') }), ['title too_many_hashtags'])
  assert.deepEqual(faultsOf({ title: tags(20, '@') }), [])
  assert.deepEqual(faultsOf({ title: tags(21, '@') }), ['title too_many_mentions'])
  assert.deepEqual(faultsOf({ title: Array.from({ length: 40 }, (_, i) => `me${i}@example.com`).join(' ') }), [])
  const [fault] = compose({ title: tags(31, '#') }).faults
  assert.deepEqual([fault?.limit, fault?.measured], [30, 31])
})

test('a first comment needs its permission', () => {
  const wish = { title: 'A title', options: { firstComment: 'Hello' } }
  assert.equal(composeFor(wish, account).options?.firstComment, 'Hello')
  const { faults, options } = composeFor(wish, { ...account, scopes: ['instagram_business_basic'] })
  assert.deepEqual(
    faults.map(f => `${f.field} ${f.code}`),
    ['instagram.firstComment scope_missing']
  )
  assert.equal(options, null)
})

test('a cover picture goes before a moment of the video, which is told', () => {
  const coverUrl = 'https://example.com/cover.jpg'
  const { options, adjustments } = compose({ options: { coverUrl, thumbOffset: 500 } })
  assert.deepEqual([options?.coverUrl, options?.thumbOffset], [coverUrl, undefined])
  assert.deepEqual(adjustments, [{ field: 'instagram.thumbOffset', rule: 'cover_goes_first', applied: false }])
})

test('options are checked by their names and values', () => {
  assert.deepEqual(faultsOf({ options: { colaborators: [] } }), ['instagram.colaborators unknown_field'])
  assert.deepEqual(faultsOf({ options: { collaborators: ['a', 'b', 'c', 'd'] } }), ['instagram.collaborators too_big'])
  assert.deepEqual(
    faultsOf({ options: { collaborators: ['no spaces'] } }).map(f => f.split(' ')[0]),
    ['instagram.collaborators[0]']
  )
  assert.deepEqual(faultsOf({ options: { coverUrl: 'ftp://example.com/a.jpg' } }).length > 0, true)
  assert.deepEqual(compose({ options: { collaborators: ['@natgeo'] } }).options?.collaborators, ['natgeo'])
})

test('a file is held against the specification of reels', () => {
  const good = {
    bytes: 300_000_000,
    contentType: 'video/mp4',
    seconds: 900,
    width: 1080,
    height: 1920,
    container: 'mp4',
    video: { codec: 'avc', framesPerSecond: 29.97 },
    audio: { codec: 'aac', channels: 2, samplesPerSecond: 48_000 }
  }
  const codes = (more: object) => checkMedia(instagram, account, { ...good, ...more }).map(f => f.code)
  assert.deepEqual(codes({}), [])
  assert.deepEqual(codes({ bytes: 300_000_001 }), ['size_too_big'])
  assert.deepEqual(codes({ seconds: 2.9 }), ['duration_too_small'])
  assert.deepEqual(codes({ seconds: 901 }), ['duration_too_big'])
  assert.deepEqual(codes({ width: 2160, height: 3840 }), ['width_too_big'])
  assert.deepEqual(codes({ contentType: 'video/webm', container: 'webm' }), ['content_type', 'container'])
  assert.deepEqual(codes({ video: { codec: 'vp9', framesPerSecond: 120 } }), ['video_codec', 'frame_rate_too_big'])
  assert.deepEqual(codes({ audio: { codec: 'mp3', channels: 6, samplesPerSecond: 96_000 } }), [
    'audio_codec',
    'audio_channels_too_big',
    'sample_rate_too_big'
  ])
})
