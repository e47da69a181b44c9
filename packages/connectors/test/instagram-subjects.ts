import assert from 'node:assert/strict'
import type { Subject } from './bench.ts'
import { chunkOf, contextOf, PROJECT, postOf } from './world.ts'

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

/** Bytes are pushed. */
export const pushed: Subject = { ...both, name: 'instagram by Facebook Login', auth: 'facebook', calls, secretOf }
/** Bytes are fetched. */
export const pulled: Subject = {
  ...both,
  name: 'instagram by Instagram Login',
  auth: 'instagram',
  calls: calls.filter(call => call !== 'upload')
}
/** The list alone decides. */
export const forgetful: Subject = {
  ...pushed,
  name: 'instagram that forgets its containers',
  forgotten: { forgetSessions: { at: 'status' } },
  listSeconds: 900
}

/** The reel below which the comment is written. */
const arrange: Subject['arrange'] = async (world, linked, file) => {
  const { publisher } = world.connector
  const context = (call: 'prepare' | 'send' | 'commit') =>
    contextOf(world, linked, { call, commits: call === 'commit' })
  const post = postOf(world, file, linked.account)
  const opened = await publisher.prepare(null, post, context('prepare'))
  assert.ok(opened.at === 'transfer')
  await publisher.send!(opened.state, chunkOf(file, 0, file.length), context('send'))
  world.clock.now = new Date(world.clock.now.getTime() + 5000)
  const ready = await publisher.prepare(opened.state, post, context('prepare'))
  assert.ok(ready.at === 'ready')
  const made = await publisher.commit!(ready.state, context('commit'))
  assert.ok(made.at === 'processing' && made.post)
  return { of: made.post, part: 'firstComment' }
}

export const comment: Subject = {
  platform: 'instagram',
  name: "instagram's first comment",
  auth: 'facebook',
  options: { firstComment: 'The first one' },
  bytes: 20_001,
  calls: ['comment', 'comments'],
  asking: ['comments'],
  committing: 'comment',
  forgotten: {},
  silence: 'believed',
  listSeconds: 0,
  disguised: {
    'a server error, and written': { status: { at: 'comment', code: 500, reason: '2', when: 'after' } },
    'a page instead of an answer, and written': { status: { at: 'comment', code: 502, reason: 'html', when: 'after' } }
  },
  rejections: [],
  publisher: world => world.connector.followUps?.firstComment?.publisher as never,
  arrange,
  made: async world => {
    const [post] = await world.sandbox.posts(PROJECT)
    const { comments = [] } = (post?.metadata ?? {}) as { comments?: string[] }
    return comments.map(() => ({}))
  }
}
