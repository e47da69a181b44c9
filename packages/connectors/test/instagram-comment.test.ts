import assert from 'node:assert/strict'
import type { Subject } from './bench.ts'
import { keepLaws } from './laws.ts'
import { chunkOf, contextOf, PROJECT, postOf } from './world.ts'

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

keepLaws({
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
})
