import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { problems } from '@upload24/contract'

test('every code of the closed list is answered somewhere', () => {
  const root = join(import.meta.dirname, '../src')
  const sources = globSync('**/*.ts', { cwd: root })
    .filter(file => !file.endsWith('.test.ts'))
    .map(file => readFileSync(join(root, file), 'utf8'))
  const unused = Object.keys(problems).filter(code => !sources.some(source => source.includes(`'${code}'`)))
  assert.deepEqual(unused, [])
})
