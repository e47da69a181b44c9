import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { type Context, Lost, Refused } from '../src/index.ts'
import { type AnyPublisher, type Change, openBench, type Subject } from './bench.ts'
import { keep, laws } from './laws.ts'
import { captions, comment, playlist, video } from './youtube-subjects.ts'

/** A connector that is wrong in one way. */
interface Break extends Change {
  readonly name: string
  readonly subject: Subject
  /** The laws that it breaks: the first is the one that it was made for, the others follow from it. */
  readonly breaks: readonly [number, ...number[]]
}

type Verbs = Partial<AnyPublisher>
const change = (make: (it: AnyPublisher) => Verbs) => (it: AnyPublisher) => ({ ...it, ...make(it) })
const refused = (kind: 'permanent' | 'retry') =>
  new Refused({ kind, scope: 'delivery', code: 'wrong', message: 'Wrong.' })
const small: Subject = { ...video, bytes: 300_001, rejections: video.rejections.slice(0, 1) }
const seconds = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 1000

const breaks: readonly Break[] = [
  {
    name: 'prepare, said again from what it returned, posts',
    subject: comment,
    breaks: [1],
    publisher: change(it => ({
      async prepare(state, post, context, doubt) {
        if (state !== null) await it.commit?.(state, context)
        return it.prepare(state, post, context, doubt)
      }
    }))
  },
  {
    name: 'check opens a session',
    subject: small,
    breaks: [2],
    publisher: change(it => ({
      async check(state, context, doubt) {
        const headers = { 'content-type': 'application/json', 'x-upload-content-type': 'video/mp4' }
        const body = JSON.stringify({ snippet: { title: 'One more' } })
        const path = '/upload/youtube/v3/videos?uploadType=resumable&part=snippet'
        await context.http('api', path, { method: 'POST', headers, body })
        return it.check(state, context, doubt)
      }
    }))
  },
  {
    name: 'prepare opens two sessions',
    subject: small,
    breaks: [3],
    publisher: change(it => ({
      async prepare(...all) {
        await it.prepare(...all)
        return it.prepare(...all)
      }
    }))
  },
  {
    name: 'a list that shows nothing is believed after ten minutes',
    subject: small,
    breaks: [4, 12],
    publisher: change(it => ({
      async check(state, context, doubt) {
        const said = await it.check(state, context, doubt)
        return doubt && said.at === 'unclear' && seconds(doubt.since, context.now) > 600 ? { at: 'gone' } : said
      }
    }))
  },
  {
    name: 'a forgotten session is taken for no post, without a look at the list',
    subject: small,
    breaks: [5, 4, 12, 16],
    publisher: change(it => ({ check: (state, context) => it.check(state, context) }))
  },
  {
    name: 'a video that was rejected is called published',
    subject: small,
    breaks: [6],
    publisher: change(it => ({
      async check(state, context, doubt) {
        const said = await it.check(state, context, doubt)
        return said.at === 'rejected' ? { at: 'published', post: { id: state.id } } : said
      }
    }))
  },
  {
    name: 'commit is never twice the same',
    subject: comment,
    breaks: [7],
    publisher: change(it => {
      let tries = 0
      return {
        commit(state, context) {
          const http: Context['http'] = (host, path, init = {}) => {
            tries += 1
            return context.http(host, path, { ...init, headers: { ...init.headers, 'x-try': String(tries) } })
          }
          return it.commit!(state, { ...context, http })
        }
      }
    })
  },
  {
    name: 'a memory is claimed that the platform does not have',
    subject: playlist,
    breaks: [8],
    publisher: change(() => ({ repeatableSeconds: 3600 }))
  },
  {
    name: 'the last chunk, sent again, is another one',
    subject: captions,
    breaks: [9, 12],
    publisher: change(it => {
      const sent = new Set<string>()
      return {
        send(state, chunk, context) {
          const name = sent.has(state.video) ? `${state.name} again` : state.name
          sent.add(state.video)
          return it.send!({ ...state, name }, chunk, context)
        }
      }
    })
  },
  {
    name: 'bytes are counted here, not by the platform',
    subject: video,
    breaks: [10],
    publisher: change(it => {
      const counted = new Map<string, number>()
      return {
        async send(state, chunk, context) {
          const said = await it.send!(state, chunk, context)
          const sent = (counted.get(state.session) ?? 0) + chunk.end - chunk.start
          counted.set(state.session, sent)
          return said.at === 'transfer' ? { ...said, sent } : said
        }
      }
    })
  },
  {
    name: 'a lost answer is taken for a refusal',
    subject: small,
    breaks: [11],
    publisher: change(it => ({
      prepare: (...all) =>
        it.prepare(...all).catch(error => {
          throw error instanceof Lost ? refused('permanent') : error
        })
    }))
  },
  {
    name: 'a server error after the last byte is taken for a no',
    subject: small,
    breaks: [12],
    publisher: change(it => ({
      send: (...all) =>
        it.send!(...all).catch(error => {
          throw error instanceof Refused && (error.status ?? 0) >= 500 ? refused('permanent') : error
        })
    }))
  },
  {
    name: 'an option has no title',
    subject: small,
    breaks: [14],
    connector: it => ({ ...it, options: z.strictObject({ colour: z.string().optional() }) })
  },
  {
    name: 'a failure tells the address of the session',
    subject: small,
    breaks: [15],
    publisher: change(it => ({
      send: (state, chunk, context) =>
        it.send!(state, chunk, context).catch(error => {
          throw new Error(`${state.session}: ${error}`)
        })
    }))
  },
  {
    name: 'the posts of other deliveries are not left out',
    subject: small,
    breaks: [16],
    publisher: change(it => ({
      check: (state, context, doubt) => it.check(state, context, doubt && { ...doubt, taken: [] })
    }))
  }
]

/** The sweep over all faults takes seconds: only the break that was made for it is swept. */
const SWEEP = 11

for (const { name, subject, breaks: expected, ...change } of breaks)
  test(`caught by law ${expected[0]}: ${name}`, async () => {
    const bench = await openBench(subject, change)
    const broken = new Set<number>()
    for (const law of laws) {
      if (law.concerns?.(bench) === false || (law.number === SWEEP) !== (expected[0] === SWEEP)) continue
      await keep(law, bench).catch(error => {
        assert.ok(error instanceof Error)
        broken.add(law.number)
      })
    }
    await bench.world.close()
    assert.deepEqual(broken, new Set(expected))
  })

test('every law has a break', () => {
  const numbers = new Set(laws.map(law => law.number))
  assert.deepEqual(new Set(breaks.map(({ breaks: [first] }) => first)), numbers)
})
