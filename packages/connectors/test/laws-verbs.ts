import assert from 'node:assert/strict'
import { z } from 'zod'
import type { Context, Progress } from '../src/index.ts'
import { Lost } from '../src/index.ts'
import type { Bench } from './bench.ts'
import type { Law } from './laws.ts'

const hasCommit = ({ publisher }: Bench): boolean => publisher.commit !== undefined
const stateOf = (progress: Progress<unknown>): unknown => {
  assert.ok('state' in progress, `no state in ${progress.at}`)
  return progress.state
}

/** What a verb would send, without sending it: reads pass, the first change is written down and lost. */
async function writeDown(bench: Bench, run: (context: Context) => Promise<unknown>): Promise<string> {
  const context = bench.context('commit', true)
  let sent = ''
  const http: Context['http'] = (host, path, init = {}) => {
    if ((init.method ?? (init.body === undefined ? 'GET' : 'POST')) === 'GET') return context.http(host, path, init)
    sent = JSON.stringify([host, String(path), init])
    throw new Lost('it was only written down')
  }
  await run({ ...context, http }).catch(error => assert.ok(error instanceof Lost, String(error)))
  return sent
}

/** Laws about what a verb does when all is well, and when it is said twice. */
export const verbLaws: readonly Law[] = [
  {
    number: 1,
    name: 'prepare makes nothing public, however often and from wherever',
    async keep(bench) {
      const states: unknown[] = [null, null]
      await bench.brink(bench.post(), progress => {
        if ('state' in progress && progress.at !== 'transfer') states.push(progress.state)
      })
      for (const state of states) await bench.publisher.prepare(state, bench.post(), bench.context('prepare'))
      assert.deepEqual(await bench.posts(), [])
    }
  },
  {
    number: 2,
    name: 'check changes nothing',
    async keep(bench) {
      const look = async () => JSON.stringify([await bench.world.dump(), await bench.posts()])
      const all: Progress<unknown>[] = []
      const brink = await bench.brink(bench.post(), progress => all.push(progress))
      const made = await bench.cross(brink)
      if ('state' in made) all.push(made)
      for (const progress of all) {
        const seen = await look()
        await bench.check(stateOf(progress))
        assert.equal(await look(), seen)
      }
    }
  },
  {
    number: 3,
    name: 'a verb changes at most one thing, and that last',
    async keep(bench) {
      const { journal } = await bench.deliver(bench.post())
      const steps = Map.groupBy(journal, entry => entry.step)
      for (const [, entries] of steps) {
        const changing = entries.filter(e => e.method !== 'GET' && !bench.subject.reads?.test(e.path))
        if (entries[0]?.call === 'check') continue
        assert.ok(changing.length <= 1, JSON.stringify(entries))
        if (changing.length === 1) assert.equal(entries.at(-1), changing[0])
      }
      assert.ok(steps.size >= 2)
    }
  },
  {
    number: 7,
    name: 'commit sends the same bytes for the same state, also when it went through JSON',
    concerns: hasCommit,
    async keep(bench) {
      const { state } = await bench.brink()
      const kept = bench.publisher.state.parse(JSON.parse(JSON.stringify(state)))
      const [one, two, three] = [
        await writeDown(bench, context => bench.publisher.commit!(state, context)),
        await writeDown(bench, context => bench.publisher.commit!(kept, context)),
        await writeDown(bench, context => bench.publisher.commit!(kept, context, bench.doubt()))
      ]
      assert.notEqual(one, '')
      assert.deepEqual([two, three], [one, one])
    }
  },
  {
    number: 8,
    name: 'inside its memory the platform folds a second commit into the first',
    concerns: bench => hasCommit(bench) && bench.publisher.repeatableSeconds !== undefined,
    async keep(bench) {
      const brink = await bench.brink()
      const results = await Promise.allSettled([bench.cross(brink), bench.cross(brink)])
      bench.wait(Math.min(bench.publisher.repeatableSeconds ?? 0, 86_400))
      results.push(...(await Promise.allSettled([bench.cross(brink)])))
      assert.equal((await bench.posts()).length, 1)
      const ids = results.flatMap(r => (r.status === 'fulfilled' && 'post' in r.value ? [r.value.post?.id] : []))
      assert.ok(ids.length >= 1)
      assert.equal(new Set(ids).size, 1)
    }
  },
  {
    number: 9,
    name: 'the same last chunk twice makes one post',
    concerns: bench => !hasCommit(bench),
    async keep(bench) {
      const last = await bench.brink()
      const one = await bench.cross(last)
      const [two] = await Promise.allSettled([bench.cross(last)])
      if (two?.status === 'fulfilled') assert.deepEqual(two.value, one)
      assert.equal((await bench.posts()).length, 1)
    }
  },
  {
    number: 10,
    name: 'a chunk that was received already does no harm, and the offset is true',
    async keep(bench) {
      const first = await bench.publisher.prepare(null, bench.post(), bench.context('prepare'))
      if (first.at !== 'transfer' || first.end === bench.file.length) return
      assert.ok(first.end > first.sent)
      const once = await bench.send(first)
      const twice = await bench.send(first)
      assert.deepEqual(twice, once)
      assert.ok(twice.at === 'transfer' && twice.sent === first.end && twice.end > twice.sent)
      let progress: Progress<unknown> = twice
      while (progress.at === 'transfer') progress = await bench.send(progress)
      if (!hasCommit(bench)) bench.assertWhole((await bench.posts())[0])
    }
  },
  {
    number: 14,
    name: 'options are a JSON Schema with a title for every member; rules and hosts are pure',
    concerns: bench => bench.subject.publisher === undefined,
    async keep({ world, linked }) {
      const { connector } = world
      const schema = z.toJSONSchema(connector.options, { io: 'input' }) as {
        properties: Record<string, { title?: string; description?: string }>
      }
      for (const [name, member] of Object.entries(schema.properties)) {
        assert.ok(member.title, name)
        assert.ok(member.description, name)
      }
      const { account } = linked()
      assert.deepEqual(connector.rules(account), connector.rules(structuredClone(account)))
      assert.deepEqual(connector.hosts(account), connector.hosts(structuredClone(account)))
    }
  }
]
