import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byExtension as sdkTypes } from '../../sdk/src/upload/identity.ts'
import { byExtension } from '../src/uploads/content-type.ts'

test('a file has the same type by its name, whether a form brings it or the SDK', () => {
  const dotted = Object.entries(sdkTypes).map(([extension, type]) => [`.${extension}`, type])
  assert.deepEqual(Object.fromEntries(dotted), byExtension)
})
