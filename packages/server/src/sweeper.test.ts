import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doAll } from './sweeper.ts'

test('a chore that fails is logged by its name, and the others are done all the same', async () => {
  const [done, logged]: [string[], unknown[]] = [[], []]
  const log = { error: ({ chore }: { chore: string }) => void logged.push(chore) }
  const chores = {
    first: async () => done.push('first'),
    broken: () => Promise.reject(new Error('no store')),
    last: async () => done.push('last')
  }
  await doAll(chores, log as never, new AbortController().signal)
  assert.deepEqual([done, logged], [['first', 'last'], ['broken']])
})

test('a stop is heeded between two chores', async () => {
  const done: string[] = []
  const stopping = new AbortController()
  const chores = {
    first: async () => {
      done.push('first')
      stopping.abort()
    },
    last: async () => done.push('last')
  }
  await doAll(chores, { error: () => assert.fail('nothing failed') }, stopping.signal)
  assert.deepEqual(done, ['first'])
})
