import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { endpoints, problems } from '@upload24/contract'

const root = join(import.meta.dirname, '../src')
const sources = globSync('**/*.ts', { cwd: root })
  .filter(file => !file.endsWith('.test.ts'))
  .map(file => readFileSync(join(root, file), 'utf8'))

test('every code of the closed list is answered somewhere', () => {
  const unused = Object.keys(problems).filter(code => !sources.some(source => source.includes(`'${code}'`)))
  assert.deepEqual(unused, [])
})

test('every endpoint of the contract is bound to a handler', () => {
  const unbound = endpoints.filter(({ id }) => !sources.some(source => new RegExp(`bind\\([^,]+, ${id},`).test(source)))
  assert.deepEqual(
    unbound.map(({ id }) => id),
    []
  )
})
