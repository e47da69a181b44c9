import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Schema } from '../../form/schema.ts'
import { faultsOn, kindsOf } from './faults.ts'

const rule: Schema = {
  type: 'object',
  properties: { times: { type: 'integer', title: 'How often' }, code: { type: 'integer', title: 'HTTP status' } }
}
const kinds = kindsOf({
  properties: {
    status: { title: 'Answer with an error', anyOf: [rule, { type: 'array', items: rule }] },
    locked: { type: 'boolean', title: 'Every new video becomes private' },
    creator: {
      type: 'object',
      title: 'Other settings',
      properties: {
        duets: { type: 'boolean', title: 'Duets are off' },
        levels: { type: 'array', title: 'Who may see' }
      }
    }
  }
})
const wordsOf = (faults: object) => faultsOn(kinds, faults as never).map(({ words }) => words)

test('what is on is told by the titles of its fields', () => {
  assert.deepEqual(wordsOf({ status: [{ times: 2, code: 503 }] }), ['the next 2 calls · HTTP status: 503'])
  assert.deepEqual(wordsOf({ creator: { duets: true, levels: ['A', 'B'] } }), [
    'Duets are off: yes · Who may see: A, B'
  ])
})

test('a switch is on until it is turned off', () => {
  assert.deepEqual(wordsOf({ locked: true }), ['until it is turned off'])
})
