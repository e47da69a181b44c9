import type { Subject } from './bench.ts'
import { keepLaws } from './laws.ts'

const hidden = { status: { at: 'status', code: 400, reason: '100/33', times: 3 } }
const refused = (code: number, reason: string, when: 'before' | 'after') => ({
  status: { at: 'publish', code, reason, when }
})

const both: Omit<Subject, 'calls'> = {
  platform: 'instagram',
  bytes: 600_001,
  asking: ['list'],
  committing: 'publish',
  forgotten: {},
  unmarked: { hideCaptions: true },
  silence: 'believed',
  listSeconds: 0,
  disguised: {
    'blocked for spam, and live': refused(403, '4/2207051', 'after'),
    'blocked for spam, and not live': refused(403, '4/2207051', 'before'),
    'a server error, and live': refused(500, '2', 'after'),
    'a server error, and not live': refused(500, '2', 'before'),
    'a page instead of an answer, and live': refused(502, 'html', 'after'),
    'a dead token, and live': refused(401, '190', 'after'),
    'not ready, and live': refused(400, '9007/2207027', 'after'),
    'live, and the container cannot be read for a while': { ...refused(500, '2', 'after'), ...hidden }
  },
  rejections: []
}

const calls = ['create', 'upload', 'status', 'limit', 'list', 'publish', 'media']
const secretOf = (state: { uri: string }) => state.uri

keepLaws({ ...both, name: 'instagram by Facebook Login', auth: 'facebook', calls, secretOf })
keepLaws({
  ...both,
  name: 'instagram by Instagram Login',
  auth: 'instagram',
  calls: calls.filter(call => call !== 'upload')
})
keepLaws({
  ...both,
  name: 'instagram that forgets its containers',
  auth: 'facebook',
  calls,
  secretOf,
  forgotten: { forgetSessions: { at: 'status' } },
  listSeconds: 900
})
