import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutAtWord } from './text.ts'

test('a text is cut at its last space within the limit', () => {
  assert.equal(cutAtWord('one two three', 13), 'one two three')
  assert.equal(cutAtWord('one two three', 12), 'one two')
  assert.equal(cutAtWord('one two three', 7), 'one two')
})

test('one early space does not shorten a long word to nothing', () => {
  assert.equal(cutAtWord(`a ${'b'.repeat(200)}`, 100), `a ${'b'.repeat(98)}`)
  assert.equal(cutAtWord('早 春の新作発表会へようこそ皆さま', 10).length > 5, true)
})

test('no character is cut in two', () => {
  assert.equal(cutAtWord('👍🏽'.repeat(30), 10), '👍🏽👍🏽')
  assert.equal(cutAtWord('x👩‍👩‍👧‍👦', 5), 'x')
  assert.equal(cutAtWord('👩‍👩‍👧‍👦', 4), '👩‍'.slice(0, 3))
})
