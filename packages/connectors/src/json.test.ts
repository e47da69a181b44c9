import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readJson } from './json.ts'

test('long integers keep their digits, and nothing else changes', () => {
  const text =
    '{"id":7261234567890123456,"neg":-9007199254740993,"part":0.1234567890123456,"n":15,"text":"id 7261234567890123456"}'
  assert.deepEqual(readJson(text), {
    id: '7261234567890123456',
    neg: '-9007199254740993',
    part: 0.1234567890123456,
    n: 15,
    text: 'id 7261234567890123456'
  })
  assert.equal(readJson('<html>'), undefined)
})
