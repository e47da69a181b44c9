import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UploadStatus } from '@upload24/contract'
import { judgeRemains, type Post, type Remains } from '../torture/law.ts'

const FOLLOW_UP = { name: 'firstComment', status: 'Uploaded', errorCode: null }

/** An upload to one account, as its status tells it. */
const upload = (target: object = {}, title = 'A film') =>
  ({
    uploadId: 'upload_1',
    title,
    status: 'Uploaded',
    accounts: [{ status: 'Uploaded', errorCode: null, followUps: [FOLLOW_UP], ...target }]
  }) as unknown as UploadStatus

const post = (more: Partial<Post> = {}): Post => ({
  id: '1',
  channel: '1',
  title: 'A film',
  bytes: 3,
  sha256: 'abc',
  state: 'processed',
  createdAt: '2026-11-01T00:00:00Z',
  metadata: { comments: ['First!'] },
  ...more
})

const told = (ended: UploadStatus, status = ended) => [{ sha256: 'abc', ended, status, seenAfter: 1 }]

/** A history in which all went well, but for what is changed. */
const after = (change: Partial<Remains> = {}) =>
  judgeRemains({
    sent: told(upload()),
    options: { firstComment: 'First!' },
    end: 'uploaded',
    posts: [post()],
    ledger: { uploads: 1, used: 1, reserved: 0 },
    relinks: 0,
    mayRelink: 0,
    resent: { bytes: 0, most: 10, causes: 1 },
    ...change
  })

test('one post with all that was asked for breaks no law', () => {
  assert.deepEqual(after().violations, [])
  assert.deepEqual(after({ posts: [post(), post({ title: 'x', metadata: { isForeign: true } })] }).violations, [])
})

const failed = upload({ status: 'Failed', errorCode: 'file_refused', followUps: [] })
const unknown = upload({ followUps: [{ ...FOLLOW_UP, status: 'Failed', errorCode: 'outcome_unknown' }] })
const BROKEN: readonly (readonly [string, Partial<Remains>, RegExp])[] = [
  ['a second post', { posts: [post(), post({ id: '2' })] }, /^2 posts/],
  ['no post', { posts: [] }, /there is no post/],
  ['other bytes', { posts: [post({ sha256: 'abd' })] }, /other bytes/],
  ['a post of nobody', { posts: [post(), post({ title: 'Whose?' })] }, /1 posts of nobody/],
  ['a comment that was never made', { posts: [post({ metadata: {} })] }, /0 comments, and 1/],
  [
    'a comment twice',
    { posts: [post({ metadata: { comments: [1, 2] } })] },
    /1 comments, captions or entries too many/
  ],
  [
    'a thumbnail that was never set',
    { options: { firstComment: 'First!', thumbnail: 'file_1' } },
    /0 thumbnail, and 1/
  ],
  ['a delivery that is not over', { sent: told(upload({ status: 'Processing' })) }, /not over: Processing/],
  [
    'an upload that says otherwise',
    { sent: told(upload({ status: 'Failed', errorCode: 'x' })) },
    /the upload Uploaded/
  ],
  ['a failure without a reason', { sent: told(upload({ status: 'Failed' })), posts: [] }, /without a reason/],
  ['a failure where it could be posted', { sent: told(failed), posts: [] }, /it failed: file_refused/],
  ['a failure with a post', { sent: told(failed) }, /"failed" \(file_refused\) and there is a post/],
  ['success of what was refused', { end: 'refused' }, /the platform refused it/],
  ['an unknown outcome that could be asked', { sent: told(unknown) }, /unknown, though/],
  ['a known outcome that nobody can know', { end: 'unknown' }, /nobody can know it/],
  ['a second upload', { ledger: { uploads: 2, used: 1, reserved: 0 } }, /2 uploads were made of 1/],
  ['two units of quota', { ledger: { uploads: 1, used: 2, reserved: 0 } }, /says 2 used/],
  ['a unit that stays reserved', { ledger: { uploads: 1, used: 1, reserved: 1 } }, /1 reserved/],
  ['a needless sign-in', { relinks: 1 }, /sign in 1 times/],
  ['bytes sent again', { resent: { bytes: 11, most: 10, causes: 1 } }, /11 bytes were sent again/]
]

for (const [name, change, words] of BROKEN)
  test(`${name} breaks the law`, () => {
    assert.match(after(change).violations.join('\n'), new RegExp(words, 'm'))
  })
