import assert from 'node:assert/strict'
import type { Law } from './laws.ts'

const marker = (n: number): { marker: string } => ({ marker: String(n).padStart(26, 'a') })

/** Laws about what is said of a post while nobody knows whether it exists. */
export const doubtLaws: readonly Law[] = [
  {
    number: 4,
    name: 'once a post exists, a doubting check never says that there is none',
    async keep(bench) {
      const { subject, publisher } = bench
      const allowed = ['published', 'processing', 'unclear', ...(subject.isOverwriting ? ['transfer', 'ready'] : [])]
      const latest = subject.listSeconds > 0 ? subject.listSeconds - 100 : Math.max(0, publisher.settleSeconds - 1)
      for (const late of [0, latest])
        for (const forgotten of [{}, subject.forgotten]) {
          await bench.clear()
          await bench.setFaults({ showPostsAfterSeconds: late })
          const brink = await bench.brink()
          const doubt = bench.doubt()
          await bench.cross(brink)
          for (const seconds of [publisher.settleSeconds, 60, 600, subject.listSeconds]) {
            bench.wait(seconds)
            await bench.setFaults({ ...forgotten, showPostsAfterSeconds: late })
            const { at } = await bench.check(brink.state, doubt)
            assert.ok(allowed.includes(at), `${at} after ${seconds} s, list ${late} s late`)
          }
        }
    }
  },
  {
    number: 5,
    name: '"not there" is said in doubt only after a look for the post, and not too soon',
    concerns: bench => !bench.subject.isOverwriting,
    async keep(bench) {
      const { subject, publisher } = bench
      const brink = await bench.brink()
      const doubt = bench.doubt()
      await bench.setFaults(subject.forgotten)
      if (subject.listSeconds > 0) assert.equal((await bench.check(brink.state, doubt)).at, 'unclear')
      bench.wait(Math.max(subject.listSeconds, publisher.settleSeconds) + 1)
      await bench.setFaults(subject.forgotten)
      const paths: string[] = []
      const watched = bench.context('check', false, e => paths.push(e.path))
      const said = await publisher.check(brink.state, watched, doubt)
      if (subject.silence === 'never tells') assert.equal(said.at, 'unclear')
      else assert.ok(['gone', 'ready'].includes(said.at) || (said.at === 'transfer' && said.sent === 0), said.at)
      const looks = Object.keys(subject.forgotten).length > 0 && subject.silence === 'believed' ? 2 : 1
      assert.ok(paths.length >= looks, `it looked for the post: ${paths.join(', ')}`)
    }
  },
  {
    number: 6,
    name: "rejected is the platform's own word, and nothing appears afterwards",
    async keep(bench) {
      for (const rejection of bench.subject.rejections) {
        await bench.clear()
        await bench.setFaults(rejection)
        const { delivery } = await bench.deliver(bench.post())
        assert.equal(delivery.status, 'failed', JSON.stringify(rejection))
        assert.equal(delivery.failure?.kind, 'permanent', delivery.failure?.code)
        bench.wait(3600)
        assert.equal((await bench.posts()).length, bench.subject.rejectedPosts ?? 1, 'the refused one, and no other')
      }
    }
  },
  {
    number: 16,
    name: "another delivery's post is never adopted, in either order",
    concerns: bench => bench.subject.publisher === undefined,
    async keep(bench) {
      const { subject } = bench
      const lost = { cutAnswer: { at: subject.committing, times: 2 }, ...subject.forgotten }
      const orders = [
        [[1, 2], {}],
        [[2, 1], {}],
        [[1, 2], subject.unmarked ?? {}]
      ] as const
      for (const [order, also] of orders) {
        await bench.clear()
        const ids: string[] = []
        for (const n of order) {
          await bench.setFaults({ ...lost, ...also })
          const { delivery } = await bench.deliver(bench.post(marker(n)), ids)
          const end = subject.silence === 'believed' ? 'uploaded' : 'failed'
          assert.equal(delivery.status, end, delivery.failure?.code)
          if (delivery.post?.id !== undefined) ids.push(delivery.post.id)
        }
        assert.equal(new Set(ids).size, ids.length)
        assert.equal((await bench.posts()).length, 2)
      }
    }
  },
  {
    number: 16,
    name: "a delivery whose own commit never arrived does not take an equal one's post",
    concerns: bench => bench.subject.publisher === undefined,
    async keep(bench) {
      const { subject } = bench
      const first = await bench.deliver(bench.post(marker(1)))
      assert.equal(first.delivery.status, 'uploaded')
      await bench.setFaults({ dropRequest: { at: subject.committing }, ...subject.forgotten })
      const taken = first.delivery.post?.id === undefined ? [] : [first.delivery.post.id]
      const second = await bench.deliver(bench.post(marker(2)), taken)
      const isMade = subject.silence === 'believed'
      assert.equal(second.delivery.status, isMade ? 'uploaded' : 'failed')
      if (second.delivery.post?.id !== undefined) assert.ok(!taken.includes(second.delivery.post.id))
      assert.equal((await bench.posts()).length, isMade ? 2 : 1)
    }
  }
]
