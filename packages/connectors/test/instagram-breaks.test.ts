import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Context, Lost, Refused } from '../src/index.ts'
import { type AnyPublisher, openBench, type Subject } from './bench.ts'
import { comment, forgetful, pulled, pushed } from './instagram-subjects.ts'
import { keep, laws } from './laws.ts'

const refused = new Refused({ kind: 'permanent', scope: 'delivery', code: 'wrong', message: 'Wrong.' })

/** What a tired hand could make of this connector, and the law that catches it. */
const breaks: readonly (readonly [
  law: number,
  name: string,
  subject: Subject,
  change: (it: AnyPublisher) => Partial<AnyPublisher>
])[] = [
  [
    1,
    'the watermark is read after the publish call',
    pushed,
    it => ({
      async prepare(state, post, context, doubt) {
        if (state?.publish !== undefined) await it.commit?.(state, context)
        return it.prepare(state, post, context, doubt)
      }
    })
  ],
  [
    2,
    'check makes the container anew by itself',
    pushed,
    it => ({
      async check(state, context, doubt) {
        const headers = { 'content-type': 'application/json' }
        const body = JSON.stringify({ media_type: 'REELS', upload_type: 'resumable' })
        await context.http('api', `/v25.0/${context.account.remoteId}/media`, { method: 'POST', headers, body })
        return it.check(state, context, doubt)
      }
    })
  ],
  [
    3,
    'two containers are made at once',
    pulled,
    it => ({ prepare: (...all) => it.prepare(...all).then(() => it.prepare(...all)) })
  ],
  [
    4,
    'what was ready before the publish call is ready after it',
    pushed,
    it => ({
      async check(state, context, doubt) {
        const said = await it.check(state, context, doubt)
        return doubt?.commits && state.media === undefined ? { at: 'ready', state } : said
      }
    })
  ],
  [
    5,
    'a container that is not shown is called "not posted" without a look at the list',
    forgetful,
    it => ({
      async check(state, context, doubt) {
        const said = await it.check(state, context)
        return doubt?.commits && said.at === 'processing' ? { at: 'gone' } : said
      }
    })
  ],
  [
    7,
    'every publish call is a little different',
    pushed,
    it => {
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
    }
  ],
  [
    11,
    'a lost publish call is taken for a refusal',
    pushed,
    it => ({
      commit: (...all) =>
        it.commit!(...all).catch(error => {
          throw error instanceof Lost ? refused : error
        })
    })
  ],
  [
    12,
    'a refused publish call is believed',
    pulled,
    it => ({
      commit: (...all) =>
        it.commit!(...all).catch(error => {
          throw error instanceof Refused ? refused : error
        })
    })
  ],
  [
    12,
    'a comment that was answered with a server error is written again at once',
    comment,
    it => ({ commit: (...all) => it.commit!(...all).catch(() => it.commit!(...all)) })
  ],
  [
    15,
    'a failure tells where the bytes go',
    pushed,
    it => ({
      send: (state, chunk, context) =>
        it.send!(state, chunk, context).catch(error => {
          throw new Error(`${state.uri}: ${error}`)
        })
    })
  ],
  [
    16,
    'neither the watermark nor the posts of other deliveries are left out',
    pushed,
    it => ({
      check: (state, context, doubt) =>
        it.check({ ...state, publish: { ...state.publish, seen: [] } }, context, doubt && { ...doubt, taken: [] })
    })
  ]
]

for (const [number, name, subject, change] of breaks)
  test(`caught by law ${number}: ${name}`, async () => {
    const bench = await openBench(subject, { publisher: it => ({ ...it, ...change(it) }) })
    const caught: string[] = []
    for (const law of laws.filter(each => each.number === number && each.concerns?.(bench) !== false))
      await keep(law, bench).catch(error => caught.push(String(error)))
    await bench.world.close()
    assert.ok(caught.length > 0, 'nobody noticed')
  })
