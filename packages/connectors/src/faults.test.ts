import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { pathOf, readIssues } from './faults.ts'

const schema = z.strictObject({
  title: z.string().max(3),
  tags: z.array(z.string().min(1)).max(1).optional(),
  count: z.number().max(5, { error: 'may not be that many' }).optional(),
  kind: z.enum(['a', 'b'])
})
const told = (value: unknown, reportInput: boolean) =>
  readIssues(schema.safeParse(value, { reportInput }).error ?? { issues: [] }, Object.keys(schema.shape))
    .map(({ path, code, message }) => `${pathOf(path)} ${code}: ${message}`)
    .sort()

test('what zod finds goes on from the name of the field, whoever asks', () => {
  const value = { title: 'long', tags: [''], count: 9, kind: 'c', tagss: 1 }
  for (const reportInput of [true, false]) {
    assert.deepEqual(told(value, reportInput), [
      'count too_big: may not be that many',
      'kind invalid_value: must be "a" or "b"',
      'tags[0] too_small: must have at least 1 character',
      'tagss unknown_field: is not a field that is read here; did you mean "tags"?',
      'title too_big: may have at most 3 characters'
    ])
  }
})

test('what is missing is required, also where the schema lists its values', () => {
  assert.deepEqual(told({}, true), ['kind required: is required', 'title required: is required'])
})
