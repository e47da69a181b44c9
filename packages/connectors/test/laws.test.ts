import { keepLaws } from './laws.ts'

const reasons = {
  failureReason: ['codec', 'conversion', 'emptyFile', 'invalidFile', 'tooSmall', 'uploadAborted'],
  rejectionReason: [
    'claim',
    'copyright',
    'duplicate',
    'inappropriate',
    'legal',
    'length',
    'termsOfUse',
    'trademark',
    'uploaderAccountClosed',
    'uploaderAccountSuspended'
  ]
}

keepLaws({
  platform: 'youtube',
  bytes: 8 * 2 ** 20 + 300_001,
  calls: ['insert', 'chunk', 'lastChunk', 'query', 'status', 'list'],
  asking: ['query', 'list'],
  committing: 'lastChunk',
  forgotten: { forgetSessions: { at: 'query' } },
  silence: 'believed',
  unmarked: { ignoreSlug: true },
  disguised: {
    'a server error after the last byte': { status: { at: 'lastChunk', code: 503, when: 'after' } },
    'an internal error after the last byte': { status: { at: 'lastChunk', code: 500, when: 'after' } },
    'every byte stored, and 308': { lateResult: { seconds: 30 } },
    'a session forgotten with the last byte': {
      forgetSessions: { at: 'lastChunk', when: 'after' },
      status: { at: 'lastChunk', code: 404, when: 'after' }
    },
    'a range that is not satisfiable after the last byte': { status: { at: 'lastChunk', code: 416, when: 'after' } }
  },
  rejections: Object.entries(reasons).flatMap(([kind, words]) => words.map(word => ({ processing: { [kind]: word } }))),
  listSeconds: 900,
  secretOf: (state: { session: string }) => new URL(state.session).searchParams.get('upload_id') ?? ''
})
