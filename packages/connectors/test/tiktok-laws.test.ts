import { FAIL_REASONS } from '../src/tiktok/fake/faults.ts'
import type { Subject } from './bench.ts'
import { keepLaws } from './laws.ts'

const MENDED = ['internal', 'video_pull_failed', 'photo_pull_failed', 'auth_removed', 'spam_risk_too_many_posts']
const lost = (code: number) => ({ status: { at: 'lastChunk', code, when: 'after' } })

const both: Omit<Subject, 'options' | 'forgotten' | 'silence'> = {
  platform: 'tiktok',
  bytes: 600_001,
  calls: ['creator', 'init', 'chunk', 'lastChunk', 'status'],
  asking: [],
  committing: 'lastChunk',
  listSeconds: 0,
  disguised: {
    'a server error after the last byte': lost(500),
    'a busy gateway after the last byte': lost(503),
    'a slow gateway after the last byte': lost(408),
    'an upload that is not found after the last byte': lost(404),
    'a range that is not satisfiable after the last byte': lost(416),
    'a publish id that is not known for a moment': {
      cutAnswer: { at: 'lastChunk' },
      status: { at: 'status', code: 400, reason: 'invalid_publish_id', times: 3 }
    }
  },
  rejections: FAIL_REASONS.filter(word => !MENDED.includes(word)).map(failReason => ({ processing: { failReason } })),
  rejectedPosts: 0,
  reads: /\/(creator_info\/query|status\/fetch|video\/list)\/$/,
  secretOf: (state: { uploadUrl: string }) => new URL(state.uploadUrl).searchParams.get('upload_token') ?? ''
}

/** No list shows it: a forgotten publish id leaves nobody to ask. */
keepLaws({
  ...both,
  name: 'tiktok, a private post',
  options: { privacyLevel: 'SELF_ONLY' },
  forgotten: { forgetSessions: { at: 'status' } },
  silence: 'never tells'
})

/** What the list shows is believed, and its silence never: the laws of silence are kept above. */
const shown: Subject = {
  ...both,
  options: { privacyLevel: 'PUBLIC_TO_EVERYONE' },
  calls: [...both.calls, 'list'],
  asking: ['list'],
  forgotten: { forgetSessions: { at: 'status', times: 1 } },
  silence: 'believed'
}
// 5 has no words for "the list may prove it, its silence never does"; 10 needs several chunks.
keepLaws(
  { ...shown, name: 'tiktok, a public post' },
  ({ number, name }) =>
    ![5, 10].includes(number) && name !== "a delivery whose own commit never arrived does not take an equal one's post"
)
keepLaws({ ...shown, name: 'tiktok, several chunks', bytes: 64_000_001 }, ({ number }) =>
  [1, 2, 3, 4, 9, 10].includes(number)
)
