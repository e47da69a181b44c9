import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, Wish } from '../connector.ts'
import { checkMedia } from '../media.ts'
import { compose } from './compose.ts'
import { tiktok } from './index.ts'

const facts = {
  username: 'someone',
  privacyLevels: ['PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY'],
  commentDisabled: false,
  duetDisabled: false,
  stitchDisabled: false,
  maxSeconds: 180
}
const account = (more: Record<string, unknown> = {}): Account => ({
  remoteId: 'open-id',
  handle: '@someone',
  auth: 'tiktok',
  scopes: ['user.info.basic', 'video.publish'],
  facts: { ...facts, ...more }
})
const open = { privacyLevel: 'PUBLIC_TO_EVERYONE' }
const composed = (wish: Partial<Wish>, to = account()) => compose({ title: 'A title', options: open, ...wish }, to)
const faultsOf = (wish: Partial<Wish>, to = account()) => composed(wish, to).faults.map(f => `${f.field} ${f.code}`)

test('nothing is chosen for the sender: no visibility, and everything else is off', () => {
  const [fault, ...more] = composed({ options: undefined }).faults
  assert.deepEqual([fault?.field, fault?.code, more.length], ['tiktok.privacyLevel', 'required', 0])
  assert.match(fault?.message ?? '', /PUBLIC_TO_EVERYONE, MUTUAL_FOLLOW_FRIENDS, SELF_ONLY\.$/)
  assert.deepEqual(faultsOf({ options: {} }), ['tiktok.privacyLevel required'])
  assert.deepEqual(composed({}).options, {
    privacyLevel: 'PUBLIC_TO_EVERYONE',
    allowComment: false,
    allowDuet: false,
    allowStitch: false,
    yourBrand: false,
    brandedContent: false,
    aiGenerated: false
  })
})

test('a visibility that the account does not offer is refused, in words that name those it does', () => {
  const { faults, options } = composed({ options: { privacyLevel: 'FOLLOWER_OF_CREATOR' } })
  assert.deepEqual(
    faults.map(f => `${f.field} ${f.code}`),
    ['tiktok.privacyLevel not_offered']
  )
  assert.match(faults[0]?.message ?? '', /does not offer "Followers".*SELF_ONLY/)
  assert.equal(options, null)
  assert.deepEqual(faultsOf({ options: { privacyLevel: 'EVERYONE' } }), ['tiktok.privacyLevel invalid_value'])
  // An account that could not be asked is not judged: TikTok is asked again before it posts.
  const unknown = { ...account(), facts: { username: 'someone' } }
  assert.deepEqual(faultsOf({ options: { privacyLevel: 'FOLLOWER_OF_CREATOR' } }, unknown), [])
})

test('comments, duets and stitches that the creator has switched off cannot be allowed', () => {
  const options = { ...open, allowComment: true, allowDuet: true, allowStitch: true }
  assert.deepEqual(faultsOf({ options }), [])
  const closed = account({ commentDisabled: true, duetDisabled: true, stitchDisabled: true })
  assert.deepEqual(faultsOf({ options }, closed), [
    'tiktok.allowComment not_offered',
    'tiktok.allowDuet not_offered',
    'tiktok.allowStitch not_offered'
  ])
  assert.deepEqual(faultsOf({ options: open }, closed), [])
})

test('commercial content must say whose, and branded content cannot be private', () => {
  const { faults } = composed({ options: { ...open, commercialContent: true } })
  assert.deepEqual(
    faults.map(f => [f.field, f.message]),
    [['tiktok.commercialContent', 'You need to indicate if your content promotes yourself, a third party, or both.']]
  )
  assert.deepEqual(faultsOf({ options: { ...open, commercialContent: true, yourBrand: true } }), [])
  assert.deepEqual(faultsOf({ options: { ...open, brandedContent: true } }), [])
  assert.deepEqual(faultsOf({ options: { ...open, commercialContent: false, brandedContent: true } }), [
    'tiktok.commercialContent invalid_value'
  ])
  const hidden = composed({ options: { privacyLevel: 'SELF_ONLY', brandedContent: true } }).faults
  assert.deepEqual(
    hidden.map(f => [f.field, f.message]),
    [['tiktok.brandedContent', 'Branded content visibility cannot be set to private.']]
  )
  assert.deepEqual(faultsOf({ options: { privacyLevel: 'SELF_ONLY', yourBrand: true } }), [])
})

test('the sentence of consent follows the disclosure', () => {
  const said = (options: object): string => tiktok.consent?.(composed({ options }).options!) ?? ''
  assert.match(said(open), /^By posting, you agree to TikTok's Music Usage Confirmation \(https:/)
  assert.match(
    said({ ...open, yourBrand: true }),
    /^By posting, you agree to TikTok's Music Usage Confirmation \(https:/
  )
  assert.match(
    said({ ...open, yourBrand: true, brandedContent: true }),
    /^By posting, you agree to TikTok's Branded Content Policy \(https:.*\) and Music Usage Confirmation \(https:/
  )
})

test('the title is the caption, counted in UTF-16 units', () => {
  assert.deepEqual(faultsOf({ title: 'a'.repeat(2200) }), [])
  const [fault] = composed({ title: '🎬'.repeat(1101) }).faults
  assert.deepEqual([fault?.field, fault?.code, fault?.limit, fault?.measured], ['title', 'too_long', 2200, 2202])
  assert.match(fault?.message ?? '', /accountOptions/)
})

test('a description has no place, and this is told', () => {
  const { description, adjustments } = composed({ description: 'More about it.' })
  assert.equal(description, '')
  assert.deepEqual(adjustments, [{ field: 'description', rule: 'no_place_for_description', applied: '' }])
  assert.deepEqual(composed({ description: ' ' }).adjustments, [])
})

test('an unknown option is answered with the nearest name', () => {
  const [fault] = composed({ options: { ...open, privacylevels: 'x' } }).faults
  assert.equal(fault?.code, 'unknown_field')
  assert.match(fault?.message ?? '', /did you mean "privacyLevel"/)
})

test("a video is held against the account's own longest", () => {
  const file = { bytes: 1000, contentType: 'video/mp4' }
  const codes = (more: object, to = account()) => checkMedia(tiktok, to, { ...file, ...more }).map(f => f.code)
  assert.deepEqual(codes({ seconds: 180 }), [])
  assert.deepEqual(codes({ seconds: 181 }), ['duration_too_big'])
  assert.deepEqual(codes({ seconds: 600 }, { ...account(), facts: {} }), [])
  assert.deepEqual(codes({ contentType: 'video/x-matroska', width: 320, height: 4097, bytes: 4_000_000_001 }), [
    'content_type',
    'size_too_big',
    'width_too_small',
    'height_too_big'
  ])
  assert.deepEqual(codes({ container: 'mkv', video: { codec: 'av1', framesPerSecond: 120 } }), [
    'container',
    'video_codec',
    'frame_rate_too_big'
  ])
})
