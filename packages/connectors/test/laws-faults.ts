import assert from 'node:assert/strict'
import type { Law } from './laws.ts'

const CUTS = [0, 1, 12, 16, 40, 150, 400, 900, 5000].map(bytes => ({ kind: 'cutAnswer', bytes }))
const DROPS = [0, 1, 262_143, 262_144, 300_000, 5_000_000].map(bytes => ({ kind: 'dropRequest', bytes }))

/** Laws about whole deliveries under faults. */
export const faultLaws: readonly Law[] = [
  {
    number: 11,
    name: 'cut every answer and drop every request, anywhere: one post, or none and a failure',
    async keep(bench) {
      const { subject, world } = bench
      let doubts = 0
      for (const at of subject.calls)
        for (const { kind, bytes } of [...CUTS, ...DROPS]) {
          await bench.clear()
          const lost = subject.asking.includes(at) ? [{ at: subject.committing }] : []
          const forgotten = lost.length > 0 ? subject.forgotten : {}
          const rules = [{ at, bytes }, ...(kind === 'cutAnswer' ? lost : [])]
          await bench.setFaults({ cutAnswer: lost, ...forgotten, [kind]: rules })
          const run = await bench.deliver(bench.post())
          doubts += run.failures.length
          const what = `${kind} ${bytes} at ${at}`
          await bench.assertHonest(run, what)
          if (lost.length === 0 || subject.silence === 'believed')
            assert.equal(run.delivery.status, 'uploaded', `${what}: ${run.delivery.failure?.code}`)
          const left = (await world.sandbox.getFaults('sandbox-tenant')) as object
          assert.deepEqual(Object.values(left).flat(), [], `${at} was not hit`)
        }
      assert.ok(doubts > CUTS.length, 'the faults were felt')
    }
  },
  {
    number: 11,
    name: 'a lost last answer and a forgotten session end as one post, or as the word that nobody knows',
    async keep(bench) {
      const { subject, publisher } = bench
      const late = Math.max(0, Math.min(120, publisher.settleSeconds - 1))
      const cutAnswer = { at: subject.committing }
      await bench.setFaults({ cutAnswer, ...subject.forgotten, showPostsAfterSeconds: late })
      const run = await bench.deliver(bench.post())
      await bench.assertHonest(run, 'list')
      if (subject.silence === 'believed') assert.equal(run.delivery.status, 'uploaded', run.delivery.failure?.code)
      else assert.equal(run.delivery.failure?.code, 'outcome_unknown')
      assert.equal((await bench.posts()).length, 1)
    }
  },
  {
    number: 12,
    name: 'a success that looks like a refusal ends as one post',
    async keep(bench) {
      for (const [name, faults] of Object.entries(bench.subject.disguised)) {
        await bench.clear()
        await bench.setFaults(faults)
        const run = await bench.deliver(bench.post())
        await bench.assertHonest(run, name)
        assert.equal(run.delivery.status, 'uploaded', `${name}: ${run.delivery.failure?.code}`)
        assert.equal((await bench.posts()).length, 1, name)
      }
    }
  },
  {
    number: 15,
    name: 'no token and no session address is in a message, a failure or the journal',
    async keep(bench) {
      const { subject } = bench
      const { tokens } = bench.linked()
      const status = subject.calls.map(at => ({ at, code: 500 }))
      await bench.setFaults({ status, cutAnswer: subject.calls.map(at => ({ at, after: 1 })) })
      const run = await bench.deliver(bench.post())
      const session = run.delivery.state === null ? undefined : subject.secretOf?.(run.delivery.state as never)
      const secrets = [tokens.access, tokens.refresh, session].filter(secret => secret !== undefined)
      const failures = run.failures.map(e => {
        return [String(e), (e as { failure?: unknown }).failure, String((e as Error).cause ?? '')]
      })
      const said = JSON.stringify([run.journal, failures])
      assert.ok(run.failures.length > 1)
      for (const secret of secrets) assert.ok(secret.length > 8 && !said.includes(secret))
    }
  }
]
