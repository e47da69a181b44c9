import assert from 'node:assert/strict'
import test from 'node:test'
import { newId } from '../lib/ids.ts'
import { hashKey, makeKey, readKeyId } from './format.ts'

test('a key names its row, in every id there can be', () => {
  const edges = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']
  for (const id of [...edges, ...Array.from({ length: 200 }, newId)]) {
    const { key, prefix, hash } = makeKey(id, 'production')
    assert.match(key, /^u24_live_[0-9A-Za-z]{22}_[0-9A-Za-z]{30}$/)
    assert.ok(key.startsWith(prefix) && !key.slice(prefix.length).includes(prefix))
    assert.equal(readKeyId(key), id)
    assert.deepEqual(hash, hashKey(key))
  }
})

test('outside production a key says so', () => {
  assert.match(makeKey(newId(), 'development').key, /^u24_test_/)
  assert.match(makeKey(newId(), 'test').key, /^u24_test_/)
})

test('one wrong, missing, doubled or swapped character is a typo', () => {
  const { key } = makeKey(newId(), 'test')
  for (let at = 0; at < key.length; at++) {
    const other = key[at] === 'x' ? 'y' : 'x'
    assert.equal(readKeyId(key.slice(0, at) + other + key.slice(at + 1)), null, `wrong at ${at}`)
    assert.equal(readKeyId(key.slice(0, at) + key.slice(at + 1)), null, `missing at ${at}`)
    assert.equal(readKeyId(key.slice(0, at) + key[at] + key.slice(at)), null, `doubled at ${at}`)
    const swapped = key.slice(0, at) + (key[at + 1] ?? '') + key[at] + key.slice(at + 2)
    if (swapped !== key) assert.equal(readKeyId(swapped), null, `swapped at ${at}`)
  }
  assert.equal(readKeyId(`${key}\n`), null)
})

test('an id beyond 128 bits is none, whatever its checksum', () => {
  const { key } = makeKey('ffffffff-ffff-ffff-ffff-ffffffffffff', 'test')
  const beyond = key.replace(/_[0-9A-Za-z]{22}_/, `_${'z'.repeat(22)}_`)
  assert.equal(readKeyId(beyond), null)
})

test('no two keys are alike', () => {
  const id = newId()
  const keys = new Set(Array.from({ length: 1000 }, () => makeKey(id, 'test').key))
  assert.equal(keys.size, 1000)
})
